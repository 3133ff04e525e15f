"""Windows in months of the year in which their reference has no rows: what has a season is not judged there.

A reference that does not go round the year has seen a part of the season, and what comes next in it is no drift. A
column is taken to have one where it moves within its reference, and a prediction also where the features have.
"""

from collections.abc import Sequence

import numpy as np

from watchkeeper.monitoring.drift.dependence import Dependence
from watchkeeper.monitoring.drift.seasons.reweighting import COVERED
from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.drift.windows import Lacking, Part
from watchkeeper.monitoring.ports import Counts


def away(months: Counts, of: Dependence) -> Flags:
    """From windows' rows by month, of shape (windows, 12): of which the reference lacks the months of over a tenth."""
    if not of.year:
        return np.zeros(len(months), dtype=np.bool_)
    there, rows = months[:, np.array(of.year) - 1].sum(axis=-1), months.sum(axis=-1)
    found: Flags = there < COVERED * rows
    return found


def set_apart(parts: Sequence[Part], gone: Flags, rows: Counts, psi: Floats) -> tuple[list[Part], Lacking]:
    """The parts without those that are flagged, and these; all but the parts of shape (windows, columns)."""
    kept = [part.take(np.flatnonzero(~gone[part.lined.windows, part.lined.columns])) for part in parts]
    windows, columns = np.nonzero(gone & (rows > 0))
    return kept, Lacking(windows, columns, rows[windows, columns], psi[windows, columns])
