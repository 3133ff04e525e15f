"""Has it drifted: verdicts and distances, of a period and of its days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import msgspec
import numpy as np
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from watchkeeper.access.role import Right
from watchkeeper.charts.apart import apart_chart
from watchkeeper.charts.drift import drift_chart
from watchkeeper.charts.heat_map import MOST, heat_map
from watchkeeper.monitoring.against import USUAL, Against
from watchkeeper.monitoring.apart import ApartDay
from watchkeeper.monitoring.days import PeriodRefused, days_between
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import DRIFTED, NO_ROWS
from watchkeeper.monitoring.drifting import Drift, Drifted, View, drift
from watchkeeper.monitoring.errors import NotWatched
from watchkeeper.monitoring.global_drift import GlobalDrift
from watchkeeper.monitoring.label_drift import LabelWindow, champions_rows, label_drift
from watchkeeper.monitoring.policy import PolicySaid
from watchkeeper.monitoring.ports import DayVerdicts
from watchkeeper.monitoring.trailing import LENGTHS
from watchkeeper.monitoring.verdicts import (
    Baseline,
    ColumnVerdict,
    Known,
    Verdicts,
    columns_of,
    known,
    of_day,
    verdicts,
)
from watchkeeper.monitoring.watching import watched
from watchkeeper.server.api.acceptances import show_acceptance
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.monitoring import (
    Days,
    End,
    Start,
    TheAgainst,
    prepare,
    show_against,
    the_period,
    the_view,
)
from watchkeeper.server.api.segments import OfColumn, OfSegment, view_of_segment
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.storage.work import Work

router = APIRouter(tags=["monitoring"])
EFFECT = (("effect", "estimate"), ("low", "low"), ("high", "high"))
NUMBERS = ("p_value", "adjusted_p", "q_value", "effective_rows", "smallest_visible", "psi")
OF_DAYS = ("p_value", "adjusted_p", "q_value", "effect", "low", "high", "effective_rows", "smallest_visible", "psi")
WORDS = np.array([*(each.value for each in CODES)] + [None] * (256 - len(CODES)), dtype=object)
"""Of each code, its verdict; None where there were no rows."""
HeldAgainst = Annotated[
    Baseline | None,
    Query(
        description="What of the reference the period is held against: `season`, its rows of the same months, hours "
        "and weekends or not; or `whole`, all of them. Without, the season where the reference covers a year."
    ),
]
Columns = Annotated[list[str] | None, Query(description="Only these; the features', or `prediction of the champion`.")]


class Quick(JSONResponse):
    """For answers of some megabytes, of plain values."""

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


@router.get("/deployments/{deployment}/drift", response_class=Quick, **needs(Right.READ))
def get_drift(
    deployment: str,
    assembly: TheAssembly,
    against: TheAgainst,
    days: Days = None,
    start: Start = None,
    end: End = None,
    segment: OfSegment = None,
    segment_of: OfColumn = None,
    baseline: HeldAgainst = None,
) -> Response:
    """How far production is from the reference, and the verdict on it: of the period as one window, and day by day.
    Held against anything but training, or of one segment, days have distances and no verdicts."""
    span: dict[str, Any]
    if segment is not None:
        span = {"days": days, "start": start, "end": end, "against": against}
        return Quick(read_drift_of_segment(deployment, assembly, segment, segment_of, **span))
    span = {"days": days, "start": start, "end": end, "against": against, "baseline": baseline}
    return Quick(read_drift(deployment, assembly, **span))


@router.get("/deployments/{deployment}/drift/chart", **needs(Right.READ))
def get_drift_chart(
    deployment: str,
    assembly: TheAssembly,
    against: TheAgainst,
    days: Days = None,
    start: Start = None,
    end: End = None,
    segment: OfSegment = None,
    segment_of: OfColumn = None,
) -> dict[str, Any]:
    """The chart as a Vega-Lite specification."""
    if segment is not None:
        span: dict[str, Any] = {"days": days, "start": start, "end": end, "against": against}
        return drift_chart(read_drift_of_segment(deployment, assembly, segment, segment_of, **span))
    return drift_chart(read_drift(deployment, assembly, days=days, start=start, end=end, against=against))


@router.get("/deployments/{deployment}/drift/days/chart", **needs(Right.READ))
def get_drift_days_chart(
    deployment: str,
    assembly: TheAssembly,
    days: Days = None,
    start: Start = None,
    end: End = None,
    column: Columns = None,
) -> dict[str, Any]:
    """Verdicts over time, a lane a column, as a Vega-Lite specification: of these columns, or the first of all."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = the_period(found, work, assembly, days=days, start=start, end=end)
        issued, names = issued_of(found, start=first, end=last, work=work, assembly=assembly)
    wanted = list(dict.fromkeys(column or _by_concern(issued, names)))
    _check(wanted, names)
    return heat_map(wanted, by_day(issued, names, wanted[:MOST]), start=first, end=last)


