"""Faults of the current table, and its values beyond what the reference held."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.integrity.extrapolating import Notice, notices
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.faults.unit import HARDLY
from watchkeeper.monitoring.integrity.faults.unit import NAME as UNIT
from watchkeeper.monitoring.integrity.observed import Observed, ends
from watchkeeper.monitoring.integrity.recognising import recognise
from watchkeeper.monitoring.integrity.sample import places
from watchkeeper.monitoring.two_tables.counting import Counted
from watchkeeper.monitoring.two_tables.kinds import as_kept
from watchkeeper.monitoring.two_tables.pairing import paired
from watchkeeper.monitoring.two_tables.result import ColumnDrift
from watchkeeper.monitoring.two_tables.source import Source
from watchkeeper.tables.column import Kind

CHANGED = frozenset({Verdict.DRIFTED, Verdict.IMMATERIAL})


def faults(before: Source, now: Source, columns: Mapping[str, ColumnDrift], *, at: str | None) -> tuple[Fault, ...]:
    """Rows are read again of the columns that changed alone; of all where a day's course could have moved, or where a
    column is gone and another came, which may be the same; and of those that could not be compared."""
    gone = [name for name in before.names if name not in now.names]
    came = [name for name in now.names if name not in before.names]
    changed = [name for name, column in columns.items() if column.verdict in CHANGED]
    unread = [name for name in before.names if name in now.names and name not in columns and name != at]
    among = [*(columns if at is not None or (gone and came) else changed), *unread]
    if not (among or gone):
        return ()
    # Numbers near the end of the scale leave it where units are tried; what comes of that is no fit, and is not told.
    with np.errstate(over="ignore", invalid="ignore"):
        told = recognise(paired(before, now, at=at, among=frozenset(among)), of=len(columns))
    found = tuple(each for each in told if not _is_of_season(each, changed, columns))
    looked = places(now.rows).size
    return found if looked == now.rows else tuple(_of_sample(each, looked, now.rows) for each in found)


def _is_of_season(of: Fault, changed: Sequence[str], columns: Mapping[str, ColumnDrift]) -> bool:
    """Another unit of a column that has not changed by its verdict, and of which much is left: some weeks may lie far
    off the rest of a reference, and be as its own weeks of that season are."""
    (name, *_) = of.columns
    return of.name == UNIT and name in columns and name not in changed and of.remaining > HARDLY


def _of_sample(of: Fault, looked: int, rows: int) -> Fault:
    """Shares of a sample are not quite those of all rows, which stand beside them."""
    if "%" not in of.sentence:
        return of
    return replace(of, sentence=f"{of.sentence} {looked:,} of {rows:,} rows were looked at.")


def beyond(now: Source, counted: Mapping[str, Counted]) -> tuple[Notice, ...]:
    """The largest share first."""
    seen = [Observed(of.bins, of.window) for of in counted.values()]
    noticed = {notice.column for notice in notices(seen)}
    of_note = [_with_ends(of, now) if of.bins.column.name in noticed else of for of in seen]
    return tuple(notices(of_note))


def _with_ends(of: Observed, now: Source) -> Observed:
    """Looked for only where it is told."""
    kind = of.bins.column.kind
    if kind not in {Kind.NUMERIC, Kind.INTEGER}:
        return of
    lowest, highest = ends(as_kept(now.column(of.bins.column.name), kind))
    return Observed(of.bins, of.counts, lowest=lowest, highest=highest)
