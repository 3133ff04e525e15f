"""Firings: what was wrong, and what people did about it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from watchkeeper.access.role import Right
from watchkeeper.alerts import wording
from watchkeeper.alerts.acknowledging import acknowledge, firing_of, snooze
from watchkeeper.alerts.firing import Firing
from watchkeeper.alerts.recounting import GONE, recount
from watchkeeper.alerts.rule import Rule
from watchkeeper.alerts.saying import metric_name
from watchkeeper.alerts.showing import Shown, around
from watchkeeper.alerts.signals import SIGNALS
from watchkeeper.alerts.signals.signal import Measure
from watchkeeper.charts import firing_chart
from watchkeeper.errors import NotFound
from watchkeeper.monitoring.ports import Changed
from watchkeeper.server.api.channels import DeliveryShown, show_delivery
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.monitoring import aware
from watchkeeper.server.api.paging import Cursor, Limit, Page, paged
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["alerts"])
State = Annotated[Literal["open", "all"], Query(description="Only those that are open now, or all.")]


class FiringColumn(BaseModel):
    """A column that a firing is of, or was: its days, as those of the firing, and the signal of it at its worst."""

    column: str
    since: str
    opened: str
    until: str
    closed: str | None
    worst: float


class FiringShown(BaseModel):
    """Days are of the deployment's time zone: `since` the first that was beyond the threshold, `opened` the one with
    which there were enough of them, `until` the last, `closed` the one on which it was found to be over."""

    id: str
    rule: str
    rule_name: str
    signal: str
    project: str
    deployment: str
    address: str
    since: str
    opened: str
    until: str
    closed: str | None
    value: float
    worst: float
    last: float
    threshold: float
    about: str
    columns: list[FiringColumn]
    headline: str
    sentence: str
    found: datetime
    ended: datetime | None
    acknowledged: datetime | None
    acknowledged_by: str | None
    note: str
    snoozed: datetime | None


class HappenedShown(BaseModel):
    """`kind` is found, told, waiting, failed, acknowledged, accepted, withdrawn or ended."""

    at: datetime
    kind: str
    text: str


class FiringWhole(FiringShown):
    deliveries: list[DeliveryShown]
    history: list[HappenedShown]


class Acknowledgement(BaseModel):
    note: str = ""


class Snooze(BaseModel):
    until: datetime


@router.get("/deployments/{deployment}/firings", **needs(Right.READ))
def list_firings_of_deployment(
    deployment: str, assembly: TheAssembly, state: State = "all", limit: Limit = 100, cursor: Cursor = None
) -> Page[FiringShown]:
    """Newest first."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        return firings_page(found.project, found.id, work, state=state, limit=limit, cursor=cursor)


@router.get("/projects/{project}/firings", **needs(Right.READ))
def list_firings(
    permit: ThePermit, assembly: TheAssembly, state: State = "all", limit: Limit = 100, cursor: Cursor = None
) -> Page[FiringShown]:
    """Newest first."""
    with assembly.store.look() as work:
        return firings_page(permit.project or "", None, work, state=state, limit=limit, cursor=cursor)


@router.get("/projects/{project}/firings/{firing}", **needs(Right.READ))
def get_firing(firing: str, permit: ThePermit, assembly: TheAssembly) -> FiringWhole:
    """With what was sent because of it."""
    with assembly.store.look() as work:
        return show_whole(firing_of(permit.project or "", firing, work=work), work)


@router.get("/projects/{project}/firings/{firing}/chart", **needs(Right.READ))
def get_firing_chart(firing: str, permit: ThePermit, assembly: TheAssembly) -> dict[str, Any]:
    """The chart as a Vega-Lite specification: the signal by day, and its limit."""
    with assembly.store.look() as work:
        return chart_of(firing_of(permit.project or "", firing, work=work), work, assembly)


@router.post("/projects/{project}/firings/{firing}/acknowledge", **needs(Right.WRITE))
def acknowledge_firing(firing: str, said: Acknowledgement, permit: ThePermit, assembly: TheAssembly) -> FiringWhole:
    """Say that somebody knows; reminders end."""
    with assembly.store.work() as work:
        found = firing_of(permit.project or "", firing, work=work)
        return show_whole(acknowledge(found, said.note, permit=permit, work=work, clock=assembly.clock), work)


@router.post("/projects/{project}/firings/{firing}/snooze", **needs(Right.WRITE))
def snooze_firing(firing: str, said: Snooze, permit: ThePermit, assembly: TheAssembly) -> FiringWhole:
    """Be told again at a moment, if it is still open then."""
    with assembly.store.work() as work:
        found = firing_of(permit.project or "", firing, work=work)
        until = aware(said.until) or said.until
        return show_whole(snooze(found, until, work=work, clock=assembly.clock), work)


