"""Rules, firings and channels: when to tell, what was told, and by which way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from watchkeeper.access.permitting import rights_of
from watchkeeper.access.role import Right
from watchkeeper.alerts import wording
from watchkeeper.alerts.acknowledging import acknowledge, firing_of, snooze
from watchkeeper.alerts.channel import Channel, Delivery, Kind
from watchkeeper.alerts.channelling import change_channel, channel_of, create_channel, new_secret
from watchkeeper.alerts.firing import Firing
from watchkeeper.alerts.recounting import GONE, recount
from watchkeeper.alerts.rule import Rule
from watchkeeper.alerts.ruling import change_rule, create_rule, remove_rule, rule_of
from watchkeeper.alerts.showing import around
from watchkeeper.alerts.signals import SIGNALS
from watchkeeper.alerts.signals.signal import Measure
from watchkeeper.charts import firing_chart
from watchkeeper.errors import NotFound
from watchkeeper.monitoring.performing import metric_of
from watchkeeper.server.alerting import telling_of
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.monitoring import aware
from watchkeeper.server.api.paging import Cursor, Limit, Page, paged
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["alerts"])
State = Annotated[Literal["open", "all"], Query(description="Only those that are open now, or all.")]
MOST_DELIVERIES = 100


class RuleWanted(BaseModel):
    """`days` is how many days a window looks back on, `sure` whether the whole 95 % interval has to be beyond the
    threshold; `channels` are ids, null all of the project's."""

    name: str
    signal: str
    threshold: float
    metric: str | None = None
    minimum_rows: int = 1
    needed: int = 1
    windows: int = 1
    days: int = 1
    sure: bool = False
    channels: list[str] | None = None
    enabled: bool = True


class RuleChange(BaseModel):
    """What is left out stays as it is."""

    name: str | None = None
    threshold: float | None = None
    metric: str | None = None
    minimum_rows: int | None = None
    needed: int | None = None
    windows: int | None = None
    days: int | None = None
    sure: bool | None = None
    channels: list[str] | None = None
    enabled: bool | None = None


class RuleShown(BaseModel):
    """`condition` says in words when it fires; `created_by` is empty for a rule that came with the deployment."""

    id: str
    deployment: str
    name: str
    signal: str
    metric: str | None
    threshold: float
    minimum_rows: int
    needed: int
    windows: int
    days: int
    sure: bool
    channels: list[str] | None
    enabled: bool
    starting: bool
    created: datetime
    created_by: str
    subject: str
    condition: str
    firing: str | None


class DeliveryShown(BaseModel):
    id: str
    channel: str
    channel_name: str
    firing: str | None
    event: str
    title: str
    state: str
    attempts: int
    error: str | None
    created: datetime
    due: datetime | None
    delivered: datetime | None


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
    headline: str
    sentence: str
    found: datetime
    ended: datetime | None
    acknowledged: datetime | None
    acknowledged_by: str | None
    note: str
    snoozed: datetime | None


class HappenedShown(BaseModel):
    """`kind` is found, told, waiting, failed, acknowledged or ended."""

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


class ChannelWanted(BaseModel):
    """`settings` of an e-mail: {"to": [addresses]}; of a webhook: {"url": address}."""

    name: str
    kind: str
    settings: Mapping[str, Any]


class ChannelChange(BaseModel):
    name: str | None = None
    settings: Mapping[str, Any] | None = None
    enabled: bool | None = None


class ChannelShown(BaseModel):
    """`problem` says why nothing can arrive by it as things are."""

    id: str
    name: str
    kind: str
    settings: Mapping[str, Any]
    enabled: bool
    created: datetime
    created_by: str
    problem: str | None


class ChannelMade(ChannelShown):
    secret: str | None = Field(description="Signs a webhook's messages; shown only now.")


class SecretMade(BaseModel):
    secret: str


@router.get("/deployments/{deployment}/rules", **needs(Right.READ))
def list_rules(deployment: str, assembly: TheAssembly) -> Page[RuleShown]:
    """Every deployment starts with some."""
    with assembly.store.look() as work:
        return Page(items=rules_of(the_deployment(deployment, work), work), next=None)


