"""Faults of a deployment's rows: some thousand that the champion answered, against as many of the reference."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from watchkeeper.monitoring.answers.scoring import bounds
from watchkeeper.monitoring.collecting.filing import INPUT
from watchkeeper.monitoring.days import moved
from watchkeeper.monitoring.errors import ReferenceGone
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.faults.default import NAME as DEFAULT
from watchkeeper.monitoring.integrity.faults.swapped import NAME as SWAPPED
from watchkeeper.monitoring.integrity.faults.unit import NAME as UNIT
from watchkeeper.monitoring.integrity.recognising import recognise
from watchkeeper.monitoring.integrity.sample import MICROSECONDS_AN_HOUR, MOST_ROWS, places
from watchkeeper.monitoring.integrity.units import KNOWN
from watchkeeper.monitoring.integrity.unread import Unread
from watchkeeper.monitoring.journal.reading import Selection, read_schema, scan, select
from watchkeeper.monitoring.journalled import Journalled
from watchkeeper.monitoring.ports import JournalFile, JournalPlaces, Unit
from watchkeeper.monitoring.references.usual import usual_of
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.two_tables.blocks import moments
from watchkeeper.monitoring.two_tables.pairing import Places, in_time, paired
from watchkeeper.monitoring.two_tables.source import Filed, Held, Source, Values
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.tables.column import Kind
from watchkeeper.tables.violation import EXTRA_COLUMN, MISSING_COLUMN

AT, WHEN, VIOLATIONS = "at", "when it was", "violations"
DAYS_BEFORE = 7
"""In which a column that no model knows may have come along with all others, and so is none that was renamed."""
FEWEST_OF_A_DAY, MOST_DAYS = 8, 60
"""Rows of the reference's days that are held against all of it, and how many of these days."""
FEWEST_TO_TELL = 40
BY_VALUES = frozenset({UNIT, DEFAULT, SWAPPED})
MOST_FILES = 40
"""Of the journal that are read; of more, as many at equal distances."""


@dataclass(frozen=True)
class Looked:
    """What faults are looked for in: the reference's rows, with their column of times where they have one, and the
    journal's, of the columns that are journalled in full, by `kinds`. Other columns came before already: `known`."""

    table: Path
    time: str | None
    kinds: Mapping[str, Kind]
    selection: Selection
    known: frozenset[str]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.kinds)


@dataclass(frozen=True)
class Found:
    """`rows` were looked at."""

    rows: int
    faults: tuple[Fault, ...]


def to_look_at(deployment: Deployment, *, start: str, end: str, work: Unit, places: JournalPlaces) -> Looked | None:
    """In a transaction; None where no row was ever counted. Raise ReferenceGone where the reference's rows are gone."""
    if work.watch.bin_sets(deployment.id) is None:
        return None
    watch = watched(deployment, work=work, places=places)
    usual = usual_of(deployment, watch=watch, work=work, places=places)
    if usual.table is None:
        raise ReferenceGone("The data that the models learned from is gone, so no row can be laid beside it.")
    hidden = hidden_columns(deployment, work=work)
    before = work.watch.violations(deployment.id, start=moved(start, -DAYS_BEFORE), end=moved(start, -1))
    lacking = {each.day for each in before if each.violation == MISSING_COLUMN}
    return Looked(
        table=usual.table,
        time=usual.time,
        kinds={bins.column.name: bins.column.kind for bins in watch.features if bins.column.name not in hidden},
        known=frozenset(each.column for each in before if each.violation == EXTRA_COLUMN and each.day not in lacking),
        selection=answered_rows(deployment, start=start, end=end, work=work, places=places),
    )


def hidden_columns(deployment: Deployment, *, work: Unit) -> set[str]:
    """Those that are not journalled in full."""
    return {each.column for each in work.masking.settings(deployment.id) if each.journalled is not Journalled.FULL}


def answered_rows(deployment: Deployment, *, start: str, end: str, work: Unit, places: JournalPlaces) -> Selection:
    """The champion's, of the local days from start to end."""
    first, last = bounds(start, deployment.time_zone)[0], bounds(end, deployment.time_zone)[1]
    return select(deployment, role=Role.CHAMPION, start=first, end=last, where=[], work=work, places=places)


def look(at: Looked) -> Found:
    """Reads files, outside of any transaction. Raise JournalRewritten where they were replaced meanwhile."""
    rows = _rows(at)
    if not rows.num_rows:
        return Found(0, ())
    reference = Filed(str(at.table))
    time = at.time if at.time in reference.names and at.time not in at.columns else None
    unread = Unread.of(rows.column(VIOLATIONS).to_pylist(), at.kinds, known=at.known)
    rows = rows.drop_columns([VIOLATIONS]).rename_columns(
        [(time or WHEN) if name == AT else name.removeprefix(INPUT) for name in rows.column_names if name != VIOLATIONS]
    )
    names = (*(name for name in at.columns if name in reference.names), *((time,) if time else ()))
    before = Held(_of_reference(at.table, names, time))
    pair = paired(Part(before, names), Part(Held(rows), names), at=time)
    return Found(rows.num_rows, recognise(replace(pair, **vars(unread), whole=True), of=len(at.columns)))


