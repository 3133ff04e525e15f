"""A column's profile in a few groups, as a summary shows it.

The bins are fitted to all values, or to an even sample where there are more than two million rows or much text; all
rows are counted in them.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column
from watchkeeper.tables.layouts.categorical import NEW, OTHER
from watchkeeper.tables.layouts.layout import MISSING, Counts

MOST_ROWS = 2_000_000
MOST_BYTES = 32 * 2**20
MOST_GROUPS = 12

Blocks = Callable[[], Iterator["pa.Array[Any]"]]
"""A column from its beginning, as often as it is asked for."""


def profile(column: Column, blocks: Blocks, *, rows: int) -> dict[str, list[Any]]:
    """{"labels", "counts"}: at most some dozen groups, missing last, whose counts sum to the rows."""
    every = _every(blocks, rows)
    bins = fit_bin_set(column, _sampled(blocks, every))
    counts = np.array(bins.reference) if every == 1 else _counted(bins, blocks)
    groups = zip(bins.group_labels(), (int(counts[group].sum()) for group in bins.groups()), strict=True)
    shown = _fewer(list(groups))
    return {"labels": [label for label, _ in shown], "counts": [count for _, count in shown]}


def _every(blocks: Blocks, rows: int) -> int:
    """Every which row is in the sample."""
    size = sum(block.nbytes for block in blocks())
    return max(1, -(-rows // MOST_ROWS), -(-size // MOST_BYTES))


def _sampled(blocks: Blocks, every: int) -> "pa.ChunkedArray[Any]":
    parts, skip, kept = [], 0, None
    for block in blocks():
        kept = block.type
        parts.append(block.take(np.arange(skip, len(block), every)) if every > 1 else block)
        skip = (skip - len(block)) % every
    return pa.chunked_array(parts, kept)


def _counted(bins: BinSet, blocks: Blocks) -> Counts:
    counts = np.zeros(bins.size, dtype=np.int64)
    for block in blocks():
        counts += bins.count(block)
    return counts


def _fewer(groups: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The rarer levels of many joined into other; neighbours on a scale are left as they are."""
    if len(groups) <= MOST_GROUPS or OTHER not in dict(groups):
        return groups
    own = [each for each in groups if each[0] not in {OTHER, NEW, MISSING}]
    shown = sorted(own, key=lambda each: -each[1])[: MOST_GROUPS - 3]
    totals = dict(groups)
    other = sum(count for _, count in own) - sum(count for _, count in shown) + totals[OTHER]
    return [*shown, (OTHER, other), (NEW, totals[NEW]), (MISSING, totals[MISSING])]
