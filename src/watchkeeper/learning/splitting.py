"""Which rows are fitted on and which are held out (decision 4).

With a time: the last fifth for the scores, and one week-long block in eight as the deployed model's reference. Without
one: a stratified fifth for both. All are places in arrays of rows, in order.
"""

from dataclasses import dataclass

import numpy as np

from watchkeeper.learning.arrays import Ints, Numbers
from watchkeeper.learning.local_time import DAY
from watchkeeper.learning.signature import BINARY

FIFTH = 5
BLOCK = 7 * DAY
BLOCKS = 8
FIRST_CHOICE = 3
"""Of a period's first eight blocks, one that is neither its start nor its end."""

LAST, DRAWN, SPREAD = "last", "drawn", "spread"


@dataclass(frozen=True)
class Split:
    """`kind`: the last rows by time are held, some drawn by chance, or blocks spread over the period."""

    kind: str
    fitted: Ints
    held: Ints


def hold_out(truth: Numbers, at: Ints | None, *, task: str, seed: int) -> Split:
    """The rows to score on. Rows of one moment stay together; where time cannot divide the rows into two parts that
    can be learned from, chance does."""
    if at is not None:
        first = np.sort(at)[-(at.size // FIFTH) :][0]
        split = _split(LAST, at >= first)
        if _learnable(split, truth, task):
            return split
    return _drawn(truth, seed)


def reference_blocks(truth: Numbers, at: Ints, *, task: str, seed: int) -> Split:
    """The rows of the deployed model's reference. In a period shorter than eight weeks, blocks are shorter."""
    start, end = int(at.min()), int(at.max())
    length = max(min(BLOCK, (end - start) // BLOCKS + 1), 1)
    place = (at - start) // length % BLOCKS
    counts = np.bincount(place, minlength=BLOCKS)
    choices = sorted(range(BLOCKS), key=lambda each: (abs(each - FIRST_CHOICE), each))
    chosen = min(choices, key=lambda each: abs(int(counts[each]) * BLOCKS - at.size) // (at.size // 4))
    split = _split(SPREAD, place == chosen)
    return split if _learnable(split, truth, task) else _drawn(truth, seed)


def _drawn(truth: Numbers, seed: int) -> Split:
    """One of each five rows that follow each other by truth, so that both parts have the same mix of it."""
    chance = np.random.default_rng(seed)
    ordered = np.lexsort((chance.random(truth.size), truth))
    fives = np.arange(0, truth.size, FIFTH)
    chosen = np.minimum(fives + chance.integers(0, FIFTH, fives.size), truth.size - 1)
    held = np.zeros(truth.size, dtype=np.bool_)
    held[ordered[chosen]] = True
    return _split(DRAWN, held)


def _split(kind: str, held: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Split:
    return Split(kind, np.flatnonzero(~held), np.flatnonzero(held))


def _learnable(split: Split, truth: Numbers, task: str) -> bool:
    """Both parts have rows, the fitted one half of them at least and, where classes are predicted, both."""
    fitted = truth[split.fitted]
    if not split.held.size or fitted.size * 2 < truth.size:
        return False
    return task != BINARY or bool(fitted.min() < fitted.max())
