"""What chance alone makes of sizes in a season: as much as the weeks of both sides differ, direction by direction.

Of levels every one is a direction, and so they are measured. Of numbers it is where they stand; a part of what the rows
of a week have in common moves how they spread, a part of that the next direction, and so on: as correlations of normal
numbers carry over to their Hermite polynomials. How they spread is measured too, but by scores of the whole year, which
in most seasons tell of where they stand once more.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from watchkeeper.monitoring.drift.effect import QUANTILE
from watchkeeper.monitoring.drift.noise import Noise
from watchkeeper.monitoring.drift.seasons.almanac import Almanac
from watchkeeper.monitoring.drift.seasons.directions import Kind
from watchkeeper.monitoring.drift.seasons.worth import Spreads, Worth
from watchkeeper.monitoring.drift.sides import Counts, Flags, Floats

HELD = 0.95
"""Of the law of a difference, below which the upper end of an interval is."""
MOST = 0.8
"""The correlation of a week's rows, at most."""


def noise_of(of: Almanac, spreads: Spreads, worth: Worth) -> Noise:
    """As many times that of so many rows as `worth` says, which leaves more unsure, since it answers for the tails."""
    there = spreads.variance > 0
    variance = np.where(there, spreads.variance, 1.0)
    reference, window = (
        np.where(there, np.maximum(side / variance, 1 / np.maximum(most, 1.0)), np.nan)
        for side, most in ((spreads.of_reference, spreads.most.reference), (spreads.of_window, spreads.most.window))
    )
    each = _Means(of.directions.column, np.isin(of.directions.kind, (Kind.LOCATION, Kind.LEVEL)), len(of.bin_sets))
    least, first = each.of(spreads.most.unsure), each.of(reference + window)
    alike = np.where(of.ordered, each.of(_correlations(of)), 1.0)
    wide = each.of(np.asarray(stdtrit(spreads.freedom, HELD), dtype=np.float64) / QUANTILE)
    with np.errstate(divide="ignore", invalid="ignore"):
        times = [value / worth.unsure for value in (least, first, least + (first - least) * alike)]
        moved = [each.of(reference) * worth.reference, each.of(window) * worth.window]
    found = [*times, alike, *moved, wide]
    known = np.all(np.isfinite(found), axis=0)
    return Noise(*(np.where(known, value, 1.0) for value in found))


def _correlations(of: Almanac) -> Floats:
    """Of the scores of a week's rows, of shape (directions,)."""
    rows = of.rows.sum() / max(np.unique(of.weeks.week).size, 1)
    found: Floats = np.clip((of.lasting[:, 0] - 1) / max(rows - 1, 1.0), 0.0, MOST)
    return found


@dataclass(frozen=True)
class _Means:
    """By column, of the directions that are flagged; not a number where there is none."""

    column: Counts
    which: Flags
    columns: int

    def of(self, values: Floats) -> Floats:
        known = self.which & np.isfinite(values)
        directions = np.bincount(self.column[known], minlength=self.columns)
        total = np.bincount(self.column[known], weights=values[known], minlength=self.columns)
        found: Floats = np.divide(total, directions, out=np.full(self.columns, np.nan), where=directions > 0)
        return found
