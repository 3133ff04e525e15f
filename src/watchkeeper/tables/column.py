"""A column, its kind, and the schema of a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """What a column means, which decides how it is stored, counted and offered to a model.

    Arrow types in files we keep: numeric float64, integer int64, boolean bool, timestamp timestamp[us, UTC],
    the rest string.
    """

    NUMERIC = "numeric"
    INTEGER = "integer"
    CATEGORICAL = "categorical"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    TEXT = "text"
    IDENTIFIER = "identifier"


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind


@dataclass(frozen=True)
class Schema:
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def get(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def to_json(self) -> list[dict[str, str]]:
        return [{"name": column.name, "kind": column.kind.value} for column in self.columns]

    @classmethod
    def from_json(cls, columns: Iterable[dict[str, Any]]) -> Self:
        return cls(tuple(Column(column["name"], Kind(column["kind"])) for column in columns))