@router.post("/deployments/{deployment}/rules", status_code=201, **needs(Right.WRITE))
def post_rule(deployment: str, wanted: RuleWanted, permit: ThePermit, assembly: TheAssembly) -> RuleShown:
    """It judges the past too: its firings of then are listed, and only what still goes on is told."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        rule = create_rule(found, _rule_fields(wanted.model_dump()), permit=permit, work=work, clock=assembly.clock)
        return show_rule(rule, found, work)


@router.get("/deployments/{deployment}/rules/{rule}", **needs(Right.READ))
def get_rule(deployment: str, rule: str, assembly: TheAssembly) -> RuleShown:
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        return show_rule(rule_of(found, rule, work=work), found, work)


@router.patch("/deployments/{deployment}/rules/{rule}", **needs(Right.WRITE))
def patch_rule(deployment: str, rule: str, wanted: RuleChange, assembly: TheAssembly) -> RuleShown:
    """From now on; what was found by the rule as it was stays."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        fields = _rule_fields(wanted.model_dump(include=wanted.model_fields_set))
        changed = change_rule(
            rule_of(found, rule, work=work), fields, deployment=found, work=work, clock=assembly.clock
        )
        return show_rule(changed, found, work)


@router.delete("/deployments/{deployment}/rules/{rule}", status_code=204, **needs(Right.WRITE))
def delete_rule(deployment: str, rule: str, assembly: TheAssembly) -> None:
    """Its firings stay; those that are open close."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        remove_rule(rule_of(found, rule, work=work), deployment=found, work=work, clock=assembly.clock)


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


@router.get("/projects/{project}/channels", **needs(Right.READ))
def list_channels(permit: ThePermit, assembly: TheAssembly) -> Page[ChannelShown]:
    """A webhook's address can be a secret: who may not manage channels sees only its host."""
    with assembly.store.look() as work:
        found = work.channels.of_project(permit.project or "")
        whole = Right.MANAGE in rights_of(permit.identity, project=permit.project, members=work.members)
        shown = [ChannelShown(**show_channel(each, work, assembly, whole=whole)) for each in found]
        return Page(items=shown, next=None)


@router.post("/projects/{project}/channels", status_code=201, **needs(Right.MANAGE))
def post_channel(wanted: ChannelWanted, permit: ThePermit, assembly: TheAssembly) -> ChannelMade:
    """A webhook's secret is shown this once."""
    with assembly.store.work() as work:
        channel, secret = create_channel(
            wanted.name,
            wanted.kind,
            wanted.settings,
            permit=permit,
            work=work,
            seal=assembly.seal,
            clock=assembly.clock,
        )
        return ChannelMade(**show_channel(channel, work, assembly), secret=secret)


@router.patch("/projects/{project}/channels/{channel}", **needs(Right.MANAGE))
def patch_channel(channel: str, wanted: ChannelChange, permit: ThePermit, assembly: TheAssembly) -> ChannelShown:
    with assembly.store.work() as work:
        found = channel_of(permit.project or "", channel, work=work)
        fields = {name: value for name, value in wanted.model_dump().items() if value is not None}
        return ChannelShown(**show_channel(change_channel(found, fields, work=work), work, assembly))


@router.delete("/projects/{project}/channels/{channel}", status_code=204, **needs(Right.MANAGE))
def delete_channel(channel: str, permit: ThePermit, assembly: TheAssembly) -> None:
    """What still waits for it is not sent any more."""
    with assembly.store.work() as work:
        work.channels.remove(channel_of(permit.project or "", channel, work=work).id)


@router.post("/projects/{project}/channels/{channel}/secret", status_code=201, **needs(Right.MANAGE))
def post_channel_secret(channel: str, permit: ThePermit, assembly: TheAssembly) -> SecretMade:
    """A new secret for a webhook, in force at once and shown this once."""
    with assembly.store.work() as work:
        found = channel_of(permit.project or "", channel, work=work)
        return SecretMade(secret=new_secret(found, work=work, seal=assembly.seal))


@router.post("/projects/{project}/channels/{channel}/test", status_code=202, **needs(Right.MANAGE))
def test_channel(channel: str, permit: ThePermit, assembly: TheAssembly) -> DeliveryShown:
    """Send a message that says only that messages arrive; its delivery says whether it did."""
    with assembly.store.work() as work:
        found = channel_of(permit.project or "", channel, work=work)
        return show_delivery(telling_of(assembly).test(found, work=work), found.name)


@router.get("/projects/{project}/channels/{channel}/deliveries", **needs(Right.READ))
def list_deliveries(channel: str, permit: ThePermit, assembly: TheAssembly) -> Page[DeliveryShown]:
    """The newest hundred."""
    with assembly.store.look() as work:
        found = channel_of(permit.project or "", channel, work=work)
        sent = work.deliveries.of_channel(found.id, limit=MOST_DELIVERIES)
        return Page(items=[show_delivery(each, found.name) for each in sent], next=None)


@router.get("/projects/{project}/deliveries/{delivery}", **needs(Right.READ))
def get_delivery(delivery: str, permit: ThePermit, assembly: TheAssembly) -> DeliveryShown:
    with assembly.store.look() as work:
        found = work.deliveries.get(delivery)
        channel = work.channels.get(found.channel) if found else None
        if found is None or channel is None or channel.project != permit.project:
            raise NotFound("This project has no such delivery.")
        return show_delivery(found, channel.name)


