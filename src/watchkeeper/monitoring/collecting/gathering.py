"""From frames to what is kept: journal rows, sheets, usage, violations, and what is owed. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from watchkeeper.monitoring.collecting.by_hour import hour_sheets
from watchkeeper.monitoring.collecting.by_segment import Segmenting
from watchkeeper.monitoring.collecting.keyed import placed as placed_in_bins
from watchkeeper.monitoring.collecting.sampling import Sampling, sampled
from watchkeeper.monitoring.collecting.stacking import Part, fitted, values_of
from watchkeeper.monitoring.collecting.timing import ANY_TIME, NOBODY, Timely, late_rows
from watchkeeper.monitoring.days import day_of
from watchkeeper.monitoring.multivariate.coded_rows import DaySample
from watchkeeper.monitoring.ports import (
    CallerCell,
    Counts,
    HourSheet,
    Owed,
    SegmentSheet,
    Sheet,
    UsageCell,
    ViolationCell,
)
from watchkeeper.monitoring.references.watching import Watched
from watchkeeper.monitoring.segment import Segmented
from watchkeeper.monitoring.usage.response_times import count_times
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.tables.violation import AHEAD, EXTRA_COLUMN

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_EXAMPLE = 200
MOST_INVENTED, OTHERS = 50, "(other columns)"
EVENT_TIME = "at"
"""As which column rows' own time is told of."""
ALONE = (0,)
"""The rows of a frame of one."""
Corner: TypeAlias = tuple[int, str, str]
"""Release, role and day."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A frame, where it was found, and which of its rows count for nothing because they were counted before.
    `second` marks a second answer beside one call, and a batch's piece or a tally that came before: not even a call."""

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
    hours: list[HourSheet] = field(default_factory=list)
    segments: list[SegmentSheet] = field(default_factory=list)
    segmented: list[Segmented] = field(default_factory=list)
    usage: list[UsageCell] = field(default_factory=list)
    callers: list[CallerCell] = field(default_factory=list)
    violations: list[ViolationCell] = field(default_factory=list)
    samples: list[DaySample] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Dated:
    """A frame with the local days of its call, by its latest row and by when it came, and of its rows that count; those
    `ahead` of their arrival are on the day on which they came, and in no profile."""

    placed: Placed
    event: str
    arrival: str
    rows: Mapping[str, Sequence[int]]
    ahead: frozenset[int] = NOBODY

    def day(self, by: DaysOf) -> str:
        return self.event if by == DaysOf.EVENT else self.arrival

    def counts(self, by: DaysOf) -> Iterable[tuple[str, int]]:
        """How many rows count on which day."""
        ahead = [(self.arrival, len(self.ahead))] if self.ahead else []
        if by == DaysOf.EVENT:
            return [*((day, len(rows)) for day, rows in self.rows.items()), *ahead]
        return [(self.arrival, sum(map(len, self.rows.values()))), *ahead] if self.rows or ahead else []


def gather(
    placed: Sequence[Placed],
    *,
    watch: Watched,
    zone: str,
    timely: Timely = ANY_TIME,
    segmenting: Segmenting | None = None,
    sampling: Sampling | None = None,
) -> Gathered:
    """Without `sampling` no row is kept beside the counts."""
    dated = [_dated(each, zone, timely) for each in placed]
    hours, segments = _finer(dated, watch=watch, segmenting=segmenting)
    return Gathered(
        sheets=_sheets(dated, watch=watch, timely=timely),
        hours=hours,
        segments=segments,
        segmented=segmenting.named() if segmenting else [],
        usage=[cell for by in DaysOf for cell in _usage(dated, by=by)],
        callers=[cell for by in DaysOf for cell in _callers(dated, by=by)],
        violations=[
            *_violations([each for each in placed if each.frame.kind == "answered"], zone=zone),
            *_ahead([each for each in dated if each.ahead and each.placed.frame.role == Role.CHAMPION]),
        ],
        samples=[] if sampling is None else sampled(_champions_days(dated), watch=watch, sampling=sampling),
    )


def _champions_days(dated: Iterable[Dated]) -> Mapping[str, Sequence[Part]]:
    days: dict[str, list[Part]] = defaultdict(list)
    for each in dated:
        if each.placed.frame.role == Role.CHAMPION:
            for day, rows in each.rows.items():
                days[day].append((each.placed.frame, rows))
    return days


