"""From rows in journal form to numbers, and from these to the features that trees split on."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from watchkeeper.learning.arrays import LARGEST, MANY, Ints, Numbers, Rows, floats_of
from watchkeeper.learning.local_time import DAY, PARTS, calendar, zone
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.tables.column import Kind

PARTS_OF_INPUT = (*PARTS, "day")
"""A timestamp that is an input may be a date of birth: it has its day since 1970 too. The event time does not, since
what lies ahead of training would all look like its last day."""


class Encoder:
    """Made once a signature; it has nothing to learn but what stands there.

    Features: first the inputs that are no timestamps, in order; then PARTS_OF_INPUT of each timestamp; then PARTS of
    the event time.

    Attributes:
        categorical: places of the features that are levels.
        numbers: the input's place, by that of each feature that is a plain number.
        owners: the input's place, by that of each feature; the event time's is the one after the last.
        features, places: how many features and owners there are.
    """

    def __init__(self, signature: Signature) -> None:
        kinds = [each.kind for each in signature.inputs]
        plain = [place for place, kind in enumerate(kinds) if kind is not Kind.TIMESTAMP]
        self.signature = signature
        self._readers = [(each.name, _reader(each)) for each in signature.inputs]
        self._plain = np.array(plain, dtype=np.int64)
        self._moments = [place for place, kind in enumerate(kinds) if kind is Kind.TIMESTAMP]
        self._zone = zone(signature.time_zone)
        self.categorical = [at for at, place in enumerate(plain) if kinds[place] is Kind.CATEGORICAL]
        self.numbers = {at: place for at, place in enumerate(plain) if kinds[place] in {Kind.NUMERIC, Kind.INTEGER}}
        of_inputs = [place for place in self._moments for _ in PARTS_OF_INPUT]
        of_time = [len(kinds) for _ in PARTS if signature.time is not None]
        self.owners = (*plain, *of_inputs, *of_time)
        self.features, self.places = len(self.owners), len(kinds) + (signature.time is not None)

    def journal(self, columns: Mapping[str, Sequence[Any]], at: Sequence[int]) -> Rows:
        """Rows in journal form: a list an input, None for a missing value; a list that is not there is all missing."""
        count = len(at)
        nothing = [math.nan] * count
        read = [
            columns.get(name, nothing) if reader is None else reader(columns.get(name, nothing))
            for name, reader in self._readers
        ]
        values = _filled(read, count)
        beyond = np.abs(values) > LARGEST
        if beyond.any():
            values[beyond] = np.nan
        return Rows(values, np.array(at, dtype=np.int64))

    def matrix(self, rows: Rows) -> Numbers:
        """The features, of shape (rows, features), row by row in memory."""
        found = np.empty((len(rows), self.features))
        end = self._plain.size
        found[:, :end] = (rows.values if not self._moments else rows.values[self._plain]).T
        for place in self._moments:
            start, end = end, end + len(PARTS_OF_INPUT)
            found[:, start:end] = self.calendar_of(rows, place).T
        if self.signature.time is not None:
            found[:, end:] = self.calendar(rows).T
        return found

    def calendar(self, rows: Rows) -> Ints:
        """PARTS of the event time, of shape (4, rows)."""
        return calendar(self._zone.local(rows.at))

    def calendar_of(self, rows: Rows, place: int) -> Numbers:
        """PARTS_OF_INPUT of the timestamp at this place among the inputs, of shape (5, rows)."""
        missing = np.isnan(rows.values[place])
        local = self._zone.local(np.where(missing, 0, rows.values[place]).astype(np.int64))
        found = np.concatenate([calendar(local), (local // DAY)[None]]).astype(np.float64)
        found[:, missing] = np.nan
        return found


def _filled(read: Sequence[Sequence[Any]], count: int) -> Numbers:
    """Of shape (columns, count); NaN where there is None."""
    if count < MANY and read:
        return np.array(read, dtype=np.float64)
    found = np.empty((len(read), count))
    for place, column in enumerate(read):
        numbers = floats_of(column)
        found[place] = column if numbers is None else numbers
    return found


def _reader(column: Input) -> Callable[[Sequence[Any]], Sequence[Any]] | None:
    """NumPy makes NaN of None by itself; levels have to be looked up."""
    if column.kind is not Kind.CATEGORICAL:
        return None
    codes: dict[Any, float] = {level: float(place) for place, level in enumerate(column.levels or ())}
    return partial(_looked_up, codes)


def _looked_up(codes: Mapping[Any, float], values: Sequence[Any]) -> list[float]:
    return [codes.get(value, math.nan) for value in values]