def rules_of(deployment: Deployment, work: Work) -> list[RuleShown]:
    return [show_rule(rule, deployment, work) for rule in work.rules.of_deployment(deployment.id)]


def show_rule(rule: Rule, deployment: Deployment, work: Work) -> RuleShown:
    signal = SIGNALS[rule.signal]
    metric = (rule.metric or metric_of(deployment, work=work)[0]) if signal.metrics else ""
    still = [firing.id for firing in work.firings.since(rule.id, "9999-12-31")]
    user = work.users.get(rule.created_by) if rule.created_by else None
    return RuleShown(
        **{
            **vars(rule),
            "created_by": user.name if user else rule.created_by,
            "subject": wording.subject(rule, signal, metric=metric),
            "condition": wording.condition(rule, signal, metric=metric),
            "firing": still[0] if still else None,
        }
    )


def firings_page(
    project: str, deployment: str | None, work: Work, *, state: str, limit: int, cursor: str | None
) -> Page[FiringShown]:
    found = work.firings.page(project, deployment=deployment, only_open=state == "open", after=cursor, limit=limit + 1)
    return paged(
        found, limit=limit, show=lambda firing: FiringShown(**show_firing(firing, work)), cursor=lambda each: each.id
    )


def show_firing(firing: Firing, work: Work) -> dict[str, Any]:
    rule = work.rules.get(firing.rule)
    deployment = work.deployments.get(firing.deployment)
    by = work.users.get(firing.acknowledged_by) if firing.acknowledged_by else None
    return {
        **vars(firing),
        "rule_name": rule.name if rule else "a rule that was removed",
        "signal": rule.signal if rule else "",
        "headline": _headline(firing, rule, deployment, work),
        "address": deployment.address if deployment else "",
        "acknowledged_by": by.name if by else firing.acknowledged_by,
    }


def _headline(firing: Firing, rule: Rule | None, deployment: Deployment | None, work: Work) -> str:
    """Without its rule there is still its sentence."""
    if rule is None or deployment is None:
        return firing.sentence.removesuffix(".")
    signal = SIGNALS[rule.signal]
    metric = (rule.metric or metric_of(deployment, work=work)[0]) if signal.metrics else ""
    return wording.headline(signal, firing.spell, metric=metric)


def show_whole(firing: Firing, work: Work) -> FiringWhole:
    names = {channel.id: channel.name for channel in work.channels.of_project(firing.project)}
    sent = work.deliveries.of_firing(firing.id)
    firing_shown = show_firing(firing, work)
    happened = recount(firing, sent, channels=names, by=firing_shown["acknowledged_by"])
    return FiringWhole(
        **firing_shown,
        deliveries=[show_delivery(each, names.get(each.channel, GONE)) for each in sent],
        history=[HappenedShown(**vars(each)) for each in happened],
    )


def show_delivery(delivery: Delivery, channel: str) -> DeliveryShown:
    waiting = delivery.state == "waiting"
    return DeliveryShown(
        **{
            **vars(delivery),
            "channel_name": channel,
            "title": str(delivery.message.get("title", "")),
            "due": delivery.due if waiting else None,
        }
    )


def show_channel(channel: Channel, work: Work, assembly: Assembly, *, whole: bool = True) -> dict[str, Any]:
    user = work.users.get(channel.created_by) if channel.created_by else None
    unset = channel.kind is Kind.EMAIL and not assembly.settings.smtp
    return {
        **vars(channel),
        "settings": channel.settings if whole or channel.kind is Kind.EMAIL else _host(channel),
        "created_by": user.name if user else channel.created_by,
        "problem": "No mail server is set; WATCHKEEPER_SMTP names one." if unset else None,
    }


def _host(channel: Channel) -> dict[str, Any]:
    parts = urlsplit(str(channel.settings["url"]))
    return {"url": f"{parts.scheme}://{parts.hostname}/…"}


def chart_of(firing: Firing, work: Work, assembly: Assembly) -> dict[str, Any]:
    rule, deployment = work.rules.get(firing.rule), work.deployments.get(firing.deployment)
    if rule is None or deployment is None:
        raise NotFound("The rule of this firing was removed, so its signal can't be drawn any more.")
    signal = SIGNALS[rule.signal]
    shown = around(firing, rule, deployment=deployment, work=work, places=assembly.places, clock=assembly.clock)
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


def _rule_fields(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """As the room takes them; null means only for `metric` and `channels` something."""
    fields = {name: value for name, value in wanted.items() if value is not None or name in {"metric", "channels"}}
    if fields.get("channels") is not None:
        fields["channels"] = tuple(fields["channels"])
    return fields
