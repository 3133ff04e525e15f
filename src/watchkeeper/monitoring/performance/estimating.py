"""A metric over a stretch of time, and how sure it is.

Errors of neighbouring rows are alike, so rows are not the evidence: blocks of time are. The spread is that of the
jackknife that leaves out one block at a time (Quenouille 1956; Tukey 1958; for blocks of dependent rows Künsch, Annals
of Statistics 17, 1989), widened by as much as neighbouring blocks are still alike (`spread_of`), with Student's t.

Shares (accuracy, precision, recall) have Wilson's interval (Journal of the American Statistical Association 22, 1927)
over as many independent rows as would have the same spread (Kish 1965; Korn and Graubard, Survey Methodology 24, 1998):
it never leaves 0 to 1, and says something where every row is right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import ndtri, stdtrit

from watchkeeper.monitoring.performance.metrics import counted, measure, values
from watchkeeper.monitoring.performance.tally import Numbers, Tally, stacked, together, together_each, without_each

SURE = 0.95
SIGMAS = float(ndtri((1 + SURE) / 2))
PARTS = 8
"""Of a day: scores are kept of three hours each."""
THIRD = 3
"""Parts that make a block where there are too few days: nine hours, nine, six."""
ENOUGH, FEWEST = 20, 3
"""Weeks that make weeks worth having, and blocks below which there is no interval."""
LOWEST: Mapping[str, float] = dict.fromkeys(("mae", "rmse", "mape", "log_loss", "auc", "brier"), 0.0)
HIGHEST: Mapping[str, float] = dict.fromkeys(("auc", "brier", "r2"), 1.0)
WEEK = 7
MOST_ALIKE, LEAST_WORTH = 0.9, 1e-6


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


@dataclass(frozen=True)
class Spread:
    """The standard error of a statistic, and how many independent blocks less one it was learned from."""

    error: float
    freedom: float

    @property
    def times(self) -> float:
        """Standard errors to either side that make the interval."""
        return float(stdtrit(self.freedom, (1 + SURE) / 2))

    @property
    def half_width(self) -> float:
        return self.times * self.error


def estimate(name: str, task: str, blocks: Sequence[Block]) -> Estimate:
    """A metric of all rows of the blocks."""
    return estimates((name,), task, blocks)[name]


def estimates(names: Sequence[str], task: str, blocks: Sequence[Block]) -> dict[str, Estimate]:
    """Several metrics of the same rows, which are put together once."""
    stack = stacked(task, (block.tally for block in blocks))
    whole = Tally(task, together(task, stack))
    by_block = grouped(task, [(block.day, block.part) for block in blocks], stack) if whole.rows else stack[:0]
    without = without_each(task, by_block) if len(by_block) >= FEWEST else None
    short = len({block.day for block in blocks}) < FEWEST
    return {name: _estimate(name, whole, without, blocks=len(by_block), short=short) for name in names}


def _estimate(name: str, whole: Tally, without: Numbers | None, *, blocks: int, short: bool) -> Estimate:
    found = measure(name, whole)
    if found.value is None:
        return Estimate(None, reason=found.reason)
    spread = spread_of(values(name, whole.task, without)) if without is not None else None
    if spread is None:
        return Estimate(found.value, reason="too few stretches of time for an interval", blocks=blocks)
    rows = counted(name, whole)
    if rows is not None:
        # Hours that are all alike don't show how alike their rows are, so each block is worth one row; days do.
        low, high = share_interval(found.value, blocks if short and spread.error == 0 else rows, spread)
    else:
        low = max(found.value - spread.half_width, LOWEST.get(name, -np.inf))
        high = min(found.value + spread.half_width, HIGHEST.get(name, np.inf))
    return Estimate(found.value, low, high, blocks=blocks)


def share_interval(share: float, rows: float, spread: Spread) -> tuple[float, float]:
    """Wilson's, over as many rows as are worth independent ones. Rows alike within their blocks are worth less than
    their number, and never more."""
    alone = share * (1 - share)
    seen = (spread.half_width / SIGMAS) ** 2
    worth = min(alone / seen, rows) if seen > 0 and alone > 0 else rows
    if worth < LEAST_WORTH:
        return 0.0, 1.0
    squared = SIGMAS**2 / worth
    middle = (share + squared / 2) / (1 + squared)
    away = np.sqrt(squared * (alone + squared / 4)) / (1 + squared)
    return float(min(max(middle - away, 0.0), share)), float(max(min(middle + away, 1.0), share))


def grouped(task: str, places: Sequence[tuple[str, int]], stack: Numbers) -> Numbers:
    """The tallies of blocks as long as the evidence allows, in the order of time: weeks where there are twenty, days
    where there are three, else thirds of days; those with rows."""
    if not places:
        return np.zeros((1, stack.shape[1]))
    in_time = sorted(zip(places, block_names(places), range(len(places)), strict=True))
    names = [name for _, name, _ in in_time]
    begin = [place for place, name in enumerate(names) if place == 0 or name != names[place - 1]]
    found = together_each(task, stack[[row for *_, row in in_time]], np.array(begin))
    there = found[found[:, 0] > 0]
    return there if len(there) else np.zeros((1, stack.shape[1]))


def block_names(places: Sequence[tuple[str, int]]) -> list[str]:
    days = sorted({day for day, _ in places})
    if len(days) >= ENOUGH * WEEK:
        first = date.fromisoformat(days[0])
        return [str((date.fromisoformat(day) - first).days // WEEK) for day, _ in places]
    if len(days) >= FEWEST:
        return [day for day, _ in places]
    return [f"{day} {part // THIRD}" for day, part in places]


def spread_of(without: Numbers) -> Spread | None:
    """From what a statistic is without each block, in the order of time; None where that is not known.

    Blocks are taken to be alike as an autoregression of order 1 is. Its likeness is estimated from neighbours, with
    the bias of few blocks taken off (Marriott and Pope, Biometrika 41, 1954), and where it is above zero the variance
    is widened by what it does to a mean and to the variance seen within the blocks (Bayley and Hammersley, Supplement
    to the Journal of the Royal Statistical Society 8, 1946); there are then as many fewer degrees of freedom.
    """
    count = len(without)
    if count < FEWEST or not np.isfinite(without).all():
        return None
    away = without - without.mean()
    squares = float(np.square(away).sum())
    if squares == 0:
        return Spread(0.0, count - 1)
    alike = float((away[1:] * away[:-1]).sum()) / squares
    likeness = min(max(alike + (1 + 3 * alike) / count, 0.0), MOST_ALIKE)
    lags = np.arange(1, count)
    wider = 1 + 2 * float(((1 - lags / count) * likeness**lags).sum())
    seen = max(1 - (wider - 1) / (count - 1), 0.1)
    variance = (count - 1) / count * squares * wider / seen
    return Spread(float(np.sqrt(variance)), max(count / wider - 1, FEWEST - 1))
