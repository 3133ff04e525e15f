"""The Distribution tab: what has drifted, since when, and how values are spread beside the reference."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.charts.drift import judged_day
from watchkeeper.charts.heat_map import MOST
from watchkeeper.errors import WatchkeeperError
from watchkeeper.monitoring.behind.attributing import Swapped
from watchkeeper.monitoring.behind.causing import DAYS_BEFORE, causes_of
from watchkeeper.monitoring.behind.season import season_of
from watchkeeper.monitoring.days import PeriodRefused, days_between, moved
from watchkeeper.monitoring.drift.sides import Floats
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.drift.windows import judged
from watchkeeper.monitoring.errors import BaselineEmpty, HoldOutUnknown, PolicyOutdated, PolicyRefused, TooManyDays
from watchkeeper.monitoring.policy import in_force, known_policy
from watchkeeper.monitoring.references.against import USUAL, Against, Held
from watchkeeper.monitoring.references.distributing import distribution
from watchkeeper.monitoring.references.drifting import View
from watchkeeper.monitoring.segments.listing_segments import concentrations
from watchkeeper.monitoring.soundness.findings import Findings, findings_of
from watchkeeper.monitoring.verdicts.agreeing import agree
from watchkeeper.monitoring.verdicts.backtesting import backtest
from watchkeeper.monitoring.verdicts.clearest import clearest
from watchkeeper.monitoring.verdicts.verdicts import FEATURE, Baseline, Known, Verdicts, columns_of, known, verdicts
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.acceptances import show_acceptances
from watchkeeper.server.api.backtest import show_backtest
from watchkeeper.server.api.causes import show_cause, show_swapped, swapped_in
from watchkeeper.server.api.drift_days import by_day
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.monitoring import TheAgainst, show_against
from watchkeeper.server.api.period import PagePeriod, Period
from watchkeeper.server.api.verdicts import labels_of, show_apart, show_global, show_verdicts
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import TheForm, go, may, page, refusal, the_deployment, the_project, whole
from watchkeeper.server.web.marks import Marked, marked
from watchkeeper.server.web.segments import segments_on
from watchkeeper.server.web.serving import ALL, Tab, prepared, tab_of
from watchkeeper.server.web.wording import drift_sentence

router = APIRouter(include_in_schema=False)
THE_LABELS = "the labels"
"""Their lane."""
MOST_LISTED = 50
"""Features in the list of all, unless every one is asked for."""
MOST_CAUSES = 5
"""Features that are dated on the page, since that takes milliseconds each."""


@router.get(PAGES["distribution"], **needs(Right.READ))
def distribution_tab(
    request: Request,
    deployment: str,
    assembly: TheAssembly,
    period: PagePeriod,
    against: TheAgainst,
    feature: str | None = None,
    segment: str | None = None,
    baseline: Baseline | None = None,
    swap: bool = False,
    every: bool = False,
) -> Response:
    """`swap` asks the champion again what the drifted features do to its answers, for somebody who may read rows;
    `every` lists also the features of least concern."""
    held = against if segment is None else USUAL
    show = partial(shown, request, deployment, assembly, period=period)
    again = partial(show, feature=feature, segment=segment, baseline=baseline, swap=swap, every=every)
    try:
        return again(against=held)
    except (BaselineEmpty, HoldOutUnknown, PeriodRefused) as refused:
        if held.usual:
            raise
        return again(refused=refusal(refused, at="against", written={}))


@router.post(PAGES["drift_policy"], **needs(Right.WRITE))
def judge_otherwise(
    request: Request,
    deployment: str,
    form: TheForm,
    permit: ThePermit,
    assembly: TheAssembly,
    period: PagePeriod,
) -> Response:
    given = _policy_written(form)
    try:
        with assembly.store.work() as work:
            project = the_project(request, work)
            found = the_deployment(project, deployment, work)
            agree(found, given, number=whole(form.get("number", "")), permit=permit, work=work, clock=assembly.clock)
    except PolicyRefused as refused:
        return shown(request, deployment, assembly, period=period, refused=refusal(refused, at="policy", written=form))
    except PolicyOutdated as refused:  # what somebody else has set is shown, and not overwritten by a second press
        return shown(request, deployment, assembly, period=period, refused=refusal(refused, at="policy", written={}))
    kept = {name: value for name, value in vars(period).items() if value is not None}
    return go("distribution", kept, project=project.slug, deployment=found.slug)


@router.post(PAGES["backtest"], **needs(Right.READ))
def try_otherwise(
    request: Request,
    deployment: str,
    form: TheForm,
    assembly: TheAssembly,
    period: PagePeriod,
) -> Response:
    """What the days shown would have had under another policy, beside what they have under the one in force."""
    given = _policy_written(form)
    again = partial(shown, request, deployment, assembly, period=period)
    try:
        with assembly.store.look() as work:
            tab = tab_of(request, deployment, work, assembly, period=period)
            now = in_force(work.policies.said(tab.deployment.id)).policy
            found = [
                backtest(tab.deployment, policy, start=tab.start, end=tab.end, work=work, places=assembly.places)
                for policy in (known_policy(given, before=now), now)
            ]
    except (PolicyRefused, TooManyDays) as refused:
        return again(refused=refusal(refused, at="policy", written=form))
    wanted, as_it_is = (show_backtest(each).model_dump() for each in found)
    return again(tried={"found": wanted, "now": as_it_is, "written": {**vars(now), **form}})


def shown(
    request: Request,
    deployment: str,
    assembly: Assembly,
    *,
    period: Period = ALL,
    feature: str | None = None,
    against: Against = USUAL,
    segment: str | None = None,
    baseline: Baseline | None = None,
    swap: bool = False,
    every: bool = False,
    refused: Mapping[str, Any] | None = None,
    tried: Mapping[str, Any] | None = None,
) -> Response:
    prepared(request, deployment, against, assembly)
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly, period=period, against=against)
        tab = replace(tab, segment=segment)
        plain = against.usual and segment is None
        long = None if not plain else replace(tab, start=moved(tab.start, -DAYS_BEFORE)).view()
        seen, span = long.since(tab.start) if long else tab.view(), {"start": tab.start, "end": tab.end}
        of = known(
            tab.deployment, seen, start=tab.start, end=tab.end, work=work, places=assembly.places, baseline=baseline
        )
        found = verdicts(seen, of, days=len(days_between(**span)))
        faults = Findings() if not plain else findings_of(tab.deployment, **span, work=work)
        segments = segments_on(tab)
        told = work.samples.told(tab.deployment.id, **span) if plain else []
        labels = labels_of(tab.deployment, work, **span) if plain else None
        marks = Marked() if not plain else marked(tab)
        may_write, may_swap = (may(request, right, work) for right in (Right.WRITE, Right.READ_ROWS))
        accepted = show_acceptances(work.acceptances.all(tab.deployment.id))
    swapped, unswapped = asked_again(tab, found, assembly) if swap and may_swap and long else (None, None)
    listed = segments["list"]
    season = season_of(of) if long and found.drifted else None
    causes = (
        causes_in(long, found, faults, start=tab.start, listed=listed, swapped=swapped, season=season) if long else []
    )
    apart = [show_apart(each) for each in told]
    context = context_of(seen, of, found, feature=feature, labels=labels)
    context |= {"marks": marks, "causes": causes, "faults": faults}
    status = refused["status"] if refused else 200
    held = _held(seen.against)
    keep = {**held["keep"], **({"segment": segment} if segment is not None else {})}
    state = {
        "may_write": may_write,
        "acceptances": [each.model_dump(mode="json") for each in accepted],
        **held,
        "keep": keep,
        "baseline": baseline,
        "most_listed": None if every else MOST_LISTED,
    }
    asked = {"swapped": show_swapped(swapped), "unswapped": unswapped, "may_swap": may_swap}
    beside = {"apart": apart, "labels": labels, **asked}
    said = {**state, **beside, "refused": refused, "tried": tried, "segments": segments, "segment": segment}
    return page(request, "deployment_distribution.html", status=status, **tab.context, **context, **said)


def _held(against: Against) -> dict[str, Any]:
    """What the period is held against, unless it is the reference, and the query that keeps it."""
    if against.usual:
        return {"against": None, "keep": {}}
    if against.name is not Held.PERIOD:
        return {"against": show_against(against), "keep": {"against": against.name.value}}
    return {"against": show_against(against), "keep": {"against_start": against.start, "against_end": against.end}}


def context_of(
    seen: View, of: Known, found: Verdicts, *, feature: str | None, labels: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What the page is made of."""
    drift, spread = show_verdicts(found), distribution(seen)
    names = [each.name for each in columns_of(seen.watch)]
    lanes, together = [each["name"] for each in drift["columns"]][: MOST - bool(labels)], together_by_day(found)
    by_lane = by_day(of.issued, of.longer, names, lanes, earlier=of.earlier)
    return {
        "distribution": spread,
        "features_by_name": {each["name"]: each for each in spread["features"]},
        "drift": drift,
        "said": drift_sentence(drift, first=of.issued[0].day if of.issued else None),
        "verdicts": {each["name"]: each for each in drift["columns"]},
        "together": [show_global(each, role) for role, each in found.overall.items()],
        "together_by_day": {"measure": "", "days": together, "judged": any(map(judged_day, together))},
        "columns_shown": len(lanes),
        "lanes": [*lanes, THE_LABELS] if labels else lanes,
        "by_day": with_labels(by_lane, labels["days"]) if labels else by_lane,
        "feature": feature,
        "chosen": effects(of, names.index(feature)) if feature in names else [],
    }


