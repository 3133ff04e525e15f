"""What a measure of drift is, and how it is taken of one column or of many at once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Measure:
    """A sum of terms, one a group, of the reference's and the current shares, and what is made of the sum.

    It is 0 for equal shares, and grows up to `highest` (None: without bound).
    """

    name: str
    title: str
    highest: float | None
    terms: Callable[[Shares, Shares], Shares]
    finish: Callable[[Shares], Shares]

    def function(self, reference: Counts, current: Counts) -> float:
        """Of one column. 0 where either side has no rows: who asks says that nothing is known."""
        found = self.of_columns(reference, current, np.zeros(1, dtype=np.intp))[0]
        return 0.0 if np.isnan(found) else float(found)

    def of_columns(self, reference: Counts, current: Counts, starts: Places) -> Shares:
        """Of many columns, whose groups lie end to end; each column's begin at `starts`.

        Args:
            reference: of shape (groups,).
            current: of shape (..., groups).
            starts: of shape (columns,), rising from 0.

        Returns:
            Of shape (..., columns); NaN where either side has no rows.
        """
        sizes = np.diff(starts, append=reference.shape[-1])
        before, now = _shares(reference, starts, sizes), _shares(current, starts, sizes)
        return self.finish(np.add.reduceat(self.terms(before, now), starts, axis=-1))


def _shares(counts: Counts, starts: Places, sizes: Places) -> Shares:
    totals = np.add.reduceat(counts, starts, axis=-1).astype(np.float64)
    totals[totals == 0] = np.nan
    found: Shares = counts / np.repeat(totals, sizes, axis=-1)
    return found
