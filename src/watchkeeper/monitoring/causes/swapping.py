"""How much each column moves the predictions: the window's rows are asked again with columns of the reference's.

A column alone: the window's rows with that column from reference rows. All columns together: rows are changed into the
reference's one column after the other, and what each change does is the column's; over several orders, each with its
reverse, since columns act together. These sum to the whole, from the window's mean prediction to the reference's
(Shapley's value, sampled as by Strumbelj and Kononenko, Knowledge and Information Systems 41, 2014; for drift
Budhathoki et al., "Why did the distribution change?", AISTATS 2021).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from watchkeeper.monitoring.causes.errors import NothingToSwap
from watchkeeper.monitoring.drift.sides import Floats

Column = npt.NDArray[Any]
Table = Mapping[str, Column]
Blocks = npt.NDArray[np.int64]
Predict = Callable[[Table], Floats]
"""From rows, by column, to one prediction a row."""

ROWS, ORDERS = 400, 4
BLOCK = "\0the block of it"
"""Beside columns; none has this name."""


@dataclass(frozen=True)
class Moved:
    """In the prediction's units.

    Attributes:
        alone: by how much the column by itself has moved the mean prediction.
        error: the standard error of that.
        distance: how far single predictions lie apart for it, whichever way: the earth mover's distance.
        part: the column's part of the whole, the others having moved too.
    """

    alone: float
    error: float
    distance: float
    part: float


@dataclass(frozen=True)
class Attribution:
    """`whole` is the window's mean prediction less the reference's, on the so many `rows` of each that were asked, and
    `error` its standard error; the parts sum to it."""

    whole: float
    error: float
    columns: Mapping[str, Moved]
    rows: int


def attribute(
    window: Table,
    reference: Table,
    predict: Predict,
    *,
    seed: int = 0,
    rows: int = ROWS,
    orders: int = ORDERS,
    blocks: Blocks | None = None,
) -> Attribution:
    """What each column has done to the predictions, with (2 x orders + 1) x columns + 2 calls of the model at most.

    Args:
        window: the model's inputs by name, each of shape (rows,).
        reference: likewise, of the same names.
        predict: the model; it may be asked for any mixture of both sides' values.
        seed: which rows are drawn, and which orders.
        rows: how many rows of either side are asked at most.
        orders: so many orders of the columns, and as many reverses.
        blocks: of each of the window's rows the number of the one that it was drawn with, where rows were drawn some
            at a time and may be alike; standard errors are then by blocks.

    Raises:
        NothingToSwap: a side has no rows, or they have not the same columns.
    """
    _check(window, reference)
    chance = np.random.default_rng(seed)
    names = sorted(window)
    now = _drawn({**window, **({} if blocks is None else {BLOCK: blocks})}, chance, rows)
    of = now.pop(BLOCK, None)
    size = next(iter(now.values())).size
    before = _drawn(reference, chance, size, fill=True)
    asked = np.asarray(predict(now), dtype=np.float64)
    usual = np.asarray(predict(before), dtype=np.float64)
    parts = _parts(now, before, predict, [chance.permutation(len(names)).tolist() for _ in range(orders)])
    alone = {name: asked - np.asarray(predict({**now, name: before[name]}), dtype=np.float64) for name in names}
    return Attribution(
        float(asked.mean() - usual.mean()),
        (_error(asked, of) ** 2 + _error(usual) ** 2) ** 0.5,
        {name: _moved(asked, change, parts[name], of) for name, change in alone.items()},
        size,
    )


def _check(window: Table, reference: Table) -> None:
    if set(window) != set(reference) or not window:
        apart = ", ".join(sorted(set(window) ^ set(reference)))
        raise NothingToSwap(f"Both sides need the same columns; only one has: {apart or 'any'}.")
    if not all(column.size for side in (window, reference) for column in side.values()):
        raise NothingToSwap("A side has no rows; give some of the window's and some of the reference's.")


def _drawn(table: Table, chance: np.random.Generator, rows: int, *, fill: bool = False) -> dict[str, Column]:
    """So many rows at most or, with `fill`, exactly, some of them twice where there are fewer."""
    held = next(iter(table.values())).size
    chosen = chance.permutation(held)[:rows]
    if fill and chosen.size < rows:
        chosen = np.concatenate([chosen, chance.integers(held, size=rows - chosen.size)])
    return {name: column[chosen] for name, column in table.items()}


def _parts(now: Table, before: Table, predict: Predict, orders: list[list[int]]) -> dict[str, float]:
    names = sorted(now)
    found = dict.fromkeys(names, 0.0)
    ways = [way for order in orders for way in (order, order[::-1])]
    for way in ways:
        rows, last = dict(now), float(np.mean(predict(now)))
        for place in way:
            rows[names[place]] = before[names[place]]
            mean = float(np.mean(predict(rows)))
            found[names[place]] += (last - mean) / len(ways)
            last = mean
    return found


def _moved(asked: Floats, change: Floats, part: float, blocks: Blocks | None) -> Moved:
    apart = np.abs(np.sort(asked) - np.sort(asked - change))
    return Moved(float(change.mean()), _error(change, blocks), float(apart.mean()), part)


def _error(values: Floats, blocks: Blocks | None = None) -> float:
    """The standard error of their mean: by how far the sums of blocks, or single values, lie from what they should
    be."""
    apart = values - values.mean()
    sums = apart if blocks is None else np.bincount(np.unique(blocks, return_inverse=True)[1], weights=apart)
    if sums.size < 2:
        return float("inf")
    return float(np.sqrt(np.square(sums).sum() * sums.size / (sums.size - 1))) / values.size
