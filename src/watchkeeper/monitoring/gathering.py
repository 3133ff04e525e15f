"""From frames to what is kept: journal rows, sheets, usage, violations, and what is owed. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from watchkeeper.monitoring.days import day_of
from watchkeeper.monitoring.ports import CallerCell, Counts, Owed, Sheet, UsageCell, ViolationCell
from watchkeeper.monitoring.response_times import count_times
from watchkeeper.monitoring.stacking import as_array, stacked
from watchkeeper.monitoring.watching import Watched
from watchkeeper.serving.coercing import EXTRA_COLUMN
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.tables.column import Kind

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_EXAMPLE = 200
MOST_INVENTED, OTHERS = 50, "(other columns)"
Corner: TypeAlias = tuple[int, str, str]
"""Release, role and day."""


@dataclass(frozen=True)
class Placed:
    """A frame, where it was found, and which of its rows count for nothing because they were counted before.
    `second` marks a second answer beside one call, and a batch's piece that came before: not even a call."""

    frame: Frame
    segment: str
    offset: int
    duplicates: frozenset[int] = frozenset()
    second: bool = False

    @property
    def counted(self) -> list[int]:
        rows = range(len(self.frame.ids))
        return [row for row in rows if row not in self.duplicates] if self.duplicates else list(rows)

    @property
    def owed_duplicates(self) -> frozenset[int]:
        """The same, as places among the rows to which an answer is owed."""
        if self.frame.owed_rows is None:
            return self.duplicates
        return frozenset(place for place, row in enumerate(self.frame.owed_rows) if row in self.duplicates)


@dataclass
class Gathered:
    sheets: list[Sheet] = field(default_factory=list)
    usage: list[UsageCell] = field(default_factory=list)
    callers: list[CallerCell] = field(default_factory=list)
    violations: list[ViolationCell] = field(default_factory=list)


def gather(placed: Sequence[Placed], *, watch: Watched, zone: str) -> Gathered:
    answered = [each for each in placed if each.frame.kind == "answered"]
    return Gathered(
        sheets=_sheets(answered, watch=watch, zone=zone),
        usage=[*_usage(placed, zone=zone, by="event"), *_usage(placed, zone=zone, by="arrival")],
        callers=[*_callers(placed, zone=zone, by="event"), *_callers(placed, zone=zone, by="arrival")],
        violations=_violations(answered, zone=zone),
    )


def days_of_rows(placed: Iterable[Placed], *, zone: str) -> dict[str, str]:
    """The local day of each row that the champion answered, by its id: a label may have come before it."""
    mine = [each for each in placed if each.frame.kind == "answered" and each.frame.role == Role.CHAMPION]
    return {each.frame.ids[row]: day_of(each.frame.at[row], zone) for each in mine for row in each.counted}


