"""Rules: when to tell."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.access.role import Right
from watchkeeper.alerts import wording
from watchkeeper.alerts.rule import Rule
from watchkeeper.alerts.ruling import change_rule, create_rule, remove_rule, rule_of
from watchkeeper.alerts.saying import metric_name
from watchkeeper.alerts.signals import SIGNALS
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Page
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["alerts"])


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


def rules_of(deployment: Deployment, work: Work) -> list[RuleShown]:
    return [show_rule(rule, deployment, work) for rule in work.rules.of_deployment(deployment.id)]


def show_rule(rule: Rule, deployment: Deployment, work: Work) -> RuleShown:
    signal = SIGNALS[rule.signal]
    metric = metric_name(rule, deployment, work) or ""
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


def _rule_fields(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """As the room takes them; null means only for `metric` and `channels` something."""
    fields = {name: value for name, value in wanted.items() if value is not None or name in {"metric", "channels"}}
    if fields.get("channels") is not None:
        fields["channels"] = tuple(fields["channels"])
    return fields
