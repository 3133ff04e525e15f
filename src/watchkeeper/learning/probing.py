"""Rows on which a saved model has to answer as the fitted one does: the table's own, and rows that lie where answers
jump, since there the last digit of a number decides."""

from collections.abc import Iterable, Mapping

import numpy as np

from watchkeeper.learning.arrays import LARGEST, Ints, Numbers, Rows
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.tables.column import Kind

CHECKED, FEWEST = 10_000, 1_000
"""Rows; fewer where a table is so wide that they would have more than MOST_CELLS."""
MOST_CELLS = 20_000_000
MOVED = 0.5
MISSING = 0.05
MOST_THRESHOLDS = 20_000
SEED = 20

Thresholds = Mapping[int, Numbers]


def probes(rows: Rows, signature: Signature, thresholds: Thresholds) -> Rows:
    """CHECKED rows, up to half of them the table's own as they are. `thresholds`: by place among the inputs, where
    answers jump."""
    chance = np.random.default_rng(SEED)
    wanted = min(max(MOST_CELLS // max(len(rows.values), 1), FEWEST), CHECKED)
    own = np.linspace(0, len(rows) - 1, min(len(rows), wanted // 2)).astype(np.int64)
    drawn = chance.integers(0, len(rows), wanted - own.size)
    found = rows.take(np.concatenate([own, drawn]))
    values = found.values
    for place, each in enumerate(signature.inputs):
        moved = chance.random(drawn.size) < MOVED
        pool = _pool(each, thresholds.get(place, np.empty(0)))
        if pool.size:
            values[place, own.size :][moved] = chance.choice(pool, int(moved.sum()))
        values[place, own.size :][chance.random(drawn.size) < MISSING] = np.nan
    return found


def by_feature(features: Ints, found: Numbers, wanted: Iterable[int]) -> dict[int, Numbers]:
    """What was found at each of the features that are wanted."""
    order = np.argsort(features, kind="stable")
    features, found = features[order], found[order]
    return {at: found[slice(*features.searchsorted([at, at + 1]))] for at in wanted}


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
