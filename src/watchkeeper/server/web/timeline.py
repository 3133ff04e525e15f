"""The Summary's one timeline: what is known of a deployment's period, on one axis of days."""

from collections.abc import Mapping, Sequence
from typing import Any

from watchkeeper.alerts.firing import Firing
from watchkeeper.monitoring.answers.arriving import Arrived
from watchkeeper.monitoring.days import today
from watchkeeper.pipelines.run import Run
from watchkeeper.serving.deployment import Release

Item = Mapping[str, Any]


def happened(
    *,
    start: str,
    end: str,
    releases: Sequence[Release],
    begun: Mapping[int, str],
    drift: Mapping[str, Any],
    labels: Arrived,
    firings: Sequence[Firing],
    names: Mapping[str, str],
    runs: Sequence[Run],
    zone: str,
) -> dict[str, list[Item]]:
    """By lane, as its chart takes them. `begun` says on which day, by event, each release was first called; one that
    never was is not shown. `names` are those of the rules."""
    some = labels.total.labelled > 0
    return {
        "releases": [_release(each, begun) for each in releases if start <= begun.get(each.number, "") <= end],
        "drift": [{"day": day["day"], "value": value} for day, value in zip(drift["days"], drift["line"], strict=True)],
        "labels": [{"day": day.day, "value": day.share} for day in labels.days] if some else [],
        "alerts": [_firing(each, names, start=start, end=end) for each in firings],
        "runs": [item for each in runs if start <= (item := _run(each, zone))["day"] <= end],
    }


def in_order(lanes: Mapping[str, Sequence[Item]]) -> list[Item]:
    """What has words, newest first: {"what", "day", "until", "words"}."""
    found = [
        {"what": what, "day": each["day"], "until": each.get("until"), "words": each["words"]}
        for lane, what in (("releases", "release"), ("alerts", "alert"), ("runs", "run"))
        for each in lanes[lane]
    ]
    return sorted(found, key=lambda each: str(each["day"]), reverse=True)


def _firing(firing: Firing, names: Mapping[str, str], *, start: str, end: str) -> Item:
    """Cut to the period."""
    until = min(firing.closed or end, end)
    words = f"{names.get(firing.rule, 'A rule')}: {firing.sentence}"
    return {"day": max(firing.since, start), "until": max(until, start), "words": words}


def _run(run: Run, zone: str) -> Item:
    day = today(run.moment or run.begun, zone)
    return {"day": day, "state": run.state.value, "words": f"run {run.number}: {run.said or run.why}"}


def _release(release: Release, begun: Mapping[int, str]) -> Item:
    return {
        "day": begun[release.number],
        "release": release.number,
        "words": f"release {release.number}: {release.reason}" if release.reason else f"release {release.number}",
    }
