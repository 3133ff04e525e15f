"""Columns that count on: ids, moments, years, positions. Each row's value is that of the row before it or larger, and
those of the window go on where the reference's end, so that they always lie elsewhere."""

import numpy as np

from watchkeeper.monitoring.integrity.pair import Compared
from watchkeeper.monitoring.integrity.sample import Floats, Sample
from watchkeeper.monitoring.integrity.units import Conversion

RISING = 0.99
"""The share of the rows that are no smaller than the one before."""
FEWEST = 20
FARTHEST = 10.0
"""Times the reference's highest, up to which a value goes on from there; beyond, the unit is another."""
NARROW = 0.05
"""The span of the reference, in parts of its highest."""


def counts_on(column: Compared) -> bool:
    """Rows have to come in their order, as a table's do that is written as they come, or those by their times."""
    if not column.is_measured or min(column.before.present.size, column.now.present.size) < FEWEST:
        return False
    before, now = in_order(column.before), in_order(column.now)
    highest, lowest = float(before.max()), float(now.min())
    follows = highest <= lowest and float(now.max()) <= FARTHEST * highest
    return follows and highest > before.min() and _rises(before) and _rises(now)


def counts_on_in(column: Compared, conversion: Conversion) -> bool:
    """Whether it would, with the conversion undone, and closely; of numbers that begin far from 0 and span little, as
    moments do, that is no accident."""
    before, now = in_order(column.before), conversion.undone(in_order(column.now))
    highest, span = float(before.max()), float(before.max() - before.min())
    narrow, closely = span <= NARROW * highest, highest <= float(now.min()) <= highest + span
    return span > 0 and narrow and closely and _rises(before) and _rises(now)


def in_order(of: Sample) -> Floats:
    """Of the rows that hold a value."""
    found: Floats = of.values[~of.missing]
    return found


def _rises(values: Floats) -> bool:
    return float(np.mean(values[1:] >= values[:-1])) >= RISING
