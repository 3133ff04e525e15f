"""Columns from frames, of which most have one row: at a stroke where that is so."""

from collections.abc import Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

import pyarrow as pa

from watchkeeper.serving.frames import Frame
from watchkeeper.tables.column import Kind


def stacked(frames: Sequence[Frame], name: str) -> list[Any]:
    """An input's values, frame after frame; None in the rows of a frame that has no such input."""
    inputs = [frame.inputs for frame in frames]
    try:
        return list(chain.from_iterable(map(itemgetter(name), inputs)))
    except KeyError:
        return [value for frame in frames for value in frame.inputs.get(name) or [None] * len(frame.ids)]


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
