"""A bin set: how one column is counted, so that any two stretches of rows can be compared and counts add up."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from watchkeeper.tables.column import Column, Kind
from watchkeeper.tables.errors import NoBins
from watchkeeper.tables.layouts.boolean import BooleanLayout
from watchkeeper.tables.layouts.categorical import CategoricalLayout
from watchkeeper.tables.layouts.layout import Counts, Group, Layout, Values
from watchkeeper.tables.layouts.numeric import NumericLayout
from watchkeeper.tables.layouts.text import TextLayout
from watchkeeper.tables.layouts.timestamp import TimestampLayout

LAYOUTS: Mapping[Kind, type[Layout]] = {
    Kind.NUMERIC: NumericLayout,
    Kind.INTEGER: NumericLayout,
    Kind.CATEGORICAL: CategoricalLayout,
    Kind.BOOLEAN: BooleanLayout,
    Kind.TIMESTAMP: TimestampLayout,
    Kind.TEXT: TextLayout,
}


@dataclass(frozen=True)
class BinSet:
    """`reference` are the counts of the values that the bins were fitted to, in the order of `labels`."""

    column: Column
    layout: Layout
    reference: tuple[int, ...]

    @property
    def size(self) -> int:
        return self.layout.size

    def count(self, values: Values) -> Counts:
        """Of shape (size,); every value is in one bin, so the counts sum to the number of values."""
        return self.layout.count(values)

    def places(self, values: Values) -> Counts:
        """The bin of each value, of shape (values,): what the counts are counts of."""
        return self.layout.places(values)

    def labels(self) -> list[str]:
        return self.layout.labels()

    @cached_property
    def _groups(self) -> tuple[Group, ...]:
        return tuple(self.layout.groups(self.reference))

    def groups(self) -> list[list[int]]:
        """The fixed coarse partition that is shown: each bin in one group, the missing values last."""
        return [list(group.bins) for group in self._groups]

    def parts(self) -> list[list[int]]:
        """The groups, the rarer of many levels told apart, the missing values last: what sizes are made of."""
        layout = self.layout
        return layout.parts(self.reference) if isinstance(layout, CategoricalLayout) else self.groups()

    def group_labels(self) -> list[str]:
        return [group.label for group in self._groups]

    def edges_of_groups(self) -> list[float] | None:
        """The ends of the groups that are intervals, one more than these; None where there is no scale to draw."""
        ends = [group.ends for group in self._groups if group.ends is not None]
        return [ends[0][0], *(high for _, high in ends)] if ends else None

    def to_json(self) -> dict[str, Any]:
        return {
            "column": {"name": self.column.name, "kind": self.column.kind.value},
            "layout": self.layout.to_json(),
            "reference": list(self.reference),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        column = Column(kept["column"]["name"], Kind(kept["column"]["kind"]))
        layout = LAYOUTS[column.kind].from_json(kept["layout"])
        return cls(column=column, layout=layout, reference=tuple(kept["reference"]))


def fit_bin_set(column: Column, values: Values) -> BinSet:
    """Bins that suit these values, which become the reference."""
    if column.kind not in LAYOUTS:
        raise NoBins(
            f"'{column.name}' holds an {column.kind.value} in each row, which is not counted; leave it out.",
            fields=(column.name,),
        )
    layout, reference = LAYOUTS[column.kind].fit(values, kind=column.kind)
    return BinSet(column=column, layout=layout, reference=tuple(reference.tolist()))
