"""Comparing a table with a reference, without a server."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from watchkeeper.monitoring.drift import family
from watchkeeper.monitoring.drift.columns import lined_up
from watchkeeper.monitoring.drift.dependence import design_effect
from watchkeeper.monitoring.drift.facets import OF_LEVELS, OF_NUMBERS
from watchkeeper.monitoring.drift.facets.worst_level import worst
from watchkeeper.monitoring.drift.judging import judge
from watchkeeper.monitoring.drift.sides import Floats
from watchkeeper.monitoring.drift.thinning import thinned
from watchkeeper.monitoring.drift.verdict import Judgement
from watchkeeper.monitoring.two_tables.blocks import Blocks, blocks
from watchkeeper.monitoring.two_tables.counting import Counted, count
from watchkeeper.monitoring.two_tables.errors import AlphaRefused, EmptyReference, NothingInCommon
from watchkeeper.monitoring.two_tables.kinds import as_kept
from watchkeeper.monitoring.two_tables.result import ColumnDrift, TableDrift
from watchkeeper.monitoring.two_tables.soundness import beyond, faults
from watchkeeper.monitoring.two_tables.source import Source, Unreadable, source

INDEPENDENT = "The rows were taken as independent of each other, since nothing says when they happened."
DEPENDENT = (
    "The rows were counted for as many independent ones as they are worth, by how alike the reference's are within "
    "{days:.0f} days. A season is not taken out: compare with the same months."
)


def compare(reference: Any, current: Any, alpha: float = 0.05, at: str | None = None) -> TableDrift:
    """Which columns of `current` have drifted from those of `reference`, by how much, and how sure that is.

    Args:
        reference: a pandas or polars data frame, an Arrow table, or the path of a Parquet file.
        current: the same; of any number of rows.
        alpha: with no drift in any column, the chance that any of them is called drifted is at most this.
        at: the column that says when rows happened. Neighbours in time are then taken to be as alike as they are in the
            reference, which has to cover eight weeks; without, all rows are taken as independent cases.

    Raises:
        NoTable, NoParquet, ColumnTwice, EmptyReference, NothingInCommon, NoTimes, AlphaRefused: each says what to do.

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
    if not 0 < alpha < 1:
        raise AlphaRefused(f"alpha is {alpha}; it is a chance: give a number between 0 and 1, as 0.05.")
    before, now = source(reference, called="reference"), source(current, called="current table")
    if not before.rows:
        raise EmptyReference("The reference has no rows, so there is nothing to compare with. Give one that has some.")
    stretches = None if at is None else blocks(before, now, at)
    counted, left_out = _counted(before, now, but=at)
    effects = np.ones(len(counted))
    if stretches is not None:
        effects = _effects(list(counted.values()), before, stretches, alpha=alpha)
    columns = _columns(counted, effects.tolist(), alpha=alpha)
    return TableDrift(
        alpha=alpha,
        reference_rows=before.rows,
        current_rows=now.rows,
        columns=columns,
        only_in_reference=tuple(name for name in before.names if name not in now.names),
        only_in_current=tuple(name for name in now.names if name not in before.names),
        left_out=left_out,
        independence=INDEPENDENT if stretches is None else DEPENDENT.format(days=stretches.days),
        faults=faults(before, now, columns, at=at),
        notices=beyond(now, counted),
    )


def _counted(before: Source, now: Source, *, but: str | None) -> tuple[dict[str, Counted], dict[str, str]]:
    """What could be counted, and why what could not."""
    counted, left_out = {}, {}
    for name in before.names:
        if name in now.names and name != but:
            try:
                counted[name] = count(name, before.column(name), now.column(name))
            except Unreadable as reason:
                left_out[name] = str(reason)
    if not counted:
        reasons = "".join(f" '{name}': {reason}." for name, reason in left_out.items())
        raise NothingInCommon(
            "The two tables have no column in common that can be compared; see that their columns are called alike."
            + reasons
        )
    return counted, left_out


def _effects(counted: Sequence[Counted], before: Source, stretches: Blocks, *, alpha: float) -> Floats:
    """Each column's design effect."""
    first = family.first_threshold(len(counted), alpha)
    found = np.ones(len(counted))
    for place, of in enumerate(counted):
        roles = of.bins.layout.roles()
        rows = stretches.count(of.bins, as_kept(before.column(of.bins.column.name), of.bins.column.kind))
        if roles.grouped:
            rows = np.stack([rows[:, group].sum(axis=-1) for group in of.bins.groups()], axis=-1)
        weight = (OF_NUMBERS if roles.ordered else OF_LEVELS)[0].weight
        found[place] = design_effect(rows, ordered=roles.ordered, p_value=first * weight)
    return found


def _columns(counted: Mapping[str, Counted], effects: Sequence[float], *, alpha: float) -> dict[str, ColumnDrift]:
    each = list(counted.values())
    lined = lined_up([of.bins for of in each], [of.reference for of in each], [of.window for of in each])
    sides = [thinned(part.sides, np.array([effects[column] for column in part.columns])) for part in lined]
    judged = judge(sides, alpha=alpha)
    found: list[ColumnDrift | None] = [None] * len(each)
    for part, judgements in zip(lined, judged, strict=True):
        places = worst(part.sides).tolist()
        for place, column, judgement in zip(places, part.columns, judgements, strict=True):
            level = None if part.sides.ordered else place
            found[column] = _column(each[column], judgement, level, design_effect=effects[column])
    return {of.bins.column.name: column for of, column in zip(each, found, strict=True) if column is not None}


def _column(of: Counted, judgement: Judgement, level: int | None, *, design_effect: float) -> ColumnDrift:
    """The judgement is of as many rows as would be worth the same were they independent."""
    before, now = of.grouped
    edges = of.bins.edges_of_groups()
    enough = None if judgement.rows_enough is None else int(np.ceil(judgement.rows_enough * design_effect))
    roles = of.bins.layout.roles()
    labels = of.bins.group_labels() if roles.grouped else of.bins.labels()
    return ColumnDrift(
        name=of.bins.column.name,
        kind=of.bins.column.kind.value,
        judgement=replace(judgement, rows=int(now.sum()), rows_enough=enough),
        effective_rows=float(now.sum()) / design_effect,
        measures=of.measures(),
        edges=None if edges is None else tuple(edges),
        labels=tuple(of.bins.group_labels()),
        reference=_shares(before.tolist()),
        current=_shares(now.tolist()),
        changed_level=None if level is None else labels[level],
    )


def _shares(counts: Sequence[int]) -> tuple[float, ...]:
    total = sum(counts)
    return tuple(count / total if total else 0.0 for count in counts)
