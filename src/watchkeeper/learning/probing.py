"""Rows on which a saved model has to answer as the fitted one does: the table's own, and rows that lie where answers
jump, since there the last digit of a number decides."""

from collections.abc import Mapping

import numpy as np

from watchkeeper.learning.arrays import LARGEST, Numbers, Rows
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.tables.column import Kind

CHECKED = 10_000
OWN = CHECKED // 2
"""Of these, the table's own rows at most; the others have cells moved."""
MOVED = 0.5
MISSING = 0.05
MOST_THRESHOLDS = 20_000
SEED = 20

Thresholds = Mapping[int, Numbers]


def probes(rows: Rows, signature: Signature, thresholds: Thresholds) -> Rows:
    """CHECKED rows. `thresholds`: by place among the inputs, where answers jump."""
    chance = np.random.default_rng(SEED)
    own = np.linspace(0, len(rows) - 1, min(len(rows), OWN)).astype(np.int64)
    drawn = chance.integers(0, len(rows), CHECKED - own.size)
    found = rows.take(np.concatenate([own, drawn]))
    values = found.values.copy()
    for place, each in enumerate(signature.inputs):
        moved = chance.random(drawn.size) < MOVED
        pool = _pool(each, thresholds.get(place, np.empty(0)))
        if pool.size:
            values[place, own.size :][moved] = chance.choice(pool, int(moved.sum()))
        values[place, own.size :][chance.random(drawn.size) < MISSING] = np.nan
    return Rows(values, found.at)


def neighbours(values: Numbers) -> Numbers:
    """With the next numbers below and above, of float64 and of float32."""
    with np.errstate(over="ignore"):
        short = values.astype(np.float32)
        around = [np.nextafter(short, np.float32(end)) for end in (-np.inf, np.inf)]
    near = [np.nextafter(values, end) for end in (-np.inf, np.inf)]
    found = np.concatenate([values, *near, short, *around]).astype(np.float64)
    return found[np.abs(found) <= LARGEST]


def _pool(column: Input, thresholds: Numbers) -> Numbers:
    """What a cell may be moved to. A new level reads as a missing value does."""
    match column.kind:
        case Kind.CATEGORICAL:
            return np.append(np.arange(float(len(column.levels or ()))), np.nan)
        case Kind.BOOLEAN:
            return np.array([0.0, 1.0, np.nan])
        case Kind.TIMESTAMP:
            return np.empty(0)
    ends = [each for each in (column.low, column.high) if each is not None]
    beyond = np.array([*ends, 0.0, LARGEST, -LARGEST])
    shown = thresholds[:: 1 + thresholds.size // MOST_THRESHOLDS]
    return np.concatenate([neighbours(shown), neighbours(beyond)])
