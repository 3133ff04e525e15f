"""A deployment summed up: what is known of it in the rooms below, and which firings are open."""

from collections.abc import Sequence
from datetime import datetime

from watchkeeper.alerts.firing import Firing
from watchkeeper.alerts.ports import Unit
from watchkeeper.health.judging import health
from watchkeeper.monitoring.answers.performing import brief
from watchkeeper.monitoring.days import today
from watchkeeper.monitoring.summary import Drifted, Summary
from watchkeeper.monitoring.usage.using import Usage
from watchkeeper.serving.deployment import Deployment, Role

DRIFTING = ("drift", "verdicts")


def summary(deployment: Deployment, used: Usage, *, start: str, end: str, now: datetime, work: Unit) -> Summary:
    """Of the days from start to end, both included, as they were used; its health is that of now."""
    release = work.deployments.current(deployment.id)
    judged = health(release, statuses=work.board.all(), now=now)
    found = brief(deployment, start=start, end=end, work=work)
    champion = used.total[Role.CHAMPION]
    days = sum(bool(roles[Role.CHAMPION].rows) for _, roles in used.days)
    drift = {rule.id for rule in work.rules.of_deployment(deployment.id) if rule.signal in DRIFTING}
    firings = open_on(work.firings.between(deployment.id, start=start, end=end), end)
    return Summary(
        start=start,
        end=end,
        today=today(now, deployment.time_zone),
        state=judged.state,
        health=judged.sentence,
        predictions=champion.rows,
        days=days,
        a_day=champion.rows / days if days else None,
        errors=champion.errors,
        metric=found.metric,
        value=found.value,
        share=found.share,
        drifted=drifted_in(firings, drift=drift),
        alerts=len(firings),
        others=sum(each.rule not in drift or not each.about for each in firings),
        challenged=release.challenger is not None,
        comparison=found.comparison,
    )


def open_on(firings: Sequence[Firing], day: str) -> list[Firing]:
    return [each for each in firings if each.opened <= day and (each.closed is None or each.closed > day)]


def drifted_in(firings: Sequence[Firing], *, drift: set[str]) -> tuple[Drifted, ...]:
    """The features that firings of these rules are of now, each once, the longest first."""
    since: dict[str, str] = {}
    parts = [part for each in firings if each.rule in drift for part in each.spell.going]
    for each in sorted(parts, key=lambda each: each.since):
        if each.about:
            since.setdefault(each.about, each.since)
    return tuple(Drifted(feature, day) for feature, day in since.items())
