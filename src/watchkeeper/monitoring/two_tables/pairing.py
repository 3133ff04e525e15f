"""Some thousand rows of two tables, in which faults are looked for."""

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.monitoring.integrity.pair import Compared, Pair
from watchkeeper.monitoring.integrity.sample import MEASURED, MICROSECONDS_AN_HOUR, Floats, Sample, places
from watchkeeper.monitoring.integrity.worded import Worded
from watchkeeper.monitoring.two_tables.blocks import MISSING, moments
from watchkeeper.monitoring.two_tables.kinds import agreed, as_kept, kind_of
from watchkeeper.monitoring.two_tables.source import Source, Unreadable, Values
from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.numeric import LARGEST_EXACT

WORDS = frozenset({Kind.CATEGORICAL, Kind.TEXT})
A_YEAR = 24.0 * 300
"""Hours that a reference has to span to know a year."""
FEWEST_OF_SEASON = 200
Places = npt.NDArray[np.int64]


def paired(before: Source, now: Source, *, at: str | None = None, among: Collection[str] | None = None) -> Pair:
    """Rows at equal distances, in the order of `at` where it is given; what can't be compared is left out,
    and what is not `among` the columns to look at."""
    rows, times, season = [places(before.rows), places(now.rows)], None, None
    if at is not None:
        (first, was), (second, are) = in_time(before, at, "reference"), in_time(now, at, "current table")
        rows, times, season = [first, second], (was, are), _of_season(before, at, are)
    both = [name for name in before.names if name in now.names and name != at and (among is None or name in among)]
    compared = [_compared(name, before, now, *rows) for name in both]
    worded = [_worded(name, before, now, *rows) for name, found in zip(both, compared, strict=True) if found is None]
    measured = [each for each in compared if season is not None and each is not None and each.is_measured]
    beside = [(each, _compared(each.name, before, now, season, rows[1])) for each in measured if season is not None]
    return Pair(
        columns=tuple(each for each in compared if each is not None),
        gone=_alone(before, now.names, rows[0]),
        new=_alone(now, before.names, rows[1]),
        times=times,
        worded=tuple(each for each in worded if each is not None),
        season={
            each.name: other.before
            for each, other in beside
            if other is not None and np.array_equal(each.now.values, other.now.values)
        },
    )


def _of_season(reference: Source, at: str, window: Floats) -> Places | None:
    """The rows of the reference to take that are of the window's months; None where it does not know a year, or has too
    few of them."""
    known = moments(reference, at, called="reference")
    there = np.flatnonzero(known != MISSING)
    hours = known[there] / MICROSECONDS_AN_HOUR
    if not window.size or not hours.size or np.ptp(hours) < A_YEAR:
        return None
    mine: Places = there[np.isin(_months(hours), np.unique(_months(window)))]
    return mine[places(mine.size)] if FEWEST_OF_SEASON <= mine.size < there.size else None


def _months(hours: Floats) -> Places:
    found: Places = hours.astype("datetime64[h]").astype("datetime64[M]").astype(np.int64) % 12
    return found


def in_time(of: Source, at: str, called: str) -> tuple[Places, Floats]:
    """The rows to take, by their times, and these in hours."""
    known = moments(of, at, called=called)
    order = np.argsort(known, kind="stable")[: np.count_nonzero(known != MISSING)]
    taken: Places = order[places(order.size)]
    return taken, known[taken] / MICROSECONDS_AN_HOUR


def _compared(name: str, before: Source, now: Source, first: Places, second: Places) -> Compared | None:
    try:
        kind, was, are = agreed(_taken(before, name, first), _taken(now, name, second))
    except Unreadable:
        return None
    was, are = _told_apart(was, are) if kind is Kind.INTEGER else (was, are)
    return Compared(name, Sample.of(kind, was), Sample.of(kind, are))


def _told_apart(was: Values, are: Values) -> tuple[Values, Values]:
    """Whole numbers that floats would not tell apart, less the lowest of them."""
    found: list[Any] = [pc.min_max(side).as_py() for side in (was, are)]
    ends = [end for each in found for end in each.values()]
    if None in ends or max(map(abs, ends)) < LARGEST_EXACT or max(ends) - min(ends) >= LARGEST_EXACT:
        return was, are
    return _less(was, min(ends)), _less(are, min(ends))


def _less(values: Values, low: int) -> Values:
    found: Values = pc.call_function("subtract", [values, pa.scalar(low, values.type)])
    return found


def _worded(name: str, before: Source, now: Source, first: Places, second: Places) -> Worded | None:
    """None where it is not that numbers came as text."""
    try:
        if kind_of(_taken(before, name, first)) not in MEASURED:
            return None
        texts = _texts(now, name, second)
    except Unreadable:
        return None
    return Worded.of(name, texts, rows=second.size) if texts else None


def _texts(now: Source, name: str, rows: Places) -> list[str]:
    """Those among its values, which may be of several types; raises Unreadable where they are no values."""
    try:
        values = _taken(now, name, rows)
    except Unreadable as mixed:
        return [mixed.values[row] for row in rows.tolist() if mixed.values and isinstance(mixed.values[row], str)]
    return list(map(str, values.drop_null().to_pylist())) if kind_of(values) in WORDS else []


def _alone(of: Source, others: tuple[str, ...], rows: Places) -> dict[str, Sample]:
    found = {}
    for name in of.names:
        if name not in others:
            try:
                values = _taken(of, name, rows)
                kind = kind_of(values) or Kind.NUMERIC
            except Unreadable:
                continue
            found[name] = Sample.of(kind, as_kept(values, kind))
    return found


def _taken(of: Source, name: str, rows: Places) -> Values:
    """Raises Unreadable where they are no values of which some could be taken."""
    values = of.column(name)
    try:
        return values.take(rows)
    except pa.ArrowNotImplementedError:
        raise Unreadable(f"{values.type} is no plain value a row") from None