class Names:
    """What firings are called by; each rule and deployment is asked for once."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._rules: dict[str, Rule | None] = {}
        self._deployments: dict[str, Deployment | None] = {}
        self._metrics: dict[str, str] = {}

    def rule(self, name: str) -> Rule | None:
        if name not in self._rules:
            self._rules[name] = self._work.rules.get(name)
        return self._rules[name]

    def deployment(self, name: str) -> Deployment | None:
        if name not in self._deployments:
            self._deployments[name] = self._work.deployments.get(name)
        return self._deployments[name]

    def headline(self, firing: Firing) -> str:
        """Without its rule there is still its sentence."""
        rule, deployment = self.rule(firing.rule), self.deployment(firing.deployment)
        if rule is None or deployment is None:
            return firing.sentence.removesuffix(".")
        return wording.headline(
            SIGNALS[rule.signal], firing.spell, metric=self._metric(rule, deployment), sure=rule.sure
        )

    def _metric(self, rule: Rule, deployment: Deployment) -> str:
        if rule.id not in self._metrics:
            self._metrics[rule.id] = metric_name(rule, deployment, self._work) or ""
        return self._metrics[rule.id]


def firings_page(
    project: str, deployment: str | None, work: Work, *, state: str, limit: int, cursor: str | None
) -> Page[FiringShown]:
    found = work.firings.page(project, deployment=deployment, only_open=state == "open", after=cursor, limit=limit + 1)
    names = Names(work)
    return paged(
        found,
        limit=limit,
        show=lambda firing: FiringShown(**show_firing(firing, work, names)),
        cursor=lambda each: each.id,
    )


def show_firing(firing: Firing, work: Work, names: Names) -> dict[str, Any]:
    rule, deployment = names.rule(firing.rule), names.deployment(firing.deployment)
    by = work.users.get(firing.acknowledged_by) if firing.acknowledged_by else None
    return {
        **vars(firing),
        "columns": [FiringColumn(**{**vars(each), "column": each.about}) for each in firing.columns],
        "rule_name": rule.name if rule else "a rule that was removed",
        "signal": rule.signal if rule else "",
        "headline": names.headline(firing),
        "address": deployment.address if deployment else "",
        "acknowledged_by": by.name if by else firing.acknowledged_by,
    }


def show_whole(firing: Firing, work: Work) -> FiringWhole:
    names = {channel.id: channel.name for channel in work.channels.of_project(firing.project)}
    sent = work.deliveries.of_firing(firing.id)
    firing_shown = show_firing(firing, work, Names(work))
    rule = work.rules.get(firing.rule)
    of_drift = rule is not None and Changed.VERDICTS in SIGNALS[rule.signal].of
    accepted = work.acceptances.all(firing.deployment) if of_drift else []
    by = firing_shown["acknowledged_by"]
    happened = recount(firing, sent, channels=names, by=by, acceptances=accepted)
    return FiringWhole(
        **firing_shown,
        deliveries=[show_delivery(each, names.get(each.channel, GONE)) for each in sent],
        history=[HappenedShown(**vars(each)) for each in happened],
    )


def signal_of(firing: Firing, work: Work, assembly: Assembly) -> tuple[Rule, Shown]:
    """Its rule, and what that watches on the days around it. Raise NotFound."""
    rule, deployment = work.rules.get(firing.rule), work.deployments.get(firing.deployment)
    if rule is None or deployment is None:
        raise NotFound("The rule of this firing was removed, so its signal can't be drawn any more.")
    shown = around(firing, rule, deployment=deployment, work=work, places=assembly.places, clock=assembly.clock)
    return rule, shown


def chart_of(firing: Firing, work: Work, assembly: Assembly) -> dict[str, Any]:
    rule, shown = signal_of(firing, work, assembly)
    signal = SIGNALS[rule.signal]
    percent = signal.measure is Measure.SHARE or shown.metric in wording.SHARES
    subject = wording.subject(rule, signal, metric=shown.metric or "")
    unit = {Measure.MILLISECONDS: ", ms", Measure.TIMES_USUAL: ", times the usual"}.get(signal.measure, "")
    said = {
        **vars(firing),
        "percent": percent,
        "unit": f"{subject}{', %' if percent else unit}",
        "zero": signal.measure is not Measure.METRIC,
    }
    return firing_chart(said, [vars(each) for each in shown.readings], start=shown.start, end=shown.end)
