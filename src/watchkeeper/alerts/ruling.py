"""Making, changing and removing rules."""

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from watchkeeper.access.permitting import Permit
from watchkeeper.alerts.errors import NoChannel, NoRule, RuleRefused
from watchkeeper.alerts.ports import Unit
from watchkeeper.alerts.rule import Rule
from watchkeeper.alerts.saying import said_of
from watchkeeper.alerts.signals import SIGNALS
from watchkeeper.alerts.signals.signal import Measure, Signal
from watchkeeper.clock import Clock
from watchkeeper.monitoring.answers.performing import metric_of
from watchkeeper.monitoring.days import today
from watchkeeper.monitoring.performance.metrics import OF_TASK
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.names import new_id
from watchkeeper.projects.naming import checked_name
from watchkeeper.serving.deployment import Deployment

MOST_RULES, MOST_WINDOWS, MOST_DAYS = 200, 366, 366
LAWS: Mapping[str, tuple[int, int]] = {
    "minimum_rows": (1, 10**9),
    "needed": (1, MOST_WINDOWS),
    "windows": (1, MOST_WINDOWS),
    "days": (1, MOST_DAYS),
}


def create_rule(deployment: Deployment, wanted: Mapping[str, Any], *, permit: Permit, work: Unit, clock: Clock) -> Rule:
    """It judges the past too, so that one sees at once when it would have fired; only what still goes on is told."""
    if len(work.rules.of_deployment(deployment.id)) >= MOST_RULES:
        raise RuleRefused(f"A deployment may have {MOST_RULES} rules. Remove one first.")
    rule = Rule(
        **wanted,
        id=new_id(),
        project=deployment.project,
        deployment=deployment.id,
        starting=False,
        anew="",
        created=clock.now(),
        created_by=permit.user,
    )
    rule = _checked(rule, deployment, work=work)
    work.rules.add(rule)
    return rule


def change_rule(rule: Rule, wanted: Mapping[str, Any], *, deployment: Deployment, work: Unit, clock: Clock) -> Rule:
    """It is judged anew from where its open firing began, else from the newest day on: what was found by the rule as it
    was stays."""
    changed = _checked(replace(rule, **wanted), deployment, work=work)
    newest = _newest(deployment, work=work, clock=clock)
    begun = [firing.opened for firing in work.firings.since(rule.id, newest) if firing.open]
    unjudged = [rule.anew] if rule.anew is not None else []
    changed = replace(changed, anew=min([newest, *begun, *unjudged]))
    work.rules.change(changed)
    if not changed.enabled:
        _close(rule, newest, deployment=deployment, work=work, clock=clock)
    return changed


def remove_rule(rule: Rule, *, deployment: Deployment, work: Unit, clock: Clock) -> None:
    """Its firings stay; those that are open close."""
    _close(rule, _newest(deployment, work=work, clock=clock), deployment=deployment, work=work, clock=clock)
    work.rules.remove(rule.id)


def _newest(deployment: Deployment, *, work: Unit, clock: Clock) -> str:
    span = work.watch.span(deployment.id, by=DaysOf.EVENT)
    return span[1] if span else today(clock.now(), deployment.time_zone)


def _close(rule: Rule, day: str, *, deployment: Deployment, work: Unit, clock: Clock) -> None:
    """Quietly: whoever does it knows."""
    for firing in work.firings.since(rule.id, day):
        if firing.open:
            closed = replace(firing, closed=max(day, firing.opened), ended=clock.now())
            said = said_of(deployment, rule, closed.spell, work)
            work.firings.change(replace(closed, sentence=said))


def rule_of(deployment: Deployment, rule: str, *, work: Unit) -> Rule:
    found = work.rules.get(rule)
    if found is None or found.deployment != deployment.id:
        raise NoRule("This deployment has no such rule.")
    return found


def _checked(rule: Rule, deployment: Deployment, *, work: Unit) -> Rule:
    signal = SIGNALS.get(rule.signal)
    if signal is None:
        raise RuleRefused(f"'{rule.signal}' is no signal; use one of {', '.join(SIGNALS)}.", fields=("signal",))
    _check_metric(rule, deployment, work=work)
    _check_threshold(rule, signal)
    for name, (least, most) in LAWS.items():
        if not least <= getattr(rule, name) <= most:
            raise RuleRefused(f"{name} has to be from {least} to {most:,}.", fields=(name,))
    if rule.needed > rule.windows:
        raise RuleRefused(
            f"{rule.needed} of {rule.windows} windows can never be; needed is at most windows.",
            fields=("needed", "windows"),
        )
    if rule.sure and not signal.metrics:
        raise RuleRefused(f"Only a metric has an interval; '{rule.signal}' can't be sure.", fields=("sure",))
    if rule.channels is not None:
        _check_channels(rule.channels, project=rule.project, work=work)
    return replace(rule, name=_own_name(rule, work=work))


def _own_name(rule: Rule, *, work: Unit) -> str:
    """Alerts are told by it."""
    name = checked_name(rule.name, of="rule")
    others = (each for each in work.rules.of_deployment(rule.deployment) if each.id != rule.id)
    if any(each.name.casefold() == name.casefold() for each in others):
        raise RuleRefused(f"This deployment has a rule '{name}' already; choose another name.", fields=("name",))
    return name


def _check_threshold(rule: Rule, signal: Signal) -> None:
    if not math.isfinite(rule.threshold):
        raise RuleRefused("The threshold has to be a number.", fields=("threshold",))
    if signal.measure is not Measure.METRIC and rule.threshold < 0:
        raise RuleRefused(f"'{rule.signal}' is never below 0, so the threshold can't be.", fields=("threshold",))
    if signal.measure in {Measure.SHARE, Measure.DISTANCE} and rule.threshold >= 1:
        raise RuleRefused(f"'{rule.signal}' is never above 1; the threshold has to be below it.", fields=("threshold",))


def _check_metric(rule: Rule, deployment: Deployment, *, work: Unit) -> None:
    if rule.metric is None:
        return
    if not SIGNALS[rule.signal].metrics:
        raise RuleRefused(f"'{rule.signal}' has no metrics; leave metric out.", fields=("metric",))
    known = OF_TASK[metric_of(deployment, work=work)[1]]
    if rule.metric not in known:
        raise RuleRefused(
            f"'{rule.metric}' is no metric of this deployment; use one of {', '.join(known)}.", fields=("metric",)
        )


def _check_channels(channels: Collection[str], *, project: str, work: Unit) -> None:
    known = {channel.id for channel in work.channels.of_project(project)}
    for each in channels:
        if each not in known:
            raise NoChannel(f"This project has no channel '{each}'.", fields=("channels",))
