"""What is marked on a deployment's charts by day: its releases, and the alerts that were open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchkeeper.alerts.firing import Firing
from watchkeeper.charts.uprights import NOTHING, Marks
from watchkeeper.monitoring.days import moved
from watchkeeper.server.web.serving import Tab

MOST = 9
"""Alerts that have a number: those that are open, then the newest."""


@dataclass(frozen=True)
class Marked:
    """`alerts` are those with a number, for a legend: {"number", "sentence", "rule", "firing", "day", "until", "open"};
    `others` have none."""

    marks: Marks = NOTHING
    alerts: Sequence[Mapping[str, Any]] = ()
    others: int = 0


def marked(tab: Tab) -> Marked:
    begun = tab.work.watch.release_days(tab.deployment.id)
    releases = [{"day": day, "release": each} for each, day in sorted(begun.items()) if tab.start < day <= tab.end]
    firings = tab.work.firings.between(tab.deployment.id, start=tab.start, end=tab.end)
    names = {each.id: each.name for each in tab.work.rules.of_deployment(tab.deployment.id)}
    numbered = sorted(firings, key=lambda each: (each.open, each.since), reverse=True)[:MOST]
    numbers = {each.id: number for number, each in enumerate(sorted(numbered, key=lambda each: each.since), start=1)}
    alerts = [_alert(each, names.get(each.rule, "A rule"), numbers.get(each.id), tab) for each in firings]
    told = sorted((each for each in alerts if each["number"]), key=lambda each: each["number"])
    return Marked(Marks(releases, sorted(alerts, key=lambda each: each["day"])), told, len(firings) - len(told))


def _alert(of: Firing, rule: str, number: int | None, tab: Tab) -> dict[str, Any]:
    """Cut to the period, whose last day ends where the next begins."""
    after = moved(tab.end, 1)
    return {
        "number": number,
        "day": max(of.since, tab.start),
        "until": min(max(of.closed or after, tab.start), after),
        "open": of.open or (of.closed or "") > tab.end,
        "words": f"{rule}: {of.sentence}",
        "rule": rule,
        "sentence": of.sentence,
        "firing": of.id,
        "still": of.open,
        "acknowledged": of.acknowledged is not None,
    }
