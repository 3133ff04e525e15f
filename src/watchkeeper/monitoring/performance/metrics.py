"""The metrics, from tallies; the same as `learning.metrics` takes from rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from watchkeeper.learning.metrics import METRICS
from watchkeeper.learning.signature import BINARY, REGRESSION
from watchkeeper.monitoring.performance.tally import BINS, SPREAD, SUMS, Numbers, Tally

OF_TASK: Mapping[str, tuple[str, ...]] = {
    REGRESSION: ("mae", "rmse", "mape", "r2", "bias"),
    BINARY: ("auc", "log_loss", "accuracy", "precision", "recall", "brier"),
}
"""Names in the order in which they are shown."""


@dataclass(frozen=True)
class Measured:
    """`reason` says why there is no value."""

    value: float | None
    reason: str | None = None


def measure(name: str, of: Tally) -> Measured:
    found = float(values(name, of.task, of.numbers[np.newaxis])[0])
    return Measured(found) if np.isfinite(found) else Measured(None, why_not(name, of))


def values(name: str, task: str, stack: Numbers) -> Numbers:
    """Of shape (tallies,) from (tallies, entries); NaN where the metric is not defined."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        found: Numbers = FUNCTIONS[name](_Sums(task, stack))
    return np.where(np.isfinite(found), found, np.nan)


def why_not(name: str, of: Tally) -> str:
    if not of.rows:
        return "no row has a label yet"
    words = {
        "mape": "every truth is zero, or too near to it",
        "r2": "every truth is the same",
        "auc": "all labels are of one class",
        "precision": "no row was called positive",
        "recall": "no row is positive",
    }
    return words.get(name, "the numbers are too large")


def counted(name: str, of: Tally) -> float | None:
    """Of how many rows a metric is a share; None where it is no share of rows."""
    sums = _Sums(of.task, of.numbers[np.newaxis])
    return float(WHOLES[name](sums)[0]) if name in WHOLES else None


def lower_is_better(name: str) -> bool:
    return METRICS[name].lower_is_better


class _Sums:
    def __init__(self, task: str, stack: Numbers) -> None:
        self._places = {name: place for place, name in enumerate(SUMS[task])}
        self._stack = stack

    def __getitem__(self, name: str) -> Numbers:
        found: Numbers = self._stack[:, self._places[name]]
        return found

    def mean(self, name: str) -> Numbers:
        return self[name] / self["rows"]

    @property
    def spread(self) -> Numbers:
        found: Numbers = self._stack[:, SPREAD]
        return found

    @property
    def by_bin(self) -> tuple[Numbers, Numbers]:
        """Counts of the negative and of the positive rows, each of shape (tallies, bins)."""
        return self._stack[:, -2 * BINS : -BINS], self._stack[:, -BINS:]


def _auc(of: _Sums) -> Numbers:
    """Rows of one bin count as equals, so it can be off by half the share of pairs that share a bin."""
    negative, positive = of.by_bin
    below = np.cumsum(negative, axis=1) - negative
    won = (positive * (below + negative / 2)).sum(axis=1)
    found: Numbers = won / (negative.sum(axis=1) * positive.sum(axis=1))
    return found


def _r2(of: _Sums) -> Numbers:
    found: Numbers = np.where(of.spread > 0, 1 - of["squared"] / of.spread, np.nan)
    return found


FUNCTIONS: Mapping[str, Callable[[_Sums], Numbers]] = {
    "mae": lambda of: of.mean("absolute"),
    "rmse": lambda of: np.sqrt(of.mean("squared")),
    "mape": lambda of: of["share"] / of["share_rows"],
    "r2": _r2,
    "bias": lambda of: of.mean("error"),
    "auc": _auc,
    "log_loss": lambda of: of.mean("log_loss"),
    "accuracy": lambda of: (of["hits"] + of["rejections"]) / of["rows"],
    "precision": lambda of: of["hits"] / (of["hits"] + of["false_alarms"]),
    "recall": lambda of: of["hits"] / (of["hits"] + of["misses"]),
    "brier": lambda of: of.mean("brier"),
}
WHOLES: Mapping[str, Callable[[_Sums], Numbers]] = {
    "accuracy": lambda of: of["rows"],
    "precision": lambda of: of["hits"] + of["false_alarms"],
    "recall": lambda of: of["hits"] + of["misses"],
}
