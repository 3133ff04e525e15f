"""Inputs of which the reference holds no value twice, and how many of a day's values stand there a second time."""

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.monitoring.collecting.filing import INPUT
from watchkeeper.monitoring.integrity.inferring import FEWEST_UNIQUE
from watchkeeper.monitoring.integrity.observed import COUNTABLE, repeated
from watchkeeper.monitoring.journal.reading import Selection, read_schema, scan
from watchkeeper.monitoring.ports import Repeated
from watchkeeper.monitoring.two_tables.source import Source
from watchkeeper.tables.bins import BinSet
from watchkeeper.tables.layouts.categorical import CategoricalLayout

MOST_ROWS = 1_000_000
"""Of a day, whose values are laid beside each other; of more, the first so many."""


def unique_in(reference: Source, features: Iterable[BinSet]) -> tuple[str, ...]:
    """Of whole numbers, levels and text; measurements and moments differ by chance."""
    likely = [bins.column.name for bins in features if bins.column.kind in COUNTABLE and not _has_levels(bins)]
    return tuple(name for name in likely if name in reference.names and _is_unique(reference, name))


def repeated_in(selection: Selection, names: Sequence[str]) -> dict[str, Repeated]:
    """Reads files, outside of any transaction. Raise JournalRewritten where they were replaced meanwhile."""
    return {name: _repeated(selection, INPUT + name) for name in names}


def _has_levels(bins: BinSet) -> bool:
    """Of which each stands in several rows."""
    return isinstance(bins.layout, CategoricalLayout) and bool(bins.layout.levels)


def _is_unique(reference: Source, name: str) -> bool:
    values = reference.column(name)
    return len(values) - values.null_count >= FEWEST_UNIQUE and repeated(values) == 0


def _repeated(selection: Selection, column: str) -> Repeated:
    parts: list[Any] = []
    rows = 0
    for file in selection.files:
        path = selection.directory / file.name
        schema = read_schema(path)
        if column not in schema.names:
            continue
        for batch in scan(path, selection.filter(schema), columns=[column, "duplicate"]):
            if rows >= MOST_ROWS:
                return Repeated(repeated(pa.chunked_array(parts)), at_least=True)
            fresh = batch.filter(pc.invert(batch.column("duplicate")))
            parts.append(fresh.column(column))
            rows += fresh.num_rows
    return Repeated(repeated(pa.chunked_array(parts)) if parts else 0)
