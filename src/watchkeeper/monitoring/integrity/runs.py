"""Runs of one value in rows that follow each other in time."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from watchkeeper.monitoring.integrity.sample import Floats, Sample


@dataclass(frozen=True)
class Run:
    """`hours` lie between its first and its last row."""

    value: Any
    rows: int
    hours: float


def longest_run(of: Sample, times: Floats, *, through_missing: bool = False) -> Run | None:
    """By time, then by rows; a row without a value ends a run, unless runs go through what is missing. None where there
    are no values."""
    if of.missing.all():
        return None
    if through_missing:
        of, times = of.of_values(), times[~of.missing]
    changes = (of.values[1:] != of.values[:-1]) | of.missing[1:] | of.missing[:-1]
    starts = np.flatnonzero(np.append(True, changes))
    starts, ends = starts[~of.missing[starts]], (np.append(starts[1:], of.rows) - 1)[~of.missing[starts]]
    lengths, hours = ends - starts + 1, times[ends] - times[starts]
    most = int(np.lexsort((lengths, hours))[-1])
    return Run(of.values[starts[most]], int(lengths[most]), float(hours[most]))


def staying(of: Sample, value: Any) -> float:
    """The chance that a row holds the value of the row before it: of any value, or of this one where that is larger."""
    values = of.values[~of.missing]
    same = values[1:] == values[:-1]
    own = values[:-1] == value
    return float(max((same.sum() + 1) / (same.size + 2), (same[own].sum() + 1) / (own.sum() + 2)))