@router.get("/deployments/{deployment}/drift/multivariate/chart", **needs(Right.READ))
def get_multivariate_chart(
    deployment: str,
    assembly: TheAssembly,
    days: Days = None,
    start: Start = None,
    end: End = None,
) -> dict[str, Any]:
    """How well the rows of the last days are told from the reference's, as a Vega-Lite specification."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = the_period(found, work, assembly, days=days, start=start, end=end)
        told = work.samples.told(found.id, start=first, end=last)
    return apart_chart([show_apart(each) for each in told])


@router.get("/deployments/{deployment}/drift/days", response_class=Quick, **needs(Right.READ))
def get_drift_days(
    deployment: str,
    assembly: TheAssembly,
    days: Days = None,
    start: Start = None,
    end: End = None,
    column: Columns = None,
) -> Response:
    """The verdicts of each day as they were issued, with all their numbers: each a list of the columns', a day."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = the_period(found, work, assembly, days=days, start=start, end=end)
        issued, names = issued_of(found, start=first, end=last, work=work, assembly=assembly)
    return Quick(show_days(issued, names, only=column))


def by_day(issued: Sequence[DayVerdicts], names: Sequence[str], wanted: Sequence[str]) -> list[Mapping[str, Any]]:
    """What the lanes of the chart are drawn from."""
    if not issued:
        return []
    places = [names.index(name) for name in wanted]
    records = np.stack([each.records[places] for each in issued])
    sizes = records["effect"].astype(np.float64).astype(object)
    sizes[records["verdict"] == NO_ROWS] = None
    days = zip(issued, WORDS[records["verdict"]].tolist(), sizes.tolist(), strict=True)
    return [
        {"day": each.day, "verdicts": dict(zip(wanted, zip(*of_day, strict=True), strict=True))}
        for each, *of_day in days
    ]


def issued_of(
    deployment: Deployment, *, start: str, end: str, work: Work, assembly: Assembly
) -> tuple[list[DayVerdicts], list[str]]:
    """The verdicts of these days, and the names of what they are of; nothing before the bins are made."""
    if work.watch.bin_sets(deployment.id) is None:
        return [], []
    watch = watched(deployment, work=work, places=assembly.places)
    issued = work.verdicts.between(deployment.id, start=start, end=end)
    return [each for each in issued if each.bin_sets == watch.number], [each.name for each in columns_of(watch)]


