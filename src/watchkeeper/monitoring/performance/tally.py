"""What has to be kept of labelled rows so that any metric of any stretch of time follows: a tally, and tallies add."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from watchkeeper.learning.metrics.mape import shares
from watchkeeper.learning.metrics.probabilities import SUREST
from watchkeeper.learning.signature import BINARY, REGRESSION

Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

BINS, SUREST_ODDS = 1_000, 16.0
"""Bins in which probabilities are counted for the area under the ROC curve, and logarithms of odds that they reach."""
SUMS = {
    REGRESSION: ("rows", "absolute", "squared", "error", "share", "share_rows"),
    BINARY: ("rows", "log_loss", "brier", "hits", "false_alarms", "misses", "rejections"),
}
SIZE = {REGRESSION: len(SUMS[REGRESSION]) + 2, BINARY: len(SUMS[BINARY]) + 2 * BINS}
MEAN, SPREAD = SIZE[REGRESSION] - 2, SIZE[REGRESSION] - 1
"""Of the truth: its mean, and the sum of squares around it; the two entries that don't just add."""


@dataclass(frozen=True)
class Tally:
    """`numbers` has the sums of SUMS; then for regression the truth's mean and spread, for classes the counts of
    probabilities by bin, the negative rows' and the positive ones'."""

    task: str
    numbers: Numbers

    @property
    def rows(self) -> int:
        return int(self.numbers[0])

    def slim(self) -> Self:
        """Without the counts by bin, which only the area under the ROC curve needs and which are most of it."""
        return replace(self, numbers=self.numbers[: len(SUMS[BINARY])]) if self.task == BINARY else self

    @classmethod
    def nothing(cls, task: str) -> Self:
        return cls(task, np.zeros(SIZE[task]))

    def __add__(self, other: "Tally") -> "Tally":
        return total(self.task, (self, other))

    def to_bytes(self) -> bytes:
        return zlib.compress(self.numbers.astype("<f8").tobytes(), 1)

    @classmethod
    def from_bytes(cls, task: str, packed: bytes) -> Self:
        return cls(task, np.frombuffer(zlib.decompress(packed), dtype="<f8").astype(np.float64, copy=False))


def tally(task: str, truth: Numbers, answer: Numbers, called: Truths | None = None) -> Tally:
    """Of rows whose truth is known.

    Args:
        task: `regression` or `binary`.
        truth: of shape (rows,); 1 for the positive class and 0 for the other.
        answer: of shape (rows,); the prediction, or the positive class's probability.
        called: of shape (rows,); whether the caller was told the positive class, at the threshold in force.
    """
    if not truth.size:
        return Tally.nothing(task)
    return Tally(task, _of_numbers(truth, answer) if task == REGRESSION else _of_classes(truth == 1, answer, called))


def _of_numbers(truth: Numbers, answer: Numbers) -> Numbers:
    error = answer - truth
    share = shares(truth, answer)
    mean = truth.mean()
    sums = [truth.size, np.abs(error).sum(), np.square(error).sum(), error.sum(), share.sum(), share.size]
    return np.array([*sums, mean, np.square(truth - mean).sum()], dtype=np.float64)


def _of_classes(positive: Truths, answer: Numbers, called: Truths | None) -> Numbers:
    told = np.asarray(answer >= 0.5) if called is None else called
    sure = np.clip(answer, SUREST, 1 - SUREST)
    costs = -np.where(positive, np.log(sure), np.log1p(-sure)).sum()
    brier = np.square(answer - positive).sum()
    decisions = [(told & positive).sum(), (told & ~positive).sum(), (~told & positive).sum(), (~told & ~positive).sum()]
    places = bins_of(sure)
    counts = [np.bincount(places[chosen], minlength=BINS) for chosen in (~positive, positive)]
    return np.concatenate([[positive.size, costs, brier, *decisions], *counts]).astype(np.float64)


def bins_of(probabilities: Numbers) -> npt.NDArray[np.intp]:
    """Half of the way is by probability and half by its odds, so that bins are narrow wherever models crowd: in the
    middle, and near to being sure."""
    odds = np.clip(np.log(probabilities) - np.log1p(-probabilities), -SUREST_ODDS, SUREST_ODDS)
    way = (probabilities + (odds + SUREST_ODDS) / (2 * SUREST_ODDS)) / 2
    return np.asarray(np.clip((way * BINS).astype(np.intp), 0, BINS - 1))


def total(task: str, tallies: Iterable[Tally]) -> Tally:
    """Of all rows together."""
    stack = stacked(task, tallies)
    return Tally(task, together(task, stack)) if len(stack) else Tally.nothing(task)


def stacked(task: str, tallies: Iterable[Tally]) -> Numbers:
    """Of shape (tallies, entries)."""
    found = [each.numbers for each in tallies]
    return np.stack(found) if found else np.zeros((0, SIZE[task]))


def together(task: str, stack: Numbers) -> Numbers:
    """One row from many; means and spreads are put together as Chan, Golub and LeVeque (1983) do."""
    found: Numbers = stack.sum(axis=0)
    if task == REGRESSION and found[0] > 0:
        rows = stack[:, 0]
        found[MEAN] = (rows * stack[:, MEAN]).sum() / found[0]
        found[SPREAD] = stack[:, SPREAD].sum() + (rows * np.square(stack[:, MEAN] - found[MEAN])).sum()
    return found


def together_each(task: str, stack: Numbers, begin: npt.NDArray[np.intp]) -> Numbers:
    """A row for each run of rows, which begin there, from the first on."""
    found: Numbers = np.add.reduceat(stack, begin, axis=0)
    if task == REGRESSION:
        sizes = np.diff(begin, append=len(stack))
        rows, mean = stack[:, 0], stack[:, MEAN]
        whole = np.where(found[:, 0] > 0, found[:, 0], 1.0)
        found[:, MEAN] = np.add.reduceat(rows * mean, begin) / whole
        found[:, SPREAD] += np.add.reduceat(rows * np.square(mean - np.repeat(found[:, MEAN], sizes)), begin)
    return found


def without_each(task: str, stack: Numbers) -> Numbers:
    """Of the same shape: in each place what all the others make together."""
    whole = together(task, stack)
    found: Numbers = whole - stack
    if task == REGRESSION:
        left, all_rows = found[:, 0], whole[0]
        with np.errstate(divide="ignore", invalid="ignore"):
            away = stack[:, MEAN] - whole[MEAN]
            found[:, MEAN] = whole[MEAN] - stack[:, 0] * away / left
            found[:, SPREAD] = whole[SPREAD] - stack[:, SPREAD] - stack[:, 0] * all_rows / left * np.square(away)
        found[left == 0, MEAN:] = 0.0
        found[:, SPREAD] = np.maximum(found[:, SPREAD], 0.0)
    return found
