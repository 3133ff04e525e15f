"""A chunk's rows as the champion takes them, by the deployment's type policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from watchkeeper.batches.columns import Fault, Values, event_times, fitted
from watchkeeper.learning.arrays import Ints
from watchkeeper.learning.signature import Signature
from watchkeeper.serving.deployment import TypePolicy
from watchkeeper.tables.violation import OF_TYPE


@dataclass(frozen=True)
class Coerced:
    """`columns` has each input of all rows; `kept` are the places of those that are answered."""

    columns: Mapping[str, Values]
    at: Ints
    faults: Sequence[Fault]
    kept: Ints

    @property
    def refused(self) -> int:
        return int(self.at.size - self.kept.size)


def columns_of(signature: Signature, names: Sequence[str]) -> list[str]:
    """Those that have to be read, of a table with these names; what the model does not take is left alone."""
    wanted = {each.name for each in signature.inputs} | {signature.time}
    return [name for name in names if name in wanted]


def coerce(table: pa.Table, signature: Signature, policy: TypePolicy, *, now: int) -> Coerced:
    """A strict policy refuses the rows whose values have a wrong type, and no others."""
    given = {name: _whole(table[name]) for name in table.column_names}
    count, columns, faults = table.num_rows, {}, []
    for each in signature.inputs:
        columns[each.name], found = fitted(each, given.get(each.name), count)
        faults += found
    at, found = event_times(signature.time, given.get(signature.time or ""), count, now=now)
    faults += found
    kept = np.ones(count, dtype=np.bool_)
    if policy is TypePolicy.STRICT:
        for fault in faults:
            kept[fault.places] &= fault.violation not in OF_TYPE
    return Coerced(columns, at, faults, np.flatnonzero(kept))


def counted(faults: Sequence[Fault], *, first: int) -> list[dict[str, Any]]:
    """One entry a column and violation; `first` is the chunk's first row in the table."""
    return [
        {
            "column": fault.column,
            "violation": fault.violation,
            "rows": len(fault.places),
            "row": first + int(fault.places[0]),
            "example": fault.example(int(fault.places[0])),
        }
        for fault in faults
    ]


def spelled(faults: Sequence[Fault], count: int) -> "pa.Array[Any]":
    """What is wrong with each row, as text; null where nothing is."""
    said: dict[int, str] = {}
    for fault in faults:
        words = f"{fault.column}: {fault.violation}"
        for place in fault.places.tolist():
            before = said.get(place)
            said[place] = words if before is None else f"{before}; {words}"
    texts = np.full(count, None, dtype=object)
    texts[list(said)] = list(said.values())
    return pa.array(texts, pa.string())


def journalled(faults: Sequence[Fault], kept: Ints, piece: slice) -> list[tuple[int, str, str, str]]:
    """As a frame has them that holds this piece of the rows that are kept."""
    places = kept[piece]
    found = []
    for fault in faults:
        first, last = np.searchsorted(fault.places, (places[0], places[-1] + 1)).tolist() if places.size else (0, 0)
        mine = fault.places[first:last]
        rows = np.searchsorted(places, mine)
        answered = places[rows] == mine
        found += [
            (row, fault.column, fault.violation, fault.example(place))
            for row, place in zip(rows[answered].tolist(), mine[answered].tolist(), strict=True)
        ]
    return found


def _whole(column: "pa.ChunkedArray[Any]") -> "pa.Array[Any]":
    whole = column.combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)
