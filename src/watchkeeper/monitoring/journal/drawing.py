"""Rows drawn by chance from all over the journal, or a table; of what is long, from some stretches of it.

A stretch is a row group of a file: a part of it can't be read by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.learning.arrays import Ints
from watchkeeper.monitoring.journal.reading import Selection, opened
from watchkeeper.monitoring.ports import JournalFile

AT = "at"
MOST_STRETCHES = 48
"""That are read, of some two million values each at most."""


@dataclass(frozen=True)
class Drawn:
    """Rows with their event times; what a file lacks is missing in its rows. `stretches`: of each row the number of the
    one that it is of, where not all were read."""

    rows: pa.Table
    stretches: Ints | None = None


def drawn(of: Selection, columns: Sequence[str], *, most: int, chance: np.random.Generator) -> Drawn:
    """So many rows of the period at most, each as likely as any other. Raise JournalRewritten."""
    if len(of.files) <= MOST_STRETCHES:
        groups = [(file, group) for file in of.files for group in range(len(_sizes(of, file)))]
        if len(groups) <= MOST_STRETCHES:
            return _of_all(of, groups, columns, most, chance)
    return _of_stretches(of, columns, most, chance)


def _of_all(
    of: Selection, groups: Sequence[tuple[JournalFile, int]], columns: Sequence[str], most: int, chance: Any
) -> Drawn:
    sizes = [_read(of, file, group, []).num_rows for file, group in groups]
    places, parts, start = np.sort(chance.permutation(sum(sizes))[:most]), [], 0
    for (file, group), size in zip(groups, sizes, strict=True):
        mine: Any = pa.array(places[(places >= start) & (places < start + size)] - start)
        if len(mine):
            parts.append(_read(of, file, group, columns).take(mine))
        start += size
    return Drawn(_joined(parts))


def _of_stretches(of: Selection, columns: Sequence[str], most: int, chance: np.random.Generator) -> Drawn:
    parts, numbers, known = [], [], dict[tuple[str, int], int]()
    for file, group, size in _all_over(of, chance):
        number = known.setdefault((file.name, group), len(known))
        taken = np.zeros(size, dtype=np.bool_)
        taken[chance.permutation(size)[: -(-most // MOST_STRETCHES)]] = True
        part = _read(of, file, group, columns, taken=taken)
        parts.append(part)
        numbers.append(np.full(part.num_rows, number))
    return Drawn(_joined(parts), np.concatenate(numbers))


def _all_over(of: Selection, chance: np.random.Generator) -> Iterator[tuple[JournalFile, int, int]]:
    """Files, the numbers of their row groups, and how many rows these have: those at a place by chance in each of parts
    as long as each other, since at equal distances all could be of one of two hours that take turns."""
    ends = np.cumsum([file.rows for file in of.files])
    for place in (np.arange(MOST_STRETCHES) + chance.random(MOST_STRETCHES)) * ends[-1] / MOST_STRETCHES:
        number = int(np.searchsorted(ends, place, side="right"))
        file = of.files[number]
        sizes = _sizes(of, file)
        within = place - (ends[number] - file.rows)
        group = min(int(np.searchsorted(np.cumsum(sizes), within, side="right")), len(sizes) - 1)
        yield file, group, sizes[group]


def _sizes(of: Selection, file: JournalFile) -> list[int]:
    with opened(of.directory / file.name) as held:
        return [held.metadata.row_group(number).num_rows for number in range(held.num_row_groups)]


def _read(of: Selection, file: JournalFile, group: int, columns: Sequence[str], *, taken: Any = None) -> pa.Table:
    """A row group's rows of the period, or those among the `taken`."""
    with opened(of.directory / file.name) as held:
        schema = held.schema_arrow
        names = [AT, *(column for column in columns if column in schema.names)]
        rows = held.read_row_group(group, columns=names, use_threads=False)
    if taken is not None:
        rows = rows.filter(pa.array(taken))
    return rows.filter(of.filter(schema))


def _joined(parts: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(parts, promote_options="permissive") if parts else pa.table({AT: pa.array([])})


def table_rows(table: Path, columns: Sequence[str], places: Ints) -> pa.Table:
    """The rows at these places of a table, some of them twice, in this order; one row group in memory at a time."""
    file = pq.ParquetFile(table)
    kept, order = np.unique(places, return_inverse=True)
    parts, start = [file.schema_arrow.empty_table().select(list(columns))], 0
    for number in range(file.num_row_groups):
        end = start + file.metadata.row_group(number).num_rows
        mine = kept[(kept >= start) & (kept < end)] - start
        if mine.size:
            taken: Any = pa.array(mine)
            parts.append(file.read_row_group(number, columns=list(columns)).select(list(columns)).take(taken))
        start = end
    again: Any = pa.array(order)
    return pa.concat_tables(parts, promote_options="permissive").take(again)
