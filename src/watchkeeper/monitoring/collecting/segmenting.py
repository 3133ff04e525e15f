"""Saying by which feature a deployment's rows are counted apart, from the next rows on."""

from collections.abc import Collection, Mapping

import numpy as np

from watchkeeper.access.permitting import Permit
from watchkeeper.clock import Clock
from watchkeeper.monitoring.collecting.columns import input_kinds
from watchkeeper.monitoring.errors import SegmentRefused
from watchkeeper.monitoring.journalled import Journalled
from watchkeeper.monitoring.ports import JournalPlaces, Unit
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.segment import HIDDEN, MOST, Segmented, SegmentSaid, in_force
from watchkeeper.serving.deployment import Deployment
from watchkeeper.tables.bins import BinSet
from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.numeric import NumericLayout

BY_VALUE = frozenset({Kind.CATEGORICAL, Kind.BOOLEAN, Kind.TEXT})


def segment_by(
    deployment: Deployment, column: str | None, *, permit: Permit, work: Unit, places: JournalPlaces, clock: Clock
) -> None:
    """None: by nothing from now on. What was counted by another column stays under its name. Raise SegmentRefused."""
    work.deployments.hold(deployment.id)
    said = work.segments.said(deployment.id)
    if column == in_force(said):
        return
    if column is not None:
        _check(deployment, column, work=work, places=places)
        known = work.segments.columns(deployment.id)
        if not any(each.column == column and each.reference != HIDDEN for each in known):
            work.segments.keep_column(deployment.id, Segmented(len(known) + 1, column))
    work.segments.say(deployment.id, SegmentSaid(column, clock.now(), permit.identity.name[:80]))


def hide_segments(deployment: Deployment, column: str, *, permit: Permit, work: Unit, clock: Clock) -> None:
    """Nobody is to know its values from now on: it is the segment no longer, and its segments lose their names."""
    for each in work.segments.columns(deployment.id):
        if each.column == column and each.reference != HIDDEN:
            work.segments.keep_column(deployment.id, each.hidden())
            work.segments.forget_lists(deployment.id, each.number)
    if in_force(work.segments.said(deployment.id)) == column:
        work.segments.say(deployment.id, SegmentSaid(None, clock.now(), permit.identity.name[:80]))


def forget_names(deployment: Deployment, gone: Mapping[str, Collection[str]], *, work: Unit) -> None:
    """Of the segments that no row of the journal is in any more, by column."""
    for each in work.segments.columns(deployment.id):
        if each.reference != HIDDEN and gone.get(each.column):
            work.segments.keep_column(deployment.id, each.without(gone[each.column]))
            work.segments.forget_lists(deployment.id, each.number)


def choices(deployment: Deployment, *, work: Unit, places: JournalPlaces) -> list[str]:
    """The features that may be the segment."""
    hidden, time = _hidden(deployment, work), _time(deployment, work)
    of = watched(deployment, work=work, places=places).features
    names = [bins.column.name for bins in of if _why_not(bins) is None]
    return [name for name in names if name not in hidden and name != time]


def _check(deployment: Deployment, column: str, *, work: Unit, places: JournalPlaces) -> None:
    bins = {each.column.name: each for each in watched(deployment, work=work, places=places).features}
    there = choices(deployment, work=work, places=places)
    fitting = f"These may be it: {', '.join(there[:20])}." if there else "No feature of this deployment may be it."
    if column == _time(deployment, work):
        raise _refused(f"'{column}' is the column of times, and hardly two rows have the same. {fitting}")
    if column not in bins and column not in input_kinds(deployment, work=work):
        raise _refused(f"The deployment has no feature '{column[:200]}'. {fitting}")
    if column not in bins:
        raise _refused(f"'{column}' has no bins, since its reference did not have it. {fitting}")
    if column in _hidden(deployment, work):
        raise _refused(f"The values of '{column}' are kept from the journal, and would name the segments. {fitting}")
    if why := _why_not(bins[column]):
        raise _refused(f"'{column}' {why} {fitting}")


def _why_not(bins: BinSet) -> str | None:
    """Of numbers only those may be it that had few values, each in a bin of its own."""
    if bins.column.kind in BY_VALUE:
        return None
    layout, values = bins.layout, np.count_nonzero(bins.reference[:-1])
    if isinstance(layout, NumericLayout) and layout.discrete and 0 < values <= MOST:
        return None
    if bins.column.kind is Kind.TIMESTAMP:
        return "holds times."
    return f"holds numbers of more than {MOST} values."


def _hidden(deployment: Deployment, work: Unit) -> set[str]:
    settings = work.masking.settings(deployment.id)
    return {each.column for each in settings if each.journalled is not Journalled.FULL}


def _time(deployment: Deployment, work: Unit) -> str | None:
    experiment = work.experiments.get(deployment.experiment)
    return experiment.time if experiment else None


def _refused(message: str) -> SegmentRefused:
    return SegmentRefused(message, fields=("column",))
