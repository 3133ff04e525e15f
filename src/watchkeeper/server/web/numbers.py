"""The numbers of a chart as CSV."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pyarrow.csv import write_csv

from watchkeeper.access.role import Right
from watchkeeper.errors import NotFound
from watchkeeper.monitoring.answers.arriving import Arrived, arrived
from watchkeeper.monitoring.answers.performing import Grain, comparison, performance
from watchkeeper.monitoring.apart import ApartDay
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import NO_ROWS, RECORD
from watchkeeper.monitoring.references.distributing import distribution
from watchkeeper.monitoring.together.together import ByRole
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.drift_days import WORDS, issued_of, rounded
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.monitoring import TheAgainst
from watchkeeper.server.api.performance import show_comparison, show_performance
from watchkeeper.server.api.period import PagePeriod
from watchkeeper.server.api.verdicts import labels_of, show_apart, show_global
from watchkeeper.server.web.segments import segments_on
from watchkeeper.server.web.serving import Tab, prepared, tab_of
from watchkeeper.server.web.timeline import Item, in_order
from watchkeeper.serving.deployment import Role

router = APIRouter(include_in_schema=False)
Rows = Iterable[Sequence[Any]]


@router.get(PAGES["csv"], **needs(Right.READ))
def numbers(
    request: Request,
    deployment: str,
    what: str,
    assembly: TheAssembly,
    period: PagePeriod,
    against: TheAgainst,
    by: DaysOf = DaysOf.EVENT,
    window: Grain = Grain.DAY,
    segment: str | None = None,
) -> Response:
    """The numbers of a chart as CSV."""
    prepared(request, deployment, against, assembly)
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly, period=period, by=by, against=against)
        tab = replace(tab, segment=segment)
        rows = rows_of(what, tab, by=by, window=window)
    return as_csv(rows, name=f"{tab.deployment.slug}-{what}")


def as_csv(rows: "Rows | pa.Table", *, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(_written(rows), media_type="text/csv", headers=headers)


def _written(rows: "Rows | pa.Table") -> str | bytes:
    if isinstance(rows, pa.Table):
        table = pa.BufferOutputStream()
        write_csv(rows, table)
        return table.getvalue().to_pybytes()
    sink = io.StringIO()
    csv.writer(sink).writerows(rows)
    return sink.getvalue()


def rows_of(what: str, tab: Tab, *, by: DaysOf, window: Grain) -> "Rows | pa.Table":
    """The first row names the columns."""
    work, span = tab.work, {"start": tab.start, "end": tab.end}
    ways: dict[str, Callable[[], Rows | pa.Table]] = {
        "usage": lambda: usage_rows(tab.usage(by)),
        "drift": lambda: drift_rows(tab.distances(), tab.by_day()),
        "verdicts": lambda: verdict_table(tab),
        "distribution": lambda: distribution_rows(distribution(tab.view())),
        "segments": lambda: segment_rows(segments_on(tab)["list"]),
        "performance": lambda: performance_rows(
            show_performance(performance(tab.deployment, by=window, **span, work=work))
        ),
        "multivariate": lambda: apart_rows(work.samples.told(tab.deployment.id, **span)),
        "label-drift": lambda: label_drift_rows(labels_of(tab.deployment, work, **span)),
        "happened": lambda: happened_rows(in_order(tab.happened({"days": [], "line": []}))),
        "comparison": lambda: comparison_rows(show_comparison(comparison(tab.deployment, **span, work=work))),
        "labels": lambda: labels_rows(arrived(tab.deployment, **span, now=tab.assembly.clock.now(), work=work)),
    }
    if what not in ways:
        *some, last = ways
        raise NotFound(f"There are {', '.join(some)} and {last}, each with .csv behind.")
    return ways[what]()


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


SIZES = ("verdict", "effect", "low", "high")


def drift_rows(found: dict[str, Any], by_day: Mapping[str, ByRole]) -> list[list[Any]]:
    features = list(found["total"]["champion"]["features"])

    def sizes(day: str, role: Role, rows: int) -> list[Any]:
        of = by_day.get(day, {}).get(role) if rows else None
        shown = {} if of is None else show_global(of, role)
        return [shown.get(name) for name in SIZES]

    return [
        ["day", "role", "rows", "distance", *(f"global_{name}" for name in SIZES), "prediction", *features],
        *(
            [
                day["day"],
                role,
                day[role]["rows"],
                day[role]["distance"],
                *sizes(day["day"], role, day[role]["rows"]),
                day[role]["prediction"],
                *(day[role]["features"][name] for name in features),
            ]
            for day in found["days"]
            for role in Role
        ),
    ]


VERDICT_NUMBERS = ("effect", "low", "high", "p_value", "adjusted_p", "q_value")
MORE_NUMBERS = ("effective_rows", "smallest_visible", "psi")


def verdict_table(tab: Tab) -> "pa.Table":
    """A row a day and column, as the verdicts were issued: too many to be written one by one."""
    issued, names = issued_of(tab.deployment, start=tab.start, end=tab.end, work=tab.work, assembly=tab.assembly)
    records = np.concatenate([each.records for each in issued]) if issued else np.zeros(0, dtype=RECORD)
    there = records["verdict"] != NO_ROWS
    days, columns = (place[there] for place in np.divmod(np.arange(records.size), max(len(names), 1)))
    found = records[there]

    def numbers(of: Sequence[str]) -> dict[str, Any]:
        return {name: pa.array(rounded(found[name]), from_pandas=True) for name in of}

    return pa.table(
        {
            "day": _named([each.day for each in issued], days),
            "revision": np.array([each.revision for each in issued], dtype=np.int64)[days],
            "column": _named(names, columns),
            "verdict": _named(WORDS[: len(CODES)].tolist(), found["verdict"]),
            **numbers(VERDICT_NUMBERS),
            "rows": found["rows"],
            **numbers(MORE_NUMBERS),
        }
    )


def _named(words: Sequence[str], places: Any) -> "pa.Array[Any]":
    named = pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(words, pa.string()))
    return named.dictionary_decode()


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


def segment_rows(found: dict[str, Any] | None) -> list[list[Any]]:
    names = ["segment", "rows", "share", "reference_share", "verdict", "drifted_columns", "sentence"]
    return [names, *([each[name] for name in names] for each in (found or {"segments": []})["segments"])]


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


def apart_rows(told: Sequence[ApartDay]) -> list[list[Any]]:
    names = ["day", "first", "verdict", "auc", "low", "high", "p_value", "rows"]
    days = map(show_apart, told)
    return [
        [*names, "columns"],
        *([*(day[name] for name in names), ", ".join(each["column"] for each in day["columns"])] for day in days),
    ]


def label_drift_rows(found: Mapping[str, Any] | None) -> list[list[Any]]:
    names = ["day", "verdict", "effect", "low", "high", "p_value", "labelled", "rows"]
    return [names, *([day[name] for name in names] for day in (found or {"days": []})["days"])]


def happened_rows(found: Sequence[Item]) -> list[list[Any]]:
    names = ["what", "day", "until", "words"]
    return [names, *([each[name] for name in names] for each in found)]


def labels_rows(found: Arrived) -> list[list[Any]]:
    return [
        ["day", "rows", "labelled", "share"],
        *([each.day, each.rows, each.labelled, each.share] for each in found.days),
    ]


def comparison_rows(found: dict[str, Any]) -> list[list[Any]]:
    names = ["day", "rows", "difference", "low", "high"]
    return [names, *([day[name] for name in names] for day in found["days"])]
