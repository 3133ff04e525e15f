"""The sentence of a firing, with what the deployment knows beside the readings."""

from watchkeeper.alerts import wording
from watchkeeper.alerts.firing import Spell
from watchkeeper.alerts.ports import Unit
from watchkeeper.alerts.rule import Rule
from watchkeeper.alerts.signals import SIGNALS
from watchkeeper.monitoring.answers.performing import metric_of
from watchkeeper.monitoring.ports import Changed
from watchkeeper.monitoring.soundness.findings import findings_of, told
from watchkeeper.serving.deployment import Deployment

MOST_FAULTS = 3
"""Of the faults of a firing's columns, that are told in its sentence."""


def said_of(deployment: Deployment, rule: Rule, spell: Spell, work: Unit) -> str:
    """What was wrong, and what was found to be broken in the data of the columns that it is about."""
    plain = plainly(deployment, rule, spell, work)
    if Changed.FAULTS not in SIGNALS[rule.signal].of or not spell.about:
        return plain
    known = findings_of(deployment, start=spell.since, end=spell.until, work=work)
    found = [known.within(each.since, each.until).of(each.about) for each in spell.going]
    each = list(dict.fromkeys(told(finding) for finding in found if finding))
    return " ".join([plain, *each[:MOST_FAULTS]])


def plainly(deployment: Deployment, rule: Rule, spell: Spell, work: Unit) -> str:
    """What was wrong, and no more."""
    metric = metric_name(rule, deployment, work) or ""
    return wording.sentence(rule, SIGNALS[rule.signal], spell, metric=metric)


def metric_name(rule: Rule, deployment: Deployment, work: Unit) -> str | None:
    """Which metric the rule watches; None for a signal that has none."""
    if not SIGNALS[rule.signal].metrics:
        return None
    return rule.metric or metric_of(deployment, work=work)[0]
