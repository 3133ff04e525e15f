"""A shifted time zone: a column's course of the day moved by hours.

Each day of the window is laid over the reference's mean day, as it is and moved by each hour. A day, made as large as
any other, gains by the best hour what it has in common with the mean day there, less what it has without moving;
Student's law tells whether the days do so together, since days are nearly independent of each other and hours are not.
Moves of less than two hours are none: the sun makes them by itself, and daylight saving does.
"""

from collections.abc import Iterator

import numpy as np
from scipy.special import stdtr

from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.pair import Compared, Pair
from watchkeeper.monitoring.integrity.sample import Floats, Sample

NAME = "shifted time zone"
HOURS = 24
FEWEST_DAYS = 5
FEWEST_HOURS, FEWEST_OF_A_DAY = 12, 6
LEAST = 2
ALIKE = 0.8
"""The correlation of the two mean days, once the window's is moved back."""
BETTER = 0.15
"""And how much larger that has to be than it is without."""


def find(pair: Pair) -> Iterator[Fault]:
    if pair.times is None:
        return
    before, now = pair.times
    for column in pair.columns:
        if column.is_measured:
            usual, days = mean_day(column.before, before), courses(column.now, now)
            if usual is not None and len(days) >= FEWEST_DAYS:
                yield from _fault(column, usual, days)


def mean_day(of: Sample, times: Floats) -> Floats | None:
    """Of shape (24,), by the hours of the day in UTC, less their mean; None where half of the hours have no row."""
    hours = np.floor(times[~of.missing]).astype(np.int64) % HOURS
    counts = np.bincount(hours, minlength=HOURS)
    if np.count_nonzero(counts) < FEWEST_HOURS:
        return None
    means = np.bincount(hours, weights=of.values[~of.missing], minlength=HOURS) / np.maximum(counts, 1)
    return np.where(counts > 0, means - means[counts > 0].mean(), 0.0)


def courses(of: Sample, times: Floats) -> Floats:
    """Of shape (days, 24): each day by its hours, less its mean; hours without a row as the mean. Days of fewer hours
    are left out."""
    whole, values = np.floor(times[~of.missing]).astype(np.int64), of.values[~of.missing]
    if not values.size:
        return np.zeros((0, HOURS))
    days, place = np.unique(whole // HOURS, return_inverse=True)
    cells, size = place * HOURS + whole % HOURS, len(days) * HOURS
    counts = np.bincount(cells, minlength=size).reshape(-1, HOURS)
    sums = np.bincount(cells, weights=values, minlength=size).reshape(-1, HOURS)
    kept = (counts > 0).sum(axis=-1) >= FEWEST_OF_A_DAY
    known = counts[kept] > 0
    hourly = sums[kept] / np.maximum(counts[kept], 1)
    middles = (hourly * known).sum(axis=-1, keepdims=True) / np.maximum(known.sum(axis=-1, keepdims=True), 1)
    return np.where(known, hourly - middles, 0.0)


def _fault(column: Compared, usual: Floats, days: Floats) -> Iterator[Fault]:
    moved = np.stack([np.roll(usual, hours) for hours in range(HOURS)])
    sizes = np.linalg.norm(days, axis=-1, keepdims=True)
    common = np.divide(days, sizes, out=np.zeros_like(days), where=sizes > 0) @ moved.T
    mean = days.mean(axis=0)
    if not (usual.std() > 0 and mean.std() > 0):
        return
    best = int(common.mean(axis=0).argmax())
    gains = common[:, best] - common[:, 0]
    spread = float(gains.std(ddof=1)) / np.sqrt(len(gains))
    hours = best if best <= HOURS // 2 else best - HOURS
    after, before = (float(np.corrcoef(moved[by], mean)[0, 1]) for by in (best, 0))
    if abs(hours) < LEAST or after < ALIKE or after - before < BETTER or not spread > 0:
        return
    yield Fault(
        name=NAME,
        columns=(column.name,),
        sentence=(
            f"{column.name} goes through its day {abs(hours)} hours {'later' if hours > 0 else 'earlier'} than in the "
            f"reference: with that undone its mean day is the reference's ({after:.2f} of 1), and as it is not "
            f"({before:.2f})."
        ),
        p_value=float(min(1.0, (HOURS - 1) * stdtr(len(gains) - 1, -gains.mean() / spread))),
        remaining=(1 - after) / 2,
        evidence={"hours": hours, "days": len(days), "alike": after, "alike_unmoved": before},
    )
