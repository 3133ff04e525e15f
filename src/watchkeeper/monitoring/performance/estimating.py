"""A metric over a stretch of time, and how sure it is.

Errors of neighbouring rows are alike, so rows are not the evidence: blocks of time are. The interval is that of the
jackknife that leaves out one block at a time (Quenouille 1956; Tukey 1958; for blocks of dependent rows Kunsch, Annals
of Statistics 17, 1989), with Student's t.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import stdtrit

from watchkeeper.monitoring.performance.metrics import measure, values
from watchkeeper.monitoring.performance.tally import Numbers, Tally, stacked, together, without_each

SURE = 0.95
PARTS = 8
"""Of a day: the finest blocks are three hours long."""
ENOUGH, FEWEST = 8, 3
"""Weeks that make weeks worth having, and blocks below which there is no interval."""
BOUNDED = {"accuracy", "precision", "recall", "auc", "brier"}
WEEK = 7


@dataclass(frozen=True)
class Block:
    """Labelled rows of one part of one local day (`YYYY-MM-DD`); of one part there may be several."""

    day: str
    part: int
    tally: Tally


@dataclass(frozen=True)
class Estimate:
    """`low` and `high` enclose the value with 95 % certainty, None where there are too few blocks. `reason` says why
    there is no value or no interval."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None
    blocks: int = 0


def estimate(name: str, task: str, blocks: Sequence[Block]) -> Estimate:
    """A metric of all rows of the blocks."""
    return estimates((name,), task, blocks)[name]


def estimates(names: Sequence[str], task: str, blocks: Sequence[Block]) -> dict[str, Estimate]:
    """Several metrics of the same rows, which are put together once."""
    stack = stacked(task, (block.tally for block in blocks))
    whole = Tally(task, together(task, stack))
    by_block = grouped(task, [(block.day, block.part) for block in blocks], stack) if whole.rows else stack[:0]
    without = without_each(task, by_block) if len(by_block) >= FEWEST else None
    return {name: _estimate(name, whole, without, blocks=len(by_block)) for name in names}


def _estimate(name: str, whole: Tally, without: Numbers | None, *, blocks: int) -> Estimate:
    found = measure(name, whole)
    if found.value is None:
        return Estimate(None, reason=found.reason)
    away = half_width(values(name, whole.task, without)) if without is not None else None
    if away is None:
        return Estimate(found.value, reason="too few stretches of time for an interval", blocks=blocks)
    low, high = found.value - away, found.value + away
    if name in BOUNDED:
        low, high = max(low, 0.0), min(high, 1.0)
    return Estimate(found.value, low, high if name != "r2" else min(high, 1.0), blocks=blocks)


def grouped(task: str, places: Sequence[tuple[str, int]], stack: Numbers) -> Numbers:
    """The tallies of blocks as long as the evidence allows: weeks where there are eight, days where there
    are three, else parts of days; those with rows."""
    names = block_names(places)
    order = {name: number for number, name in enumerate(dict.fromkeys(names))}
    number = np.array([order[name] for name in names], dtype=np.intp)
    found = [together(task, stack[number == each]) for each in range(len(order))]
    return np.stack([each for each in found if each[0] > 0] or [np.zeros(stack.shape[1])])


def block_names(places: Sequence[tuple[str, int]]) -> list[str]:
    days = sorted({day for day, _ in places})
    if len(days) >= ENOUGH * WEEK:
        first = date.fromisoformat(days[0])
        return [str((date.fromisoformat(day) - first).days // WEEK) for day, _ in places]
    if len(days) >= FEWEST:
        return [day for day, _ in places]
    return [f"{day} {part}" for day, part in places]


def half_width(without: Numbers) -> float | None:
    """Half of the interval, from what the statistic is without each block; None where that is not known."""
    count = len(without)
    if count < FEWEST or not np.isfinite(without).all():
        return None
    return float(stdtrit(count - 1, (1 + SURE) / 2) * standard_error(without))


def standard_error(without: Numbers) -> float:
    count = len(without)
    return float(np.sqrt((count - 1) / count * np.square(without - without.mean()).sum()))