def _dated(each: Placed, zone: str, timely: Timely) -> Dated:
    frame = each.frame
    arrival, ahead = day_of(frame.received // 1000, zone), timely.ahead(frame)
    times = [at for row, at in enumerate(frame.at) if row not in ahead] if ahead else frame.at
    event = day_of(max(times), zone) if times else arrival
    if frame.kind != "answered":
        return Dated(each, event, arrival, {})
    if not ahead and len(frame.at) == 1 and not each.duplicates:
        return Dated(each, event, arrival, {event: ALONE})
    days: dict[str, list[int]] = defaultdict(list)
    for row in each.counted:
        if row not in ahead:
            days[day_of(frame.at[row], zone)].append(row)
    return Dated(each, event, arrival, days, ahead - each.duplicates)


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


def _sheets(dated: Sequence[Dated], *, watch: Watched, timely: Timely) -> list[Sheet]:
    champions = [each for each in dated if each.placed.frame.role == Role.CHAMPION]
    late = late_rows(((each.placed.frame.received, each.placed.frame.release, each.rows) for each in champions), timely)
    groups: dict[Corner, list[Part]] = defaultdict(list)
    for each in dated:
        frame = each.placed.frame
        for day, rows in each.rows.items():
            groups[frame.release, frame.role, day].append((frame, rows))
    return [
        Sheet(
            release=release,
            role=role,
            day=day,
            rows=sum(len(rows) for _, rows in parts),
            counts=_count(parts, role=role, watch=watch),
            late=late[release, day] if role == Role.CHAMPION else 0,
        )
        for (release, role, day), parts in groups.items()
    ]


def _finer(
    dated: Iterable[Dated], *, watch: Watched, segmenting: Segmenting | None
) -> tuple[list[HourSheet], list[SegmentSheet]]:
    """By hour, and by segment where a column is one."""
    groups: dict[tuple[int, str], list[Part]] = defaultdict(list)
    keys: dict[tuple[int, str], list[int]] = defaultdict(list)
    for each in dated:
        frame = each.placed.frame
        for day, rows in each.rows.items():
            groups[frame.release, frame.role].append((frame, rows))
            if segmenting is not None:
                keys[frame.release, frame.role] += segmenting.keys(frame, day, rows)
    hours: list[HourSheet] = []
    segments: list[SegmentSheet] = []
    for (release, role), parts in groups.items():
        columns = placed_in_bins(parts, role=role, watch=watch)
        hours += hour_sheets(parts, columns, release=release, role=role)
        if segmenting is not None:
            segments += segmenting.sheets(keys[release, role], columns, release=release, role=role)
    return hours, segments


def _count(parts: Sequence[Part], *, role: str, watch: Watched) -> Counts:
    """Features are counted once, with the champion, which answers every row: to the caller, or unseen in a split."""
    whole = all(len(rows) == len(frame.ids) for frame, rows in parts)
    counts = []
    for bins in watch.features:
        if role == Role.CHAMPION:
            counts.append(bins.count(fitted(values_of(parts, bins.column.name, whole=whole), bins.column.kind)))
        else:
            counts.append(np.zeros(bins.size, dtype=np.int64))
    outputs = [frame.outputs[row] for frame, rows in parts for row in rows]
    counts.append(watch.prediction.count(pa.array(outputs, pa.float64())))
    return np.concatenate(counts)


def _usage(dated: Iterable[Dated], *, by: DaysOf) -> list[UsageCell]:
    """A call, with its time, is counted on one day: by event that of its latest row. Each row is counted on its own;
    those of a batch are predictions, and no call's."""
    calls: dict[Corner, list[Placed]] = defaultdict(list)
    rows: dict[Corner, int] = defaultdict(int)
    for each in dated:
        frame = each.placed.frame
        if not frame.batch:
            calls[frame.release, frame.role, each.day(by)].append(each.placed)
        for day, count in each.counts(by):
            rows[frame.release, frame.role, day] += count
    return [_cell(calls.get(corner, ()), rows[corner], corner=corner, by=by) for corner in {**calls, **rows}]


def _callers(dated: Iterable[Dated], *, by: DaysOf) -> list[CallerCell]:
    """What answered callers, by key; the parts of a call in a split are one call, and share the moment it came."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    split: set[tuple[str, int]] = set()
    for each in dated:
        frame = each.placed.frame
        if frame.unseen or frame.batch or frame.logged or frame.kind == "unrecorded":
            continue
        called = found[each.day(by), frame.key]
        if not frame.part or (frame.key, frame.received) not in split:
            called[0] += 1
        if frame.part:
            split.add((frame.key, frame.received))
        called[1] += frame.kind != "answered"
        for day, count in each.counts(by):
            found[day, frame.key][2] += count
    return [
        CallerCell(by, day, key, calls=calls, rows=rows, errors=errors)
        for (day, key), (calls, errors, rows) in found.items()
    ]


def _cell(parts: Sequence[Placed], rows: int, *, corner: Corner, by: DaysOf) -> UsageCell:
    """A retry that was answered is a call, though its rows count once; what was logged is none. In a split only the
    times count for which callers waited."""
    frames = [each.frame for each in parts]
    recorded = [each for each in frames if each.kind != "unrecorded" and not each.logged]
    times = [each.milliseconds for each in recorded if each.kind == "answered" and each.part != "unseen"]
    release, role, day = corner
    return UsageCell(
        release=release,
        role=role,
        by=by,
        day=day,
        calls=len(recorded),
        rows=rows,
        errors=sum(each.kind != "answered" for each in recorded),
        milliseconds=float(sum(times)),
        times=count_times(times),
        unrecorded_calls=sum(each.unrecorded[0] for each in frames),
        unrecorded_rows=sum(each.unrecorded[1] for each in frames),
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


def _ahead(dated: Iterable[Dated]) -> list[ViolationCell]:
    """Rows whose time lies ahead of their arrival, on the day on which they came."""
    groups: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    for each in dated:
        frame = each.placed.frame
        groups[frame.release, each.arrival] += [(frame.received // 1000, frame.at[row]) for row in sorted(each.ahead)]
    return [
        ViolationCell(
            release=release,
            day=day,
            column=EVENT_TIME,
            violation=AHEAD,
            rows=len(found),
            first=moment(min(came for came, _ in found)),
            last=moment(max(came for came, _ in found)),
            example=moment(found[-1][1]).isoformat(),
        )
        for (release, day), found in groups.items()
    ]


def _folded(column: str, invented: set[str]) -> str:
    """A column's own name for the first few of a turn, one word for the others: callers can invent any number."""
    if column in invented or len(invented) < MOST_INVENTED:
        invented.add(column)
        return column
    return OTHERS