def read_drift(
    deployment: str,
    assembly: Assembly,
    *,
    days: int | None,
    start: date | None,
    end: date | None,
    against: Against = USUAL,
    baseline: Baseline | None = None,
) -> dict[str, Any]:
    if baseline is not None and not against.usual:
        message = f"The reference's {baseline} is of training; hold the period against that, or leave out the baseline."
        raise PeriodRefused(message, fields=("baseline", "against"))
    prepare(lambda work: the_deployment(deployment, work), against, assembly)
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        first, last = the_period(found, work, assembly, days=days, start=start, end=end)
        seen = the_view(found, work, assembly, start=first, end=last, against=against)
        of = known(found, seen, start=first, end=last, work=work, places=assembly.places, baseline=baseline)
        told = work.samples.told(found.id, start=first, end=last) if against.usual else []
        labels = labels_of(found, work, start=first, end=last) if against.usual else None
    apart = [show_apart(each) for each in told]
    beside = {"multivariate": apart, "labels": labels, "against": show_against(seen.against)}
    return {**drift_of(seen, of, start=first, end=last), **beside}


def read_drift_of_segment(
    deployment: str,
    assembly: Assembly,
    segment: str,
    column: str | None,
    *,
    days: int | None,
    start: date | None,
    end: date | None,
    against: Against,
) -> dict[str, Any]:
    if not against.usual:
        message = "A segment is held against the same segment of the reference, and not against another period."
        raise PeriodRefused(message, fields=("segment", "against"))
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        first, last = the_period(found, work, assembly, days=days, start=start, end=end)
        span = {"start": first, "end": last}
        seen, of, told = view_of_segment(found, segment, column, work, assembly, **span)
    beside: dict[str, Any] = {"multivariate": [], "labels": None, "against": show_against(USUAL), "segment": told}
    return {**drift_of(seen, of, **span), **beside}


def drift_of(seen: View, of: Known, *, start: str, end: str) -> dict[str, Any]:
    said = verdicts(seen, of, days=len(days_between(start, end)))
    return show_drift(drift(seen, start=start, end=end), said)


def show_days(issued: list[DayVerdicts], names: list[str], *, only: list[str] | None) -> dict[str, Any]:
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
    """Six digits are what is kept; nothing for what is without end."""
    known = np.isfinite(values) & (values != 0)
    exact = np.where(known, values, 1.0).astype(np.float64)
    scale = 10.0 ** (5 - np.floor(np.log10(np.abs(exact))))
    rounded = np.where(known, np.round(exact * scale) / scale, 0.0).astype(object)
    rounded[~np.isfinite(values)] = None
    return rounded.tolist()


def show_drift(found: Drift, said: Verdicts) -> dict[str, Any]:
    issued = {each.day: each for each in said.days}
    names = [each.name for each in columns_of(said.watch)]
    shown = show_distances(found)
    longer = {(each.day, each.days): each for each in said.longer}
    days = [
        {
            **_with_global(day, said.overall_by_day.get(day["day"], {})),
            **show_day(issued.get(day["day"]), names),
            "windows": _windows(day["day"], longer, names),
        }
        for day in shown["days"]
    ]
    return {**shown, "total": _with_global(shown["total"], said.overall), "days": days, **show_verdicts(said)}


def _with_global(roles: Mapping[str, Any], found: Mapping[Role, GlobalDrift]) -> dict[str, Any]:
    """Of each role that has rows."""
    together = {
        role: show_global(of, role) if (of := found.get(role)) and roles[role]["rows"] else None for role in Role
    }
    return {**roles, **{role.value: {**roles[role], "global_drift": together[role]} for role in Role}}


def show_global(found: GlobalDrift, role: Role) -> dict[str, Any]:
    effect = found.effect
    return {
        "verdict": found.verdict,
        "sentence": found.sentence(role),
        **{
            name: _number(getattr(effect, of))
            for name, of in (("effect", "estimate"), ("low", "low"), ("high", "high"))
        },
        "p_value": _number(found.p_value),
        "mostly": list(found.mostly),
    }


def show_distances(found: Drift) -> dict[str, Any]:
    return {
        "measure": found.measure,
        "start": found.start,
        "end": found.end,
        "days": [
            {"day": day, **{role.value: _drifted(each) for role, each in roles.items()}} for day, roles in found.days
        ],
        "total": {role.value: {**_drifted(each), "psi": dict(each.psi)} for role, each in found.total.items()},
        "importances": {role.value: weights for role, weights in found.importances.items()},
    }


