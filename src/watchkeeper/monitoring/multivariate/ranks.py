"""The area under the ROC curve and how unsure it is.

It is the share of pairs, one row of either side, that scores put in order. DeLong, DeLong and Clarke-Pearson,
"Comparing the areas under two or more correlated ROC curves", Biometrics 44 (1988), for its variance; Obuchowski,
"Nonparametric analysis of clustered ROC curve data", Biometrics 53 (1997), where rows come in blocks that are alike.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from watchkeeper.monitoring.drift.sides import Flags, Floats

Blocks = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Area:
    """`deviation` is that of the estimate, `without_drift` what it would be if nothing had drifted; both are
    known by so many degrees of `freedom`."""

    value: float
    deviation: float
    without_drift: float
    freedom: float = math.inf


def area(scores: Floats, window: Flags, blocks: Blocks | None = None) -> Area:
    """That a row of the window scores higher than one of the reference; ties count half.

    Args:
        scores: of shape (rows,).
        window: which rows are the window's, of shape (rows,); both sides have two at least.
        blocks: the block of time of each row; None where rows are independent.
    """
    m, n = int((~window).sum()), int(window.sum())
    ranks = ranks_of(scores)
    above = (ranks[window] - ranks_of(scores[window])) / m
    below = 1 - (ranks[~window] - ranks_of(scores[~window])) / n
    value = float(above.mean())
    parts = [(above, None if blocks is None else blocks[window]), (below, None if blocks is None else blocks[~window])]
    deviation = math.sqrt(sum(_variance(shares - value, of) for shares, of in parts))
    least = 1 / (2 * min(m, n))
    without = _of_ranks(ranks, m, n) if blocks is None else deviation
    free = math.inf if blocks is None else min(np.unique(of).size for _, of in parts if of is not None) - 1.0
    return Area(value, max(deviation, least), max(without, least), free)


def ranks_of(scores: Floats) -> Floats:
    """From 1; those that are tied have the mean of theirs."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = counts.cumsum()
    return (last - (counts - 1) / 2)[places]


def _variance(centred: Floats, blocks: Blocks | None) -> float:
    """Of their mean."""
    if blocks is None:
        return float(centred.var(ddof=1)) / centred.size
    sums = np.bincount(np.unique(blocks, return_inverse=True)[1], weights=centred)
    return float((sums**2).sum()) * sums.size / max(sums.size - 1, 1) / centred.size**2


def _of_ranks(ranks: Floats, m: int, n: int) -> float:
    """The exact deviation where both sides are alike (Mann and Whitney 1947; Hemelrijk 1952 for ties)."""
    variance = float(ranks.var(ddof=1)) / (m * n * (m + n))
    return math.sqrt(variance)
