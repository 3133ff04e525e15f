"""Pearson's chi-square statistic of the two sides' counts.

The squared differences from the counts that both sides together lead one to expect, each over the expected. Without
drift it is about the number of groups less one, at any number of rows; with drift it grows with the rows, so it says
how sure, not how far. From 0 up to the rows of both sides. Pearson, "On the criterion ...", Philosophical Magazine 50
(1900).

>>> round(CHI_SQUARE.function(np.array([50, 50]), np.array([60, 40])), 6)
2.020202
"""

from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.drift.measures.measure import Counts, Measure, Shares, shares


@dataclass(frozen=True)
class ChiSquare(Measure):
    def of_column(self, reference: Counts, current: Counts, values: Shares | None = None) -> Shares:
        del values
        apart = shares(current) - shares(reference)
        together = (reference + current).astype(np.float64)
        terms = np.divide(apart**2, together, out=apart * 0.0, where=together > 0)
        rows = reference.sum(axis=-1).astype(np.float64) * current.sum(axis=-1).astype(np.float64)
        found: Shares = rows * terms.sum(axis=-1)
        return found


CHI_SQUARE = ChiSquare("chi_square", "Chi-square statistic", None)
