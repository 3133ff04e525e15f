"""Columns from frames, of which most have one row: at a stroke where that is so."""

from collections.abc import Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, TypeAlias

import pyarrow as pa

from watchkeeper.serving.frames import Frame
from watchkeeper.tables.column import Kind

Part: TypeAlias = tuple[Frame, Sequence[int]]
"""A frame, and those of its rows that are meant."""


def stacked(frames: Sequence[Frame], name: str) -> list[Any]:
    """An input's values, frame after frame; None in the rows of a frame that has no such input."""
    inputs = [frame.inputs for frame in frames]
    try:
        return list(chain.from_iterable(map(itemgetter(name), inputs)))
    except KeyError:
        return [value for frame in frames for value in frame.inputs.get(name) or [None] * len(frame.ids)]


def values_of(parts: Sequence[Part], name: str, *, whole: bool = False) -> list[Any]:
    """The values of those frames that have such an input; `whole` where all of their rows are meant."""
    if whole:
        return stacked([frame for frame, _ in parts if name in frame.inputs], name)
    return [frame.inputs[name][row] for frame, rows in parts if name in frame.inputs for row in rows]


def fitted(values: list[Any], kind: Kind) -> "pa.Array[Any]":
    if kind is Kind.TIMESTAMP:  # of which Arrow would take numbers too
        return as_array([_fit(each, kind) for each in values], kind)
    try:
        return as_array(values, kind)
    except (pa.ArrowException, TypeError, ValueError):
        return as_array([_fit(each, kind) for each in values], kind)


def _fit(value: Any, kind: Kind) -> Any:
    """A model of another release may take the column as another kind: what has no place in its bins is missing."""
    match kind:
        case Kind.NUMERIC | Kind.INTEGER:
            return value if isinstance(value, int | float) else None
        case Kind.BOOLEAN:
            return value if isinstance(value, bool) else None
        case Kind.TIMESTAMP:
            return value if isinstance(value, int) and not isinstance(value, bool) else None
    return value


def as_array(values: Sequence[Any], kind: Kind) -> "pa.Array[Any]":
    """Journalled values as the Arrow type of their kind; moments are kept in the journal as microseconds."""
    try:
        return pa.array(values, ARROW[kind])
    except (pa.ArrowException, TypeError, OverflowError):
        if kind in {Kind.BOOLEAN, Kind.TIMESTAMP}:
            raise
    told = float if kind in {Kind.NUMERIC, Kind.INTEGER} else str
    return pa.array([None if value is None else told(value) for value in values], ARROW[kind])


ARROW: dict[Kind, pa.DataType] = {
    **dict.fromkeys(Kind, pa.string()),
    Kind.NUMERIC: pa.float64(),
    Kind.INTEGER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.TIMESTAMP: pa.timestamp("us", "UTC"),
}
