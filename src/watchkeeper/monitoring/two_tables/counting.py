"""One column of two tables, counted in the bins that the reference gives it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from watchkeeper.monitoring.drift.measures import MEASURES
from watchkeeper.monitoring.drift.sides import Floats, Rows
from watchkeeper.monitoring.two_tables.kinds import agreed
from watchkeeper.monitoring.two_tables.source import Values
from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column
from watchkeeper.tables.layouts.layout import Counts


@dataclass(frozen=True)
class Counted:
    """The counts are of every bin, the missing values last; those of a reweighted reference are fractions."""

    bins: BinSet
    reference: Rows
    window: Counts

    @cached_property
    def grouped(self) -> tuple[Rows, Rows]:
        """By the coarse groups, the missing values last."""
        return self._in(self.bins.groups())

    def _in(self, groups: Sequence[Sequence[int]]) -> tuple[Rows, Rows]:
        before, now = (np.array([side[list(of)].sum() for of in groups]) for side in (self.reference, self.window))
        return before, now

    def measures(self) -> Mapping[str, float]:
        """Those that take an order on all bins of present values, the others on the parts that sizes are made of."""
        found, roles, parts = {}, self.bins.layout.roles(), self._in(self.bins.parts())
        for name, measure in MEASURES.items():
            if not measure.ordered:
                found[name] = measure.function(*parts)
            elif roles.ordered:
                found[name] = measure.function(self.reference[:-1], self.window[:-1], _from_the_lowest(roles.places))
        return found


def _from_the_lowest(places: Sequence[float]) -> Floats:
    """In parts of the largest distance, which is no matter to a measure: whole numbers that floats would not tell apart
    are told by how far apart they lie, and squares of large ones stay on the scale."""
    if all(isinstance(place, int) for place in places):
        apart = np.array([place - places[0] for place in places], dtype=np.float64)
    else:
        apart = np.array([place / 2 - places[0] / 2 for place in places], dtype=np.float64)
    return apart / (apart[-1] or 1.0)


def count(name: str, before: Values, now: Values) -> Counted:
    """Raises Unreadable where the two can't be compared."""
    kind, before, now = agreed(before, now)
    bins = fit_bin_set(Column(name, kind), before)
    return Counted(bins, np.asarray(bins.reference, dtype=np.int64), bins.count(now))
