"""Rows counted by day and segment: which segment each is in, and the sheets of all segments of a turn."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from watchkeeper.monitoring.collecting.keyed import NOWHERE, Placed, counted_by
from watchkeeper.monitoring.compact import packed
from watchkeeper.monitoring.ports import SegmentSheet
from watchkeeper.monitoring.segment import MISSING, MOST, OTHER, Segmented, SegmentSaid, word_of
from watchkeeper.serving.frames import Frame

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Segmenting:
    """Goes through a turn's frames in their order, and gives values a name as long as there is room.

    A row belongs to the column that was the segment when its call came. A challenger's unseen rows are those of its
    call: of a frame that came before, or was collected `earlier`.
    """

    def __init__(
        self, said: Sequence[SegmentSaid], columns: Iterable[Segmented], earlier: Mapping[str, Frame] | None = None
    ) -> None:
        self._said = [((each.since - EPOCH) // MICROSECOND * 1000, each.column) for each in said]
        self._of = {each.column: each for each in columns}
        self._places = {name: {word: n for n, word in enumerate(each.names)} for name, each in self._of.items()}
        self._calls = dict(earlier or {})
        self._keys: dict[tuple[int, str, int], int] = {}

    def keys(self, frame: Frame, day: str, rows: Sequence[int]) -> list[int]:
        """Of each of these rows of that day, a number that those of its segment and day share; `NOWHERE` where no
        column was the segment."""
        column = next((column for since, column in self._said if since <= frame.received), None)
        if column is None or column not in self._of:
            return [NOWHERE] * len(rows)
        if frame.owes:
            self._calls[frame.call] = frame
        number = self._of[column].number
        return [
            self._keys.setdefault((number, day, place), len(self._keys))
            for place in (self._place(column, value) for value in self._values(frame, column, rows))
        ]

    def sheets(self, keys: Sequence[int], columns: Placed, *, release: int, role: str) -> Iterator[SegmentSheet]:
        """Of one role of one release, of rows with these keys."""
        corners = list(self._keys)
        for key, rows, counts in counted_by(np.array(keys, dtype=np.int64), columns):
            if key != NOWHERE:
                number, day, place = corners[key]
                yield SegmentSheet(number, place, release, role, day, rows, packed(counts))

    def named(self) -> list[Segmented]:
        """The columns that have got names by then, with these."""
        of = ((each, each.with_names(self._places[column])) for column, each in self._of.items())
        return [named for each, named in of if named != each]

    def _place(self, column: str, value: Any) -> int:
        word = word_of(value)
        if word is None:
            return MISSING
        places = self._places[column]
        if word not in places and len(places) < MOST:
            places[word] = len(places)
        return places.get(word, OTHER)

    def _values(self, frame: Frame, column: str, rows: Sequence[int]) -> list[Any]:
        """Nothing where a model has no such input, or the record of a call is lost."""
        if frame.unseen and not frame.inputs:
            call = self._calls.get(frame.call)
            values = dict(zip(call.ids, call.inputs.get(column, ()), strict=False)) if call else {}
            return [values.get(frame.ids[row]) for row in rows]
        values_of = frame.inputs.get(column)
        return [None if values_of is None else values_of[row] for row in rows]
