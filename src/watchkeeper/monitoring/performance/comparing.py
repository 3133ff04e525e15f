"""Is the challenger better: on the rows that both answered, block of time by block of time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, groupby

import numpy as np
from scipy.special import stdtr

from watchkeeper.learning.signature import BINARY
from watchkeeper.monitoring.performance.estimating import FEWEST, Spread, grouped, spread_of
from watchkeeper.monitoring.performance.metrics import lower_is_better, measure, values
from watchkeeper.monitoring.performance.tally import Numbers, Tally, stacked, total, without_each

RELATIVE, ABSOLUTE = 0.01, 0.002
"""The least difference worth having: a hundredth of the champion's error, or two thousandths of a share."""
SHARES = {"auc", "accuracy", "precision", "recall", "r2"}
MONTH, YEAR, LONGEST = 30, 365, 3_650
"""Days: what is farther away is said to the month, and what is farther than the last not at all."""


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    ALIKE = "no difference worth having"
    UNKNOWN = "not known yet"


@dataclass(frozen=True)
class Pair:
    """Both roles over the same labelled rows of one part of one local day."""

    day: str
    part: int
    champion: Tally
    challenger: Tally


@dataclass(frozen=True)
class Difference:
    """Of one day: challenger less champion, and its 95 % interval, which is of that day alone; None where the day does
    not say. `rows` are those that both answered and that have a label."""

    day: str
    rows: int
    difference: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Comparison:
    """`difference` is challenger less champion in the metric's own unit, `low` to `high` its 95 % interval;
    `probability_better` how sure it is that the challenger is better at all. `enough` is on how many more days labels
    have to come until it is known, would the difference stay what it is: 0 once it is known, None where that is not
    foreseeable. `reason` says why something is not known."""

    metric: str
    rows: int
    days: int
    blocks: int = 0
    champion: float | None = None
    challenger: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    probability_better: float | None = None
    worthwhile: float | None = None
    verdict: Verdict = Verdict.UNKNOWN
    enough: int | None = None
    reason: str | None = None


def compare(metric: str, task: str, pairs: Sequence[Pair], *, worthwhile: float | None = None) -> Comparison:
    """The bias is compared by its distance from zero.

    Args:
        metric: its name.
        task: `regression` or `binary`.
        pairs: one a part of a day.
        worthwhile: the least difference worth having, in the metric's unit; by default a hundredth of the champion's
            error, or 0.002 of a share.
    """
    pairs = needed(metric, pairs)
    sides = [total(task, (pair.champion for pair in pairs)), total(task, (pair.challenger for pair in pairs))]
    measured = [measure(metric, side) for side in sides]
    champion, challenger = (_sized(metric, each.value) for each in measured)
    rows, days = sides[0].rows, len({pair.day for pair in pairs})
    if champion is None or challenger is None:
        return Comparison(metric, rows, days, reason=measured[0].reason or measured[1].reason)
    least = worthwhile if worthwhile is not None else (ABSOLUTE if metric in SHARES else RELATIVE * abs(champion))
    # Never less than days: within one, errors are too much alike.
    without = _differences_without(metric, task, pairs, [(pair.day, 0) for pair in pairs])
    sized = (len(without), champion, challenger, challenger - champion)
    return _judged(Comparison(metric, rows, days, *sized, worthwhile=least), spread_of(without), least)


def _judged(of: Comparison, spread: Spread | None, worthwhile: float) -> Comparison:
    if spread is None:
        missing = FEWEST - of.days if of.days < FEWEST else None
        why = f"there are labels of {of.days} {'day' if of.days == 1 else 'days'}; {FEWEST} are needed"
        return replace(of, enough=missing, reason=why if missing else "without one of the days it is not defined")
    difference = of.difference or 0.0
    low, high = difference - spread.half_width, difference + spread.half_width
    said = verdict(*((-high, -low) if lower_is_better(of.metric) else (low, high)), worthwhile=worthwhile)
    known = said is not Verdict.UNKNOWN
    return replace(
        of,
        low=low,
        high=high,
        probability_better=_probability(of.metric, difference, spread),
        verdict=said,
        enough=0 if known else enough(difference, spread, days=of.days, worthwhile=worthwhile),
    )


def differences(metric: str, task: str, pairs: Sequence[Pair]) -> tuple[Difference, ...]:
    """Day by day, in order; the interval of a day is from its thirds."""
    ordered = sorted(needed(metric, pairs), key=lambda pair: (pair.day, pair.part))
    return tuple(_of_day(metric, task, day, list(mine)) for day, mine in groupby(ordered, key=lambda pair: pair.day))


def needed(metric: str, pairs: Sequence[Pair]) -> Sequence[Pair]:
    """No more of them than the metric takes."""
    if metric == "auc" or all(pair.champion.task != BINARY for pair in pairs):
        return pairs
    return [replace(pair, champion=pair.champion.slim(), challenger=pair.challenger.slim()) for pair in pairs]


def _of_day(metric: str, task: str, day: str, pairs: Sequence[Pair]) -> Difference:
    sides = [total(task, (pair.champion for pair in pairs)), total(task, (pair.challenger for pair in pairs))]
    champion, challenger = (_sized(metric, measure(metric, side).value) for side in sides)
    if champion is None or challenger is None:
        return Difference(day, sides[0].rows, None, None, None)
    difference = challenger - champion
    spread = spread_of(_differences_without(metric, task, pairs, [(pair.day, pair.part) for pair in pairs]))
    if spread is None:
        return Difference(day, sides[0].rows, difference, None, None)
    return Difference(day, sides[0].rows, difference, difference - spread.half_width, difference + spread.half_width)


def verdict(low: float, high: float, *, worthwhile: float) -> Verdict:
    """From the interval of the challenger's gain."""
    if -worthwhile <= low and high <= worthwhile:
        return Verdict.ALIKE
    if low > 0:
        return Verdict.BETTER
    return Verdict.WORSE if high < 0 else Verdict.UNKNOWN


def enough(difference: float, spread: Spread, *, days: int, worthwhile: float) -> int | None:
    """How many more days it takes until the interval leaves zero out, or lies within what is not worth having: its
    width shrinks with the root of the days. None where that would be more than ten years."""
    wanted = max(abs(difference), worthwhile - abs(difference))
    blocks = spread.freedom + 1
    for more in chain(range(1, YEAR), range(YEAR, LONGEST, MONTH)):
        grown = (days + more) / days
        if Spread(spread.error / math.sqrt(grown), blocks * grown - 1).half_width <= wanted:
            return more
    return None


def _differences_without(metric: str, task: str, pairs: Sequence[Pair], places: Sequence[tuple[str, int]]) -> Numbers:
    """The difference without each block of the places; of no block where there are too few."""
    sides = [
        grouped(task, places, stacked(task, (pair.champion for pair in pairs))),
        grouped(task, places, stacked(task, (pair.challenger for pair in pairs))),
    ]
    if len(sides[0]) < FEWEST:
        return np.zeros(len(sides[0]))
    champion, challenger = (_sizes(metric, values(metric, task, without_each(task, side))) for side in sides)
    return challenger - champion


def _probability(metric: str, difference: float, spread: Spread) -> float:
    gain = -difference if lower_is_better(metric) else difference
    if spread.error == 0:
        return 0.5 if gain == 0 else float(gain > 0)
    return float(stdtr(spread.freedom, gain / spread.error))


def _sized(metric: str, value: float | None) -> float | None:
    return abs(value) if metric == "bias" and value is not None else value


def _sizes(metric: str, found: Numbers) -> Numbers:
    return np.abs(found) if metric == "bias" else found