def with_labels(days: Sequence[Mapping[str, Any]], labels: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """With a lane for the labels: of each day by itself, as far as they have come by now."""
    found = {each["day"]: (each["verdict"], each["effect"], 1) for each in labels}
    return [
        {**each, "verdicts": {**each["verdicts"], THE_LABELS: found.get(each["day"], (None, None, None))}}
        for each in days
    ]


def together_by_day(of: Verdicts) -> list[Mapping[str, Any]]:
    """Global drift of each day, as its chart takes it."""
    return [
        {"day": day, **{role.value: {"global_drift": show_global(each, role)} for role, each in roles.items()}}
        for day, roles in of.overall_by_day.items()
    ]


def asked_again(tab: Tab, found: Verdicts, assembly: Assembly) -> tuple[Swapped | None, Mapping[str, Any] | None]:
    """What the champion answers with features of the reference's, or why it can't be asked."""
    try:
        return swapped_in(tab.deployment, found, start=tab.start, end=tab.end, assembly=assembly), None
    except WatchkeeperError as refused:
        return None, refusal(refused, at="swap", written={})


def causes_in(
    long: View,
    found: Verdicts,
    faults: Findings,
    *,
    start: str,
    listed: Mapping[str, Any] | None,
    swapped: Swapped | None = None,
    season: Mapping[str, Floats] | None = None,
) -> list[Mapping[str, Any]]:
    """What is behind the features that have drifted, of the first few: the most concerning, or those that move most."""
    drifted = [each for each in found.columns if each.column.of == FEATURE and each.found.verdict is Verdict.DRIFTED]
    if swapped is not None:
        moved = swapped.columns
        drifted.sort(key=lambda each: -moved[each.column.name].distance if each.column.name in moved else 0.0)
    few = replace(found, columns=drifted[:MOST_CAUSES])
    where = concentrations(listed)
    said = causes_of(long, few, faults, start=start, where=where, swapped=swapped, season=season)
    return [show_cause(each) for each in said]


def _policy_written(form: Mapping[str, str]) -> dict[str, Any]:
    return {name: _written(value) for name, value in form.items() if name not in {"csrf", "number"}}


def _written(text: str) -> Any:
    """What is no number is left as it is, and refused with the others that are none."""
    try:
        number = float(text)
    except ValueError:
        return text.strip()
    return int(number) if number.is_integer() else number


def effects(of: Known, place: int) -> list[Mapping[str, Any]]:
    """Of one column, day by day: of the day, or of the 7 or 28 days that it ends, as far as these know more."""
    if not of.issued:
        return []
    records, lengths = clearest(of.issued, of.longer, earlier=of.earlier)
    days = [
        (each.day, length, found)
        for each, record, length in zip(of.issued, records[:, place], lengths[:, place].tolist(), strict=True)
        if (found := judged(record))
    ]
    return [
        {
            "day": day,
            "over": length,
            "verdict": found.verdict.value,
            "effect": found.effect.estimate,
            "low": found.effect.low,
            "high": found.effect.high if found.effect.high < float("inf") else None,
        }
        for day, length, found in days
    ]
