"""Keeping samples for long in little room: each for a day, ten minutes for a month, days for two years."""

from datetime import datetime

from watchkeeper.health.ports import OpenUnit, Resources
from watchkeeper.health.resources import KEPT, LENGTHS, Grain, bucket_of, thinned


def thin(*, unit: OpenUnit, now: datetime) -> None:
    """Sum up the buckets that are over, then let go of what is too old. Done twice, it changes nothing."""
    with unit() as work:
        _sum_up(work.resources, Grain.SAMPLE, Grain.TEN_MINUTES, now=now)
        _sum_up(work.resources, Grain.TEN_MINUTES, Grain.DAY, now=now)
        for grain, kept in KEPT.items():
            work.resources.drop(grain, before=now - kept)


def _sum_up(resources: Resources, fine: Grain, coarse: Grain, *, now: datetime) -> None:
    """The buckets after the last one kept, up to the one that is still going on."""
    last, oldest = resources.newest(coarse), resources.oldest(fine)
    if oldest is None:
        return
    start = bucket_of(oldest, coarse) if last is None else last + LENGTHS[coarse]
    end = bucket_of(now, coarse)
    if start < end:
        resources.add(coarse, thinned(resources.between(fine, start=start, end=end), coarse))
