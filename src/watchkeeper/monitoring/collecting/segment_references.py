"""The reference by segment: counted once from the rows that the bins were taken from, which also name the first
segments; and a model's answers to the rows it was not fitted on, where these were kept with their inputs."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.learning.keeping import INPUT
from watchkeeper.monitoring.ports import Counts, JournalPlaces, OpenUnit, Unit
from watchkeeper.monitoring.references.by_day import newest_rows
from watchkeeper.monitoring.references.usual import usual_of
from watchkeeper.monitoring.references.watching import PREDICTION, Watched, watched
from watchkeeper.monitoring.segment import COUNTED, FEATURES, GONE, NOT_LOOKED, Segmented
from watchkeeper.serving.deployment import Deployment
from watchkeeper.tables.bins import BinSet
from watchkeeper.tables.layouts.categorical import CategoricalLayout

log = logging.getLogger(__name__)


def find_references(deployment: Deployment, *, unit: OpenUnit, look: OpenUnit, places: JournalPlaces) -> None:
    """Of the columns that nobody has looked at yet; called by the thread that collects. Rows are read outside of any
    transaction."""
    with look() as work:
        waiting = [each for each in work.segments.columns(deployment.id) if each.reference == NOT_LOOKED]
    for column in waiting:
        with unit() as work:
            watch = watched(deployment, work=work, places=places)
            table = usual_of(deployment, watch=watch, work=work, places=places).table
        named, counts = _counted(column, table, watch)
        with unit() as work:
            if column not in work.segments.columns(deployment.id):
                continue  # whose values somebody has hidden meanwhile
            if counts is not None:
                work.segments.keep_reference(deployment.id, column.number, FEATURES, counts)
            work.segments.keep_column(deployment.id, named)


def answers_by_segment(
    deployment: Deployment, column: Segmented, model: str, *, work: Unit, places: JournalPlaces
) -> Mapping[int, Counts]:
    """How the model answered its own reference, by segment; nothing where that can't be told, which is kept as well."""
    kept = work.segments.reference(deployment.id, column.number, model)
    if kept is not None:
        return kept
    watch, path = watched(deployment, work=work, places=places), places.model(model) / "reference.parquet"
    found = list(_answers(column, path, watch.prediction)) if path.is_file() else []

    def keep(unit: Unit) -> None:
        if not unit.segments.has_reference(deployment.id, column.number, model):
            unit.segments.keep_reference(deployment.id, column.number, model, found)

    work.keep(keep)
    return dict(found)


def _counted(
    column: Segmented, table: Path | None, watch: Watched
) -> tuple[Segmented, list[tuple[int, Counts]] | None]:
    try:
        if table is not None:
            rows = newest_rows(table, [*dict.fromkeys([*watch.names, column.column])])
            named = _named(column, rows[column.column])
            parts = _apart(named, rows, rows[column.column])
            return named, [(place, _count(watch.features, part)) for place, part in parts]
    except (pa.ArrowException, OSError, KeyError) as failure:
        log.warning("the reference in %s can't be counted by %s: %s", table, column.column, failure)
    return _named_by_bins(column, watch), None


def _count(bin_sets: Sequence[BinSet], rows: "pa.Table") -> Counts:
    return np.concatenate([bins.count(rows[bins.column.name]) for bins in bin_sets])


def _named(column: Segmented, values: "pa.ChunkedArray[Any]") -> Segmented:
    """The most frequent values first, equals by name, so that the rows' order does not matter."""
    tallied: Any = pc.value_counts(values.drop_null())
    counted = [(-each["counts"], str(each["values"]), each["values"]) for each in tallied.to_pylist()]
    named = column.with_names(value for _, _, value in sorted(counted, key=lambda each: each[:2]))
    return replace(named, of_reference=len(named.names), reference=COUNTED)


def _named_by_bins(column: Segmented, watch: Watched) -> Segmented:
    """Where the rows are gone, the levels that the bins have."""
    bins = next((bins for bins in watch.features if bins.column.name == column.column), None)
    levels = bins.layout.levels if bins is not None and isinstance(bins.layout, CategoricalLayout) else ()
    named = column.with_names(levels)
    return replace(named, of_reference=len(named.names), reference=GONE)


def _apart(column: Segmented, rows: "pa.Table", values: "pa.ChunkedArray[Any]") -> Iterator[tuple[int, "pa.Table"]]:
    """The rows of each segment that has some."""
    coded: Any = values.combine_chunks().dictionary_encode()
    of_code = np.array([*(column.place(value) for value in coded.dictionary.to_pylist()), column.place(None)])
    codes = coded.indices.fill_null(len(of_code) - 1).to_numpy(zero_copy_only=False).astype(np.int64)
    found = of_code[codes]
    for place in np.unique(found).tolist():
        yield place, rows.filter(pa.array(found == place))


def _answers(column: Segmented, path: Path, bins: BinSet) -> Iterator[tuple[int, Counts]]:
    try:
        rows = pq.read_table(path, columns=[PREDICTION, INPUT + column.column])
        for place, part in _apart(column, rows, rows[INPUT + column.column]):
            yield place, bins.count(part[PREDICTION])
    except (pa.ArrowException, OSError, KeyError) as failure:
        log.info("the reference predictions in %s are not known by %s: %s", path, column.column, failure)
