"""Taking rows out of a batch's results: the chunks that have them are written again without, each whole."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.batches.batch import Batch
from watchkeeper.batches.keeping import ID, keep_table
from watchkeeper.batches.naming import row_of
from watchkeeper.batches.ports import Batches

PAGE = 200


def batches_with(ids: Collection[str], *, deployment: str, batches: Batches) -> Sequence[tuple[Batch, frozenset[str]]]:
    """The deployment's batches of which these ids name rows, each with its own."""
    named: dict[str, set[str]] = {}
    for each in ids:
        batch, dash, row = each.rpartition("-")
        if dash and row.isdecimal():
            named.setdefault(batch, set()).add(each)
    there = _all(deployment, batches) if named else ()
    return [(batch, frozenset(named[batch.id])) for batch in there if batch.id in named]


def erase_results(directory: Path, ids: Collection[str]) -> int:
    """How many rows went. `directory` is that of a batch's results; done again after a crash it does what is left.

    Raise ResultsNotKept where the disk is full."""
    sought, rows = pa.array(sorted(ids), pa.string()), 0
    for path in sorted(directory.glob("*.parquet")):
        there = pq.read_table(path, columns=[ID], use_threads=False)[ID]
        stays = pc.invert(pc.is_in(there, value_set=sought))
        if not pc.all(stays).as_py():
            kept = pq.read_table(path, use_threads=False).filter(stays)
            keep_table(kept, path)
            rows += len(there) - kept.num_rows
    return rows


def without_examples(batch: Batch, ids: Collection[str]) -> Batch:
    """Counts stay; the values that such rows gave as examples of what was wrong go."""
    rows = {row_of(each) for each in ids}
    violations = [{**each, "example": ""} if each["row"] in rows else each for each in batch.violations]
    return replace(batch, violations=violations)


def _all(deployment: str, batches: Batches) -> Iterator[Batch]:
    after = None
    while page := batches.page(deployment, after=after, limit=PAGE):
        yield from page
        after = page[-1].id
