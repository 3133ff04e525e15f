"""The verdicts of days, as they were issued."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.charts.heat_map import MOST, heat_map
from watchkeeper.monitoring.days import moved
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import DRIFTED, NO_ROWS
from watchkeeper.monitoring.errors import NotWatched
from watchkeeper.monitoring.ports import DayVerdicts
from watchkeeper.monitoring.references.trailing import LONGEST
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.verdicts.clearest import clearest
from watchkeeper.monitoring.verdicts.verdicts import columns_of
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.period import ThePeriod
from watchkeeper.server.api.quick import Quick
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["monitoring"])
OF_DAYS = ("p_value", "adjusted_p", "q_value", "effect", "low", "high", "effective_rows", "smallest_visible", "psi")
WORDS = np.array([*(each.value for each in CODES)] + [None] * (256 - len(CODES)), dtype=object)
"""Of each code, its verdict; None where there were no rows."""
Columns = Annotated[list[str] | None, Query(description="Only these; the features', or `prediction of the champion`.")]


@dataclass(frozen=True)
class Issued:
    """The days of a period that have been judged, and the names of what they are of."""

    start: str
    end: str
    days: Sequence[DayVerdicts]
    names: Sequence[str]


def read_days(deployment: str, assembly: TheAssembly, period: ThePeriod) -> Issued:
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        return Issued(first, last, *issued_of(found, start=first, end=last, work=work, assembly=assembly))


@router.get("/deployments/{deployment}/drift/days", response_class=Quick, **needs(Right.READ))
def get_drift_days(found: Annotated[Issued, Depends(read_days)], column: Columns = None) -> Response:
    """The verdicts of each day as they were issued, with all their numbers: each a list of the columns', a day."""
    return Quick(show_days(found.days, found.names, only=column))


@router.get("/deployments/{deployment}/drift/days/chart", **needs(Right.READ))
def get_drift_days_chart(
    deployment: str, assembly: TheAssembly, period: ThePeriod, column: Columns = None
) -> dict[str, Any]:
    """Verdicts over time, a lane a column, as a Vega-Lite specification: of these columns, or the first of all. Each
    day as it was found: by itself, or over the 7 or 28 days that it ends where only these can tell."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        reach = moved(first, 1 - LONGEST)
        there, names = issued_of(found, start=reach, end=last, work=work, assembly=assembly)
        ending = work.verdicts.trailing(found.id, start=first, end=last) if there else []
    earlier, issued = [each for each in there if each.day < first], [each for each in there if each.day >= first]
    longer = [each for each in ending if each.bin_sets == there[0].bin_sets]
    wanted = list(dict.fromkeys(column or _by_concern(issued, names)))
    _check(wanted, names)
    days = by_day(issued, longer, names, wanted[:MOST], earlier=earlier)
    return heat_map(wanted, days, start=first, end=last)


def issued_of(
    deployment: Deployment, *, start: str, end: str, work: Work, assembly: Assembly
) -> tuple[list[DayVerdicts], list[str]]:
    """The verdicts of these days, and the names of what they are of; nothing before the bins are made."""
    if work.watch.bin_sets(deployment.id) is None:
        return [], []
    watch = watched(deployment, work=work, places=assembly.places)
    issued = work.verdicts.between(deployment.id, start=start, end=end)
    return [each for each in issued if each.bin_sets == watch.number], [each.name for each in columns_of(watch)]


def by_day(
    issued: Sequence[DayVerdicts],
    longer: Sequence[DayVerdicts],
    names: Sequence[str],
    wanted: Sequence[str],
    *,
    earlier: Sequence[DayVerdicts] = (),
) -> list[Mapping[str, Any]]:
    """What the lanes of the chart are drawn from: of each the verdict, its size, and over how many days."""
    if not issued:
        return []
    places = [names.index(name) for name in wanted]
    every, windows = clearest(issued, longer, earlier=earlier)
    records, lengths = every[:, places], windows[:, places]
    sizes = records["effect"].astype(np.float64).astype(object)
    sizes[records["verdict"] == NO_ROWS] = None
    days = zip(issued, WORDS[records["verdict"]].tolist(), sizes.tolist(), lengths.tolist(), strict=True)
    return [
        {
            "day": each.day,
            "revision": each.revision,
            "verdicts": dict(zip(wanted, zip(*of_day, strict=True), strict=True)),
        }
        for each, *of_day in days
    ]


def show_days(issued: Sequence[DayVerdicts], names: Sequence[str], *, only: list[str] | None) -> dict[str, Any]:
    _check(only or (), names)
    places = [place for place, name in enumerate(names) if only is None or name in only]
    records = np.stack([each.records[places] for each in issued]) if issued else None
    return {
        "columns": [names[place] for place in places],
        "days": [
            {"day": each.day, "revision": each.revision, "late_rows": each.late, "policy": each.policy}
            for each in issued
        ],
        **(_matrices(records) if records is not None else {}),
    }


def _check(wanted: Iterable[str], names: Sequence[str]) -> None:
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        raise NotWatched(f"Nothing that is watched is called '{unknown[0]}'.", fields=("column",))


def _by_concern(issued: Sequence[DayVerdicts], names: Sequence[str]) -> list[str]:
    """Those that have drifted on most days first."""
    if not issued:
        return []
    times = np.sum([each.records["verdict"] == DRIFTED for each in issued], axis=0)
    return [names[place] for place in np.argsort(-times, kind="stable").tolist()]


def _matrices(records: Any) -> dict[str, Any]:
    return {
        "verdict": WORDS[records["verdict"]].tolist(),
        "rows": records["rows"].tolist(),
        **{name: _listed(records[name]) for name in OF_DAYS},
    }


def _listed(values: Any) -> Any:
    """Nothing for what is without end."""
    found = rounded(values).astype(object)
    found[~np.isfinite(values)] = None
    return found.tolist()


def rounded(values: Any) -> Any:
    """Six digits are what is kept; not a number for what is without end."""
    known = np.isfinite(values) & (values != 0)
    exact = np.where(known, values, 1.0).astype(np.float64)
    scale = 10.0 ** (5 - np.floor(np.log10(np.abs(exact))))
    return np.where(known, np.round(exact * scale) / scale, np.where(np.isfinite(values), 0.0, np.nan))
