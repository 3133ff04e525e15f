"""The numbers of a chart as CSV."""

import csv
import io
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.errors import NotFound
from watchkeeper.monitoring.arriving import Arrived, arrived
from watchkeeper.monitoring.distributing import distribution
from watchkeeper.monitoring.performing import Grain, comparison, performance
from watchkeeper.monitoring.using import By
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.performance import show_comparison, show_performance
from watchkeeper.server.web.serving import Tab, tab_of

router = APIRouter(include_in_schema=False)


@router.get(PAGES["csv"], **needs(Right.READ))
def numbers(
    request: Request,
    deployment: str,
    what: str,
    assembly: TheAssembly,
    days: int | None = None,
    start: date | None = None,
    end: date | None = None,
    by: By = By.EVENT,
    window: Grain = Grain.DAY,
) -> Response:
    """The numbers of a chart as CSV."""
    with assembly.store.work() as work:
        tab = tab_of(request, deployment, work, assembly, days=days, start=start, end=end, by=by)
        rows = rows_of(what, tab, by=by, window=window)
    sink = io.StringIO()
    csv.writer(sink).writerows(rows)
    headers = {"Content-Disposition": f'attachment; filename="{tab.deployment.slug}-{what}.csv"'}
    return Response(sink.getvalue(), media_type="text/csv", headers=headers)


def rows_of(what: str, tab: Tab, *, by: By, window: Grain) -> list[list[Any]]:
    work, span = tab.work, {"start": tab.start, "end": tab.end}
    match what:
        case "usage":
            return usage_rows(tab.usage(by))
        case "drift":
            return drift_rows(tab.drift())
        case "distribution":
            return distribution_rows(distribution(tab.view()))
        case "performance":
            return performance_rows(show_performance(performance(tab.deployment, by=window, **span, work=work)))
        case "comparison":
            return comparison_rows(show_comparison(comparison(tab.deployment, **span, work=work)))
        case "labels":
            return labels_rows(arrived(tab.deployment, **span, now=tab.assembly.clock.now(), work=work))
    raise NotFound("There are usage, drift, distribution, performance, comparison and labels, each with .csv behind.")


def usage_rows(used: dict[str, Any]) -> list[list[Any]]:
    names = ["calls", "rows", "errors", "mean_ms", "p95_ms"]
    return [
        ["day", "role", *names],
        *(
            [day["day"], role, *(day[role][name] for name in names)]
            for day in used["days"]
            for role in ("champion", "challenger")
        ),
    ]


def drift_rows(found: dict[str, Any]) -> list[list[Any]]:
    features = list(found["total"]["champion"]["features"])
    return [
        ["day", "role", "rows", "global", "prediction", *features],
        *(
            [
                day["day"],
                role,
                day[role]["rows"],
                day[role]["global"],
                day[role]["prediction"],
                *(day[role]["features"][name] for name in features),
            ]
            for day in found["days"]
            for role in ("champion", "challenger")
        ),
    ]


def distribution_rows(found: dict[str, Any]) -> list[list[Any]]:
    rows: list[list[Any]] = [["column", "role", "group", "reference", "production"]]
    for each in found["features"]:
        triples = zip(each["labels"], each["reference"], each["champion"], strict=True)
        rows += [[each["name"], "champion", *triple] for triple in triples]
    prediction = found["prediction"]
    for role, reference in prediction["reference"].items():
        triples = zip(prediction["labels"], reference, prediction[role], strict=True)
        rows += [["prediction", role, *triple] for triple in triples]
    return rows


def performance_rows(found: dict[str, Any]) -> list[list[Any]]:
    metrics = list(found["total"]["champion"]["metrics"])
    parts = ("value", "low", "high")
    names = [name if part == "value" else f"{name} {part}" for name in metrics for part in parts]
    return [
        [found["by"], "role", "rows", "labelled", *names],
        *(
            [window["window"], role, of["rows"], of["labelled"]]
            + [of["metrics"][name][part] for name in metrics for part in parts]
            for window in found["windows"]
            for role in ("champion", "challenger")
            if (of := window[role]) is not None
        ),
    ]


def labels_rows(found: Arrived) -> list[list[Any]]:
    return [
        ["day", "rows", "labelled", "share"],
        *([each.day, each.rows, each.labelled, each.share] for each in found.days),
    ]


def comparison_rows(found: dict[str, Any]) -> list[list[Any]]:
    names = ["day", "rows", "difference", "low", "high"]
    return [names, *([day[name] for name in names] for day in found["days"])]