def owed_by(each: Placed) -> Owed:
    return Owed(
        call=each.frame.call,
        segment=each.segment,
        offset=each.offset,
        release=each.frame.release,
        model=each.frame.owes or "",
        received=moment(each.frame.received // 1000),
        duplicates=tuple(sorted(each.owed_duplicates)),
    )


def moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _sheets(answered: Iterable[Placed], *, watch: Watched, zone: str) -> list[Sheet]:
    groups: dict[tuple[int, str, str], list[tuple[Frame, list[int]]]] = defaultdict(list)
    for each in answered:
        for day, rows in _rows_by_day(each, zone).items():
            groups[each.frame.release, each.frame.role, day].append((each.frame, rows))
    return [
        Sheet(
            release=release,
            role=role,
            day=day,
            rows=sum(len(rows) for _, rows in parts),
            counts=_count(parts, role=role, watch=watch),
        )
        for (release, role, day), parts in groups.items()
    ]


def _rows_by_day(each: Placed, zone: str) -> dict[str, list[int]]:
    days: dict[str, list[int]] = defaultdict(list)
    for row in each.counted:
        days[day_of(each.frame.at[row], zone)].append(row)
    return days


def _count(parts: Sequence[tuple[Frame, list[int]]], *, role: str, watch: Watched) -> Counts:
    """Features are counted once, with the champion, which answers every row: to the caller, or unseen in a split."""
    whole = all(len(rows) == len(frame.ids) for frame, rows in parts)
    counts = []
    for bins in watch.features:
        if role == Role.CHAMPION:
            counts.append(bins.count(_fitted(_cells(parts, bins.column.name, whole=whole), bins.column.kind)))
        else:
            counts.append(np.zeros(bins.size, dtype=np.int64))
    outputs = [frame.outputs[row] for frame, rows in parts for row in rows]
    counts.append(watch.prediction.count(pa.array(outputs, pa.float64())))
    return np.concatenate(counts)


def _cells(parts: Sequence[tuple[Frame, list[int]]], name: str, *, whole: bool) -> list[Any]:
    """The values of those frames that have such an input; `whole` where all of their rows are meant."""
    if whole:
        return stacked([frame for frame, _ in parts if name in frame.inputs], name)
    return [frame.inputs[name][row] for frame, rows in parts if name in frame.inputs for row in rows]


def _fitted(values: list[Any], kind: Kind) -> "pa.Array[Any]":
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


def _usage(placed: Iterable[Placed], *, zone: str, by: str) -> list[UsageCell]:
    """A call, with its time, is counted on one day: by event that of its latest row. Each row is counted on its own;
    those of a batch are predictions, and no call's."""
    calls: dict[Corner, list[Placed]] = defaultdict(list)
    rows: dict[Corner, int] = defaultdict(int)
    for each in placed:
        frame, called = each.frame, _day_of_call(each, zone=zone, by=by)
        if not frame.batch:
            calls[frame.release, frame.role, called].append(each)
        for day, count in _rows_of_days(each, called, zone=zone, by=by):
            rows[frame.release, frame.role, day] += count
    return [_cell(calls.get(corner, ()), rows[corner], corner=corner, by=by) for corner in {**calls, **rows}]


def _callers(placed: Iterable[Placed], *, zone: str, by: str) -> list[CallerCell]:
    """What answered callers, by key; the parts of a call in a split are one call, and share the moment it came."""
    cells: dict[tuple[str, str], CallerCell] = {}
    split: set[tuple[str, int]] = set()

    def add(day: str, key: str, **more: int) -> None:
        cell = cells.get((day, key)) or CallerCell(by, day, key)
        cells[day, key] = replace(cell, **{name: getattr(cell, name) + count for name, count in more.items()})

    for each in placed:
        frame = each.frame
        if frame.unseen or frame.batch:
            continue
        called, key = _day_of_call(each, zone=zone, by=by), frame.key
        again = bool(frame.part) and (key, frame.received) in split
        if frame.part:
            split.add((key, frame.received))
        add(called, key, calls=int(not again), errors=int(frame.kind != "answered"))
        for day, count in _rows_of_days(each, called, zone=zone, by=by):
            add(day, key, rows=count)
    return list(cells.values())


def _day_of_call(each: Placed, *, zone: str, by: str) -> str:
    frame = each.frame
    return day_of(max(frame.at) if by == "event" and frame.at else frame.received // 1000, zone)


def _rows_of_days(each: Placed, called: str, *, zone: str, by: str) -> list[tuple[str, int]]:
    if each.frame.kind != "answered":
        return []
    if by != "event":
        return [(called, len(each.counted))]
    return [(day, len(rows)) for day, rows in _rows_by_day(each, zone).items()]


def _cell(parts: Sequence[Placed], rows: int, *, corner: Corner, by: str) -> UsageCell:
    """A retry that was answered is a call, though its rows count once. In a split only the times count for which
    callers waited."""
    frames = [each.frame for each in parts]
    times = [each.milliseconds for each in frames if each.kind == "answered" and each.part != "unseen"]
    release, role, day = corner
    return UsageCell(
        release=release,
        role=role,
        by=by,
        day=day,
        calls=len(parts),
        rows=rows,
        errors=sum(each.frame.kind != "answered" for each in parts),
        milliseconds=float(sum(times)),
        times=count_times(times),
    )


def _violations(answered: Iterable[Placed], *, zone: str) -> list[ViolationCell]:
    groups: dict[tuple[int, str, str, str], list[tuple[int, str]]] = defaultdict(list)
    invented: set[str] = set()
    for each in answered:
        frame = each.frame
        for row, column, violation, example in frame.violations:
            if row not in each.duplicates:
                day = day_of(frame.at[row], zone)
                name = _folded(column, invented) if violation == EXTRA_COLUMN else column
                groups[frame.release, day, name, violation].append((frame.at[row], example))
    return [
        ViolationCell(
            release=release,
            day=day,
            column=column[:400],
            violation=violation,
            rows=len(found),
            first=moment(min(at for at, _ in found)),
            last=moment(max(at for at, _ in found)),
            example=found[-1][1][:LONGEST_EXAMPLE],
        )
        for (release, day, column, violation), found in groups.items()
    ]


def _folded(column: str, invented: set[str]) -> str:
    """A column's own name for the first few of a turn, one word for the others: callers can invent any number."""
    if column in invented or len(invented) < MOST_INVENTED:
        invented.add(column)
        return column
    return OTHERS
