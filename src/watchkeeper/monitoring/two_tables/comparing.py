"""Comparing a table with a reference, without a server."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from numbers import Real
from typing import Any

import numpy as np

from watchkeeper.monitoring.drift.judging import judge
from watchkeeper.monitoring.drift.verdict import Judgement
from watchkeeper.monitoring.two_tables.basis import Basis, Judged, in_season, in_stretches, independent
from watchkeeper.monitoring.two_tables.blocks import blocks
from watchkeeper.monitoring.two_tables.counting import Counted, count
from watchkeeper.monitoring.two_tables.errors import (
    AlphaRefused,
    BaselineRefused,
    EmptyReference,
    NothingInCommon,
    NoTimes,
)
from watchkeeper.monitoring.two_tables.moments import strays, undated
from watchkeeper.monitoring.two_tables.result import ColumnDrift, Columns, TableDrift
from watchkeeper.monitoring.two_tables.seasons import seasons
from watchkeeper.monitoring.two_tables.soundness import beyond, faults
from watchkeeper.monitoring.two_tables.source import Source, Unreadable, source
from watchkeeper.monitoring.two_tables.wording import note

AT_ONCE = 2
"""Columns of tables in memory that are counted beside each other: most of it is no Python. Those of files come one by
one, since each takes its memory."""


def compare(
    reference: Any,
    current: Any,
    alpha: float = 0.05,
    at: str | None = None,
    *,
    baseline: str | None = None,
    holidays: Iterable[date] = (),
) -> TableDrift:
    """Which columns of `current` have drifted from those of `reference`, by how much, and how sure that is.

    Args:
        reference: a pandas or polars data frame, an Arrow table, or the path of a Parquet file.
        current: the same; of any number of rows.
        alpha: with no drift in any column, the chance that any of them is called drifted is at most this.
        at: the column that says when rows happened. Neighbours in time are then taken to be as alike as they are in the
            reference, which has to cover eight weeks; without, all rows are taken as independent cases.
        baseline: "season" holds the current rows against the reference of the same months, hours, and days off or not,
            "whole" against all of it. Unless it is said, the season where `at` is given and the reference covers a
            year. Months and hours are those of the column's time zone, or as they stand where it has none.
        holidays: days that are off as weekends are.

    Raises:
        NoTable, NoParquet, ColumnTwice, EmptyReference, NothingInCommon, NoTimes, BaselineRefused, AlphaRefused: each
            says what to do.

    Example:
        >>> import pyarrow as pa
        >>> before = pa.table({"size": list(range(1000)), "sort": ["a", "b"] * 500})
        >>> now = pa.table({"size": list(range(500, 1000)), "sort": ["a", "b"] * 250})
        >>> found = compare(before, now)
        >>> found.drifted
        ('size',)
        >>> print(found.columns["sort"].verdict)
        stable
    """
    _check_chance(alpha)
    _check_name(at)
    before, now = source(reference, called="reference"), source(current, called="current table")
    if not before.rows:
        raise EmptyReference("The reference has no rows, so there is nothing to compare with. Give one that has some.")
    counted, left_out = _counted(before, now, but=at)
    basis = _basis(counted, before, now, at=at, baseline=baseline, holidays=holidays, alpha=alpha)
    columns = Columns(_columns(basis, alpha=alpha), left_out=left_out)
    return TableDrift(
        alpha=alpha,
        reference_rows=before.rows,
        current_rows=now.rows,
        columns=columns,
        only_in_reference=tuple(name for name in before.names if name not in now.names),
        only_in_current=tuple(name for name in now.names if name not in before.names),
        left_out=left_out,
        independence=basis.said + _without_time(before, now, at),
        baseline="season" if basis.season else "whole",
        faults=faults(before, now, columns, at=at),
        notices=beyond(now, counted),
    )


def _check_chance(alpha: Any) -> None:
    if not (isinstance(alpha, Real) and 0 < float(alpha) < 1):
        what = str(alpha)[:40] if isinstance(alpha, Real) else f"{str(alpha)[:40]!r}, a {type(alpha).__name__}"
        raise AlphaRefused(f"alpha is {what}; it is a chance: give a number between 0 and 1, as 0.05.")


def _check_name(at: Any) -> None:
    if at is not None and not isinstance(at, str):
        raise NoTimes(
            f"`at` is a {type(at).__name__}; it is the name of the column of times, which both tables have: put the "
            "times into a column of each, and give its name."
        )


def _counted(before: Source, now: Source, *, but: str | None) -> tuple[dict[str, Counted], dict[str, str]]:
    """What could be counted, and why what could not."""
    counted, left_out = {}, {}
    names = [name for name in before.names if name in now.names and name != but]
    with ThreadPoolExecutor(AT_ONCE if before.in_memory and now.in_memory else 1) as threads:
        for name, found in zip(names, threads.map(partial(_of_both, before, now), names), strict=True):
            if isinstance(found, Counted):
                counted[name] = found
            else:
                left_out[name] = str(found)
    if not counted:
        reasons = "".join(f" '{name}': {reason}." for name, reason in left_out.items())
        raise NothingInCommon(
            "The two tables have no column in common that can be compared; see that their columns are called alike."
            + reasons
        )
    return counted, left_out


def _of_both(before: Source, now: Source, name: str) -> Counted | Unreadable:
    try:
        return count(name, before.column(name), now.column(name))
    except Unreadable as reason:
        return reason


def _basis(
    counted: Mapping[str, Counted],
    before: Source,
    now: Source,
    *,
    at: str | None,
    baseline: str | None,
    holidays: Iterable[date],
    alpha: float,
) -> Basis:
    """The season where it was asked for, or where nothing was and the reference covers a year."""
    if baseline is not None and not (isinstance(baseline, str) and baseline in {"whole", "season"}):
        raise BaselineRefused(f'The baseline is {str(baseline)[:40]!r}; give "season" or "whole", or leave it out.')
    off = [*holidays]
    if off and (at is None or baseline == "whole"):
        raise BaselineRefused("Holidays are of a season: name the column of times by `at`, or leave them out.")
    if at is None:
        if baseline == "season":
            raise BaselineRefused("A season takes times: name their column by `at`, or leave out `baseline`.")
        return independent(counted)
    if baseline != "whole":
        found = seasons(before, now, at, off)
        if baseline or found.years >= 1:
            return in_season(counted, before, now, found, alpha=alpha)
    return in_stretches(counted, before, blocks(before, now, at), alpha=alpha)


def _without_time(before: Source, now: Source, at: str | None) -> str:
    sides = ((before, "reference"), (now, "current table"))
    if at is None:
        return ""
    return "".join(say(side, at, called=called) for say in (undated, strays) for side, called in sides)


def _columns(basis: Basis, *, alpha: float) -> dict[str, ColumnDrift]:
    parts = basis.parts
    judged = judge([part.sides for part in parts], alpha=alpha, apart=[part.apart for part in parts])
    found = {
        place: _column(basis.columns[place], judgement)
        for part, judgements in zip(parts, judged, strict=True)
        for place, judgement in zip(part.columns, judgements, strict=True)
    }
    return {found[place].name: found[place] for place in range(len(basis.columns))}


def _column(of: Judged, judgement: Judgement) -> ColumnDrift:
    """The judgement is of as many rows as would be worth the same were they independent."""
    before, now = of.counted.grouped
    bins, rows = of.counted.bins, int(of.counted.window.sum())
    edges, roles = bins.edges_of_groups(), bins.layout.roles()
    enough = None if judgement.rows_enough is None else int(np.ceil(judgement.rows_enough * of.each))
    labels = bins.group_labels() if roles.grouped else bins.labels()
    return ColumnDrift(
        name=bins.column.name,
        kind=bins.column.kind.value,
        judgement=replace(judgement, rows=rows, rows_enough=enough),
        effective_rows=float(rows / of.each),
        measures=of.counted.measures(),
        edges=None if edges is None else tuple(edges),
        labels=tuple(bins.group_labels()),
        reference=_shares(before.tolist()),
        current=_shares(now.tolist()),
        changed_level=None if of.level is None else labels[of.level],
        note=note(judgement, of),
    )


def _shares(counts: Sequence[float]) -> tuple[float, ...]:
    total = sum(counts)
    return tuple(count / total if total else 0.0 for count in counts)
