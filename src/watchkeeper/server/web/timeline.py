"""The Summary's one timeline: what is known of a deployment's period, on one axis of days."""

from collections.abc import Mapping, Sequence
from typing import Any

from watchkeeper.charts import timeline_chart
from watchkeeper.serving.deployment import Release

Item = Mapping[str, Any]


def timeline(
    *,
    start: str,
    end: str,
    releases: Sequence[Release],
    begun: Mapping[int, str],
    drift: Mapping[str, Any],
) -> dict[str, Any]:
    """A chart. `begun` says on which day, by event, each release was first called; one that never was is not
    shown."""
    return timeline_chart(
        start=start,
        end=end,
        releases=[_release(each, begun) for each in releases if start <= begun.get(each.number, "") <= end],
        drift=[{"day": day["day"], "value": day["champion"]["global"]} for day in drift["days"]],
    )


def _release(release: Release, begun: Mapping[int, str]) -> Item:
    return {
        "day": begun[release.number],
        "release": release.number,
        "words": f"release {release.number}: {release.reason}" if release.reason else f"release {release.number}",
    }
