"""Is the challenger better: on the rows that both answered, block of time by block of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import stdtr

from watchkeeper.monitoring.performance.estimating import FEWEST, grouped, half_width, standard_error
from watchkeeper.monitoring.performance.metrics import lower_is_better, measure, values
from watchkeeper.monitoring.performance.tally import Numbers, Tally, stacked, total, without_each

RELATIVE, ABSOLUTE = 0.01, 0.002
"""The least difference worth having: a hundredth of the champion's error, or two thousandths of a share."""
SHARES = {"auc", "accuracy", "precision", "recall", "r2"}


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
class Comparison:
    """`difference` is challenger less champion in the metric's own unit, `low` to `high` its 95 % interval;
    `probability_better` how sure it is that the challenger is better at all. `reason` says why something is not
    known."""

    metric: str
    rows: int
    blocks: int
    champion: float | None
    challenger: float | None
    difference: float | None
    low: float | None
    high: float | None
    probability_better: float | None
    worthwhile: float | None
    verdict: Verdict
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
    sides = [total(task, (pair.champion for pair in pairs)), total(task, (pair.challenger for pair in pairs))]
    measured = [measure(metric, side) for side in sides]
    champion, challenger = (_sized(metric, each.value) for each in measured)
    if champion is None or challenger is None:
        return _unknown(metric, sides[0].rows, reason=measured[0].reason or measured[1].reason)
    least = worthwhile if worthwhile is not None else (ABSOLUTE if metric in SHARES else RELATIVE * abs(champion))
    without, blocks = _differences_without(metric, task, pairs)
    away = half_width(without)
    difference = challenger - champion
    if away is None:
        reason = f"there are labels of {blocks} {'day' if blocks == 1 else 'days'}; {FEWEST} are needed"
        return Comparison(
            metric, sides[0].rows, blocks, champion, challenger, difference, None, None, None, least, Verdict.UNKNOWN,
            reason,
        )  # fmt: skip
    low, high = difference - away, difference + away
    gain = (-high, -low) if lower_is_better(metric) else (low, high)
    return Comparison(
        metric=metric,
        rows=sides[0].rows,
        blocks=blocks,
        champion=champion,
        challenger=challenger,
        difference=difference,
        low=low,
        high=high,
        probability_better=_probability(metric, difference, without),
        worthwhile=least,
        verdict=verdict(*gain, worthwhile=least),
    )


def verdict(low: float, high: float, *, worthwhile: float) -> Verdict:
    """From the interval of the challenger's gain."""
    if -worthwhile <= low and high <= worthwhile:
        return Verdict.ALIKE
    if low > 0:
        return Verdict.BETTER
    return Verdict.WORSE if high < 0 else Verdict.UNKNOWN


def _differences_without(metric: str, task: str, pairs: Sequence[Pair]) -> tuple[Numbers, int]:
    """The difference without each block, and how many blocks there are."""
    places = [(pair.day, 0) for pair in pairs]  # never less than days: within one, errors are too much alike
    sides = [
        grouped(task, places, stacked(task, (pair.champion for pair in pairs))),
        grouped(task, places, stacked(task, (pair.challenger for pair in pairs))),
    ]
    blocks = len(sides[0])
    if blocks < FEWEST:
        return np.zeros(0), blocks
    champion, challenger = (_sizes(metric, values(metric, task, without_each(task, side))) for side in sides)
    return challenger - champion, blocks


def _probability(metric: str, difference: float, without: Numbers) -> float:
    error = standard_error(without)
    gain = -difference if lower_is_better(metric) else difference
    if error == 0:
        return 0.5 if gain == 0 else float(gain > 0)
    return float(stdtr(len(without) - 1, gain / error))


def _sized(metric: str, value: float | None) -> float | None:
    return abs(value) if metric == "bias" and value is not None else value


def _sizes(metric: str, found: Numbers) -> Numbers:
    return np.abs(found) if metric == "bias" else found


def _unknown(metric: str, rows: int, *, reason: str | None) -> Comparison:
    return Comparison(metric, rows, 0, None, None, None, None, None, None, None, Verdict.UNKNOWN, reason)
