"""How alike neighbouring rows of a deployment's reference are: looked for once, and kept."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from watchkeeper.monitoring.collecting.collecting import Collector
from watchkeeper.monitoring.drift.dependence import Days, Dependence, dependence
from watchkeeper.monitoring.ports import Counts, JournalPlaces, Unit
from watchkeeper.monitoring.references.by_day import counts_by_day, newest_rows
from watchkeeper.monitoring.references.usual import usual_of
from watchkeeper.monitoring.references.watching import FEATURES, Watched
from watchkeeper.serving.deployment import Deployment
from watchkeeper.tables.bins import BinSet

UNTIMED = "the reference carries no times"
UNREADABLE = "the reference's rows can't be read"
log = logging.getLogger(__name__)


def find_dependences(deployment: Deployment, models: Sequence[str], *, watch: Watched, collector: Collector) -> None:
    """Of the features, and of each of the models' predictions; reads the reference's rows, outside of any transaction,
    where nobody has yet."""
    with collector.look() as work:
        unknown = [of for of in (FEATURES, *models) if work.verdicts.dependence(deployment.id, of) is None]
        sources = [reference_of(deployment, of, watch=watch, work=work, places=collector.places) for of in unknown]
    for of, (table, time, bins) in zip(unknown, sources, strict=True):
        found = read_dependence(table, time, bins, zone=deployment.time_zone)
        with collector.unit() as work:
            work.verdicts.keep_dependence(deployment.id, of, found)


def reference_of(
    deployment: Deployment, of: str, *, watch: Watched, work: Unit, places: JournalPlaces
) -> tuple[Path | None, str | None, Sequence[BinSet]]:
    """The table of the features' reference, or of a model's held-out predictions; its column of times; the bins of what
    it holds."""
    if of != FEATURES:
        return places.model(of) / "reference.parquet", "at", (watch.prediction,)
    usual = usual_of(deployment, watch=watch, work=work, places=places)
    return usual.table, usual.time, watch.features


def read_dependence(table: Path | None, time: str | None, bins: Sequence[BinSet], *, zone: str) -> Dependence:
    """A reference that is damaged keeps nothing else from being done."""
    try:
        return _found(table, time, bins, zone=zone)
    except (pa.ArrowException, OSError, KeyError) as failure:
        log.warning("the reference in %s can't be read: %s", table, failure)
        return Dependence(why=UNREADABLE)


def _found(table: Path | None, time: str | None, bins: Sequence[BinSet], *, zone: str) -> Dependence:
    if table is None or time is None or not table.is_file():
        return Dependence(why=UNTIMED)
    names = [each.column.name for each in bins]
    rows = newest_rows(table, [*dict.fromkeys([*names, time])])
    if time not in rows.column_names:
        return Dependence(why=UNTIMED)
    return of_reference(bins, *counts_by_day(bins, rows, time=time, zone=zone))


def of_reference(bins: Sequence[BinSet], days: Days, counts: Counts) -> Dependence:
    """From the days that have rows, and the counts of all columns end to end on each."""
    parts = np.split(counts, np.cumsum([each.size for each in bins])[:-1], axis=-1)
    cells = [_cells(each, part) for each, part in zip(bins, parts, strict=True)]
    return dependence(days, cells, ordered=[each.layout.roles().ordered for each in bins])


def _cells(bins: BinSet, counts: Counts) -> Counts:
    """What is compared of a column: its bins, or groups of them."""
    if not bins.layout.roles().grouped:
        return counts
    return np.stack([counts[:, group].sum(axis=-1) for group in bins.groups()], axis=-1)


def known_dependence(deployment: Deployment, of: str, *, work: Unit) -> Dependence:
    """As far as it was looked for."""
    return work.verdicts.dependence(deployment.id, of) or Dependence(why="the reference has not been looked at yet")
