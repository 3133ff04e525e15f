"""The levels or ranges that account for a column's drift.

The distance of two sides is a sum over groups, each term of which is at least 0, and 0 only where a share has stayed as
it was (Lin, "Divergence measures based on the Shannon entropy", 1991). So the terms are what each group adds, and those
of neighbours whose shares moved the same way add up to what their range does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from watchkeeper.monitoring.drift.effect import pull
from watchkeeper.monitoring.drift.sides import Floats, Rows


@dataclass(frozen=True)
class Part:
    """A level, or a range of values. `before` and `now` are its shares of the rows; `adds` is what it contributes to
    the column's distance, and `weight` that as a share of the whole."""

    label: str
    before: float
    now: float
    adds: float
    weight: float


def contributions(reference: Rows, window: Rows) -> Floats:
    """From counts of shape (..., groups): what each group adds to eight times the Jensen-Shannon divergence in nats; 0
    where a side has no rows."""
    rows = [side.sum(axis=-1, keepdims=True) for side in (reference, window)]
    known = (rows[0] > 0) & (rows[1] > 0)
    p, q = (side / np.where(total > 0, total, 1) for side, total in zip((reference, window), rows, strict=True))
    terms = sum(shares * pull(shares, (p + q) / 2) for shares in (p, q))
    found: Floats = np.where(known, np.maximum(terms, 0.0), 0.0)
    return found


def parts(
    reference: Rows, window: Rows, labels: Sequence[str], *, edges: Sequence[float] | None = None
) -> tuple[Part, ...]:
    """The largest first; those without any change are left out, so that no drift has no parts.

    Args:
        reference: counts of shape (groups,), the missing values as a group of their own.
        window: likewise.
        labels: the groups' names.
        edges: where the first groups are intervals of numbers, their ends, one more than there are of these.
    """
    adds = contributions(reference, window)
    whole = float(adds.sum())
    if whole <= 0:
        return ()
    p, q = reference / reference.sum(), window / window.sum()
    found = [
        Part(label, float(p[run].sum()), float(q[run].sum()), float(adds[run].sum()), float(adds[run].sum()) / whole)
        for run, label in _runs(np.sign(q - p).astype(int).tolist(), labels, edges)
    ]
    return tuple(sorted((each for each in found if each.adds > 0), key=lambda each: (-each.adds, each.label)))


def _runs(signs: Sequence[int], labels: Sequence[str], edges: Sequence[float] | None) -> list[tuple[list[int], str]]:
    intervals = len(edges) - 1 if edges is not None else 0
    runs = [list(run) for _, run in groupby(range(intervals), key=lambda place: signs[place])]
    found = [(run, labels[run[0]] if len(run) == 1 else _range(run, edges or (), intervals)) for run in runs]
    return [*found, *(([place], labels[place]) for place in range(intervals, len(labels)))]


def _range(run: Sequence[int], edges: Sequence[float], intervals: int) -> str:
    low, high = f"{edges[run[0]]:,.6g}", f"{edges[run[-1] + 1]:,.6g}"
    if run[0] == 0:
        return "any value" if run[-1] == intervals - 1 else f"up to {high}"
    return f"over {low}" if run[-1] == intervals - 1 else f"{low} to {high}"
