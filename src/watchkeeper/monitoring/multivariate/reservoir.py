"""A bounded sample of rows that merges: those whose ids have the smallest hashes.

Each id's hash is as good as a number drawn by chance, so the smallest ones are a sample without replacement, whichever
rows are seen first and however the stretches of rows are cut (bottom-k sketches: Cohen and Kaplan, "Summarizing data
using bottom-k sketches", PODC 2007). A row that comes again is in it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from watchkeeper.monitoring.multivariate.errors import ReservoirsDiffer

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Reservoir:
    """`rows` in the order of `hashes`, which rise; at most `size` of them. A column that some rows do not have is
    missing there."""

    size: int
    hashes: Hashes
    rows: pa.Table

    @classmethod
    def of(cls, rows: pa.Table, ids: Sequence[str], *, size: int) -> Self:
        """What is kept of these rows, each with its id."""
        hashes = np.fromiter((_hashed(each) for each in ids), dtype=np.uint64, count=len(ids))
        return cls._kept(hashes, rows, size)

    def merged(self, other: Self) -> Self:
        """The same as of the rows of both together, in any order.

        Raises:
            ReservoirsDiffer: they are of different sizes.
        """
        if self.size != other.size:
            raise ReservoirsDiffer(
                f"A reservoir of {self.size:,} rows and one of {other.size:,} do not merge; fill both anew in one size."
            )
        hashes = np.concatenate([self.hashes, other.hashes])
        rows = pa.concat_tables([self.rows, other.rows], promote_options="permissive")
        return self._kept(hashes, rows.select(sorted(rows.column_names)), self.size)

    @classmethod
    def _kept(cls, hashes: Hashes, rows: pa.Table, size: int) -> Self:
        hashes, first = np.unique(hashes, return_index=True)
        rows = rows.select(sorted(rows.column_names))
        return cls(size, hashes[:size], rows.take(first[:size]).combine_chunks())


def _hashed(of: str) -> int:
    return int.from_bytes(blake2b(of.encode(), digest_size=8).digest(), "big")
