"""What is expected of a table, as a numbered value: a change is another schema with the next number."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from watchkeeper.monitoring.integrity.errors import NoExpectation
from watchkeeper.monitoring.integrity.expectation import Expectation


@dataclass(frozen=True)
class Schema:
    """One expectation a column, in the order of the reference; `number` counts from 1. `stalest` is how many hours old
    the newest row may be; None for what the rows themselves lead one to expect."""

    columns: tuple[Expectation, ...]
    number: int = 1
    stalest: float | None = None

    def of(self, name: str) -> Expectation:
        """Raises NoExpectation where the schema has no such column."""
        for column in self.columns:
            if column.name == name:
                return column
        names, more = ", ".join(column.name for column in self.columns[:10]), len(self.columns) - 10
        others = f" and {more} more" if more > 0 else ""
        raise NoExpectation(f"The schema has no column '{name}'. It has {names}{others}.", fields=(name,))

    def changed(self, name: str, **changes: Any) -> Self:
        """With another rule for one column, as `changed("age", highest=120)`; the next number.

        Raises:
            NoExpectation: there is no such column.
            ExpectationRefused: what no column could keep to.
        """
        other = replace(self.of(name), **changes)
        columns = tuple(other if column.name == name else column for column in self.columns)
        return replace(self, columns=columns, number=self.number + 1)

    def to_json(self) -> dict[str, Any]:
        columns = [column.to_json() for column in self.columns]
        return {"number": self.number, "columns": columns, "stalest": self.stalest}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(tuple(map(Expectation.from_json, kept["columns"])), number=kept["number"], stalest=kept["stalest"])