def enough_for(of: Fault, *, rows: int) -> bool:
    """Whether so many rows of a day can tell of it: few of them may have come together, as a group's do, and what their
    values make likely is no more than that then."""
    return rows >= FEWEST_TO_TELL or of.name not in BY_VALUES


def credible(of: Fault, at: Looked) -> bool:
    """Whether a day by itself can tell of it: where rows follow each other in time a day is narrow and stands where it
    stands, so that no day of the reference may look so too, and a unit has to be one that people use."""
    if at.time is None:
        return True
    if of.name == UNIT and not any(
        (each.scale, each.offset) == (of.evidence["factor"], of.evidence["offset"]) for each in KNOWN
    ):
        return False
    columns = tuple(name for name in of.columns if name in at.kinds)
    return of.name not in _faults_of_days(at.table, columns, at.time)


@lru_cache(maxsize=64)
def _faults_of_days(table: Path, columns: tuple[str, ...], time: str) -> frozenset[str]:
    """Those that some whole days of the reference seem to have in these columns."""
    reference = Filed(str(table))
    if time not in reference.names or time in columns:
        return frozenset()
    hours = moments(reference, time, called="reference") // MICROSECONDS_AN_HOUR
    there, rows = np.unique(hours // 24, return_counts=True)
    days = there[(rows >= FEWEST_OF_A_DAY) & (there >= 0)]
    part = Part(reference, (*columns, time))
    before = Held(_of_reference(table, part.names, time))
    found: set[str] = set()
    for day in days[np.unique(np.linspace(0, len(days) - 1, min(len(days), MOST_DAYS)).astype(int))]:
        taken: Any = pa.array(np.flatnonzero(hours // 24 == day))
        own: Any = {name: part.column(name).take(taken) for name in part.names}
        found.update(fault.name for fault in recognise(paired(before, Held(pa.table(own)), at=time)))
    return frozenset(found)


@lru_cache(maxsize=8)
def _of_reference(table: Path, names: tuple[str, ...], time: str | None) -> pa.Table:
    """Some thousand rows at equal distances, kept ready: a reference never changes."""
    source = Part(Filed(str(table)), names)
    taken: Any = pa.array(places(source.rows) if time is None else in_time(source, time, "reference")[0])
    columns: Any = {name: source.column(name).take(taken) for name in source.names}
    return pa.table(columns)


class Part:
    """Some columns of a table."""

    def __init__(self, of: Source, names: tuple[str, ...]) -> None:
        self._of, self.in_memory = of, of.in_memory
        self.names, self.rows = tuple(name for name in names if name in of.names), of.rows

    def column(self, name: str) -> Values:
        return self._of.column(name)


def _rows(of: Looked) -> pa.Table:
    """From files at equal distances; what a file lacks is missing in its rows."""
    files = of.selection.files
    taken = [
        files[place] for place in np.unique(np.linspace(0, len(files) - 1, min(len(files), MOST_FILES)).astype(int))
    ]
    each = -(-MOST_ROWS // max(len(taken), 1))
    parts = [part for file in taken for part in _of_file(of, file, most=each)]
    return pa.concat_tables(parts, promote_options="permissive") if parts else pa.table({AT: pa.array([])})


def _of_file(of: Looked, file: JournalFile, *, most: int) -> Iterator[pa.Table]:
    path = of.selection.directory / file.name
    schema = read_schema(path)
    columns = [AT, VIOLATIONS, *(INPUT + column for column in of.columns if INPUT + column in schema.names)]
    taken, passed = strides(_within(of, file, schema), most), 0
    for batch in scan(path, of.selection.filter(schema), columns=columns):
        here = taken[(taken >= passed) & (taken < passed + batch.num_rows)] - passed
        passed += batch.num_rows
        rows: Any = pa.array(here)
        yield pa.Table.from_batches([batch.take(rows)])


def _within(of: Looked, file: JournalFile, schema: pa.Schema) -> int:
    """How many of a file's rows are of the period."""
    start, end = of.selection.start, of.selection.end
    if (start is None or start <= file.first) and (end is None or file.last < end):
        return file.rows
    path = of.selection.directory / file.name
    return sum(batch.num_rows for batch in scan(path, of.selection.filter(schema), columns=[AT]))


def strides(rows: int, most: int) -> Places:
    """So many places of the rows about, one by chance in each of stretches as long as each other: at equal distances
    they could all be of one of two sensors that take turns."""
    step = max(1, rows // most)
    return np.arange(-(-rows // step)) * step + np.random.default_rng(rows).integers(step, size=-(-rows // step))