def _drifted(each: Drifted) -> Mapping[str, Any]:
    return {
        "rows": each.rows,
        "global": each.overall,
        "prediction": each.prediction,
        "features": dict(each.features),
    }


def show_day(issued: DayVerdicts | None, names: Sequence[str]) -> dict[str, Any]:
    """What was said of a day; nothing before it was judged."""
    if issued is None:
        return {"verdict": None, "drifted": [], "revision": None, "late_rows": 0, "policy": None}
    verdict, places = of_day(issued)
    return {
        "verdict": verdict,
        "drifted": [names[place] for place in places],
        "revision": issued.revision,
        "late_rows": issued.late,
        "policy": issued.policy,
    }


def _windows(day: str, longer: Mapping[tuple[str, int], DayVerdicts], names: Sequence[str]) -> list[dict[str, Any]]:
    """Of the windows of several days that a day ends."""
    found = [(length, longer[day, length]) for length in LENGTHS if (day, length) in longer]
    return [
        {"days": length, "verdict": verdict, "drifted": [names[place] for place in places]}
        for length, (verdict, places) in ((length, of_day(each)) for length, each in found)
    ]


def show_verdicts(said: Verdicts) -> dict[str, Any]:
    return {
        "verdict": said.verdict,
        "drifted": list(said.drifted),
        "columns": [show_column(each) for each in said.columns],
        "baseline": said.baseline,
        "independence": said.independence,
        "policy": show_policy(said.said),
    }


def show_column(each: ColumnVerdict) -> dict[str, Any]:
    found = each.found
    return {
        "name": each.column.name,
        "kind": each.column.bins.column.kind.value,
        "of": each.column.of,
        "role": each.column.role,
        "verdict": found.verdict,
        "sentence": each.sentence,
        "effect": _number(found.effect.estimate),
        "low": _number(found.effect.low),
        "high": _number(found.effect.high),
        **{name: _number(getattr(found, name)) for name in NUMBERS},
        "baseline": Baseline.SEASON if found.season else Baseline.WHOLE,
        "rows": found.rows,
        "rows_enough": found.rows_enough,
        "reasons": list(found.reasons),
        "changed_level": each.changed_level,
        "since": each.since,
        "days_drifted": each.days_drifted,
        "accepted": None if each.accepted is None else show_acceptance(each.accepted).model_dump(mode="json"),
    }


def labels_of(deployment: Deployment, work: Work, *, start: str, end: str) -> dict[str, Any] | None:
    """How the truth is spread, as far as it has come; None before any has."""
    rows = champions_rows(work.watch.rows(deployment.id, start=start, end=end))
    found = label_drift(deployment, start=start, end=end, rows=rows, work=work)
    if found is None:
        return None
    days = [{"day": each.day, **_show_labels(each)} for each in found.days]
    return {**_show_labels(found.period), "days": days}


def _show_labels(each: LabelWindow) -> dict[str, Any]:
    effect = each.found.effect if each.found else None
    return {
        "verdict": each.verdict,
        "sentence": each.sentence,
        "rows": each.rows,
        "labelled": each.labelled,
        **{name: _number(getattr(effect, of, None)) for name, of in EFFECT},
        "p_value": _number(each.found.p_value) if each.found else None,
    }


def show_apart(each: ApartDay) -> dict[str, Any]:
    """All columns together, over the days up to one."""
    return {
        "day": each.day,
        "first": each.first,
        "verdict": each.verdict,
        "sentence": each.sentence,
        **{name: _number(getattr(each, name)) for name in ("auc", "low", "high", "p_value")},
        "columns": [{"column": name, "lost": _number(lost)} for name, lost in each.columns],
        "rows": each.rows,
    }


def show_policy(said: PolicySaid) -> dict[str, Any]:
    return {"number": said.number, **asdict(said.policy), "since": said.since, "set_by": said.set_by}


def _number(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(f"{value:.6g}")
