"""The likelihood-ratio scan for the day on which a drift began.

Of every day, how well a change that begins there explains the counts by day. The best one is the estimate (Hinkley,
"Inference about the change-point in a sequence of random variables", Biometrika 57, 1970); the interval holds all days
whose likelihood is not too much smaller (Worsley, "Confidence regions and tests for a change-point in a sequence of
exponential family random variables", Biometrika 73, 1986). How much is too much does not depend on the strength: going
away from the true day on either side, a ratio of likelihoods ever exceeds exp(x) with a chance of at most exp(-x)
(Ville, 1939), so that x = -ln(1 - sqrt(level)). Where days are alike, all is divided by the design effect of their
autoregression, (1 + r) / (1 - r), since r is estimated from the same few days.
"""

import math

import numpy as np

from watchkeeper.monitoring.drift.onset.onset import Course, Onset
from watchkeeper.monitoring.drift.onset.series import Series
from watchkeeper.monitoring.drift.onset.steps import Fits, Steps, lasting
from watchkeeper.monitoring.drift.sides import Counts, Floats

LEVEL = 0.9
FEWEST_DAYS, MOST_DAYS = 14, 400
FEW_ROWS = 0.1
"""A day with less than that part of the rows that days usually have is left out: today, or a day of silence."""
LEAST = 25.0
"""Twice the logarithm of the likelihood's ratio, below which no day stands out; with the direction and the day chosen,
noise reaches that in one of fifty series or so (`just bench onset`)."""
RAMP, BACK = 8.0, 12.0
"""How much more of it makes a change gradual, or passing, rather than abrupt."""
FITTED = 4
MARGIN = 1
"""Days by which a gradual change's interval is wider on either side: shares do not grow in line with a mean."""


def onset(days: Counts, reference: Counts | None = None, *, level: float = LEVEL) -> Onset | None:
    """When the drift of a column began that is known to have drifted.

    Args:
        days: counts of shape (days, bins), the missing values as a bin; fine bins date more sharply than coarse ones.
            Of more than 400 days the last 400 are looked at, and fewer than 14 say nothing.
        reference: counts of shape (bins,), which tell the drifted days from the usual ones.
        level: how often the interval holds the first day, for a change that is found.

    Returns:
        None where no day stands out, as where all days have drifted alike.
    """
    places = _of_use(days)
    if places.size < FEWEST_DAYS:
        return None
    series = Series.of(days[places], reference)
    found = _found(series, level)
    if found is None:
        return None
    if _is_backwards(series, found):
        return Onset(Course.EARLIER, 0, 0, 0)
    return _told(found, places)


def _told(found: Onset, places: Counts) -> Onset:
    """With the places of the days as they were given."""
    first, low, high = (int(places[each]) for each in (found.first, found.low, found.high))
    full, last = (None if each is None else int(places[each]) for each in (found.full, found.last))
    return Onset(found.course, first, low, high, full=full, last=last)


def _of_use(days: Counts) -> Counts:
    rows = days.sum(axis=-1)
    usual = float(np.median(rows[rows > 0])) if rows.any() else 0.0
    found: Counts = np.flatnonzero((rows > 0) & (rows >= FEW_ROWS * usual))
    return found[-MOST_DAYS:]


def _found(series: Series, level: float) -> Onset | None:
    """The places are those of the series."""
    days = series.values.size
    kept = lasting(series.values)
    steps = Steps.of(series.values, kept)
    good, ramps, there_and_back = steps.for_good(), steps.ramps(), steps.stretches()
    most = max(there_and_back.most, ramps.most)
    unit = max((steps.left - most) / (days - FITTED), series.least) * (1 + kept) / (1 - kept)
    if unit <= 0 or most / unit < LEAST:
        return None
    course = _course(good, ramps, there_and_back, unit)
    considered = {Course.ABRUPT: good, Course.GRADUAL: ramps, Course.PASSING: there_and_back}
    by_start = np.maximum(good.by_start(days), ramps.by_start(days))
    if course is Course.PASSING:
        by_start = np.maximum(by_start, there_and_back.by_start(days))
    low, high = _interval(by_start / unit, level)
    if course is Course.GRADUAL:
        low, high = max(low - MARGIN, 0), min(high + MARGIN, days - 1)
    chosen = considered[course]
    first, end = int(chosen.start[chosen.best]), int(chosen.end[chosen.best])
    return Onset(
        course,
        first,
        min(low, first),
        max(high, first),
        full=end if course is Course.GRADUAL else None,
        last=end - 1 if course is Course.PASSING else None,
    )


def _course(good: Fits, ramps: Fits, there_and_back: Fits, unit: float) -> Course:
    step, ramp, back = (each.most / unit for each in (good, ramps, there_and_back))
    if ramp - step > RAMP and ramp >= back - RAMP:
        return Course.GRADUAL
    return Course.PASSING if back - step > BACK else Course.ABRUPT


def _interval(deviance: Floats, level: float) -> tuple[int, int]:
    """Both sides of the true day are independent, so that each is left with the root of the level."""
    most = -2 * math.log(1 - math.sqrt(level))
    held = np.flatnonzero(deviance >= deviance.max() - most)
    return int(held[0]), int(held[-1])


def _is_backwards(series: Series, found: Onset) -> bool:
    """Whether the days that this calls drifted are those that are like the reference."""
    if series.of_reference is None:
        return False
    place = np.arange(series.values.size)
    after = place >= (found.first if found.full is None else found.full)
    during = after & (place <= (place.size if found.last is None else found.last))
    before = place < found.first if found.last is None else ~during
    if not during.any() or not before.any():
        return False
    inside, outside = (abs(float(series.values[each].mean()) - series.of_reference) for each in (during, before))
    return inside < outside
