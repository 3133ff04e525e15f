"""Rows as the numbers of the bins that their values lie in, a bounded number of them, which merge."""

import struct
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint16]
Numbers = npt.NDArray[np.int64]
ABSENT = 2**16 - 1
"""In the place of a bin where the row's model did not take the column, or nobody may see it row by row."""
ROWS_A_DAY = 200
QUICKLY = 1
HEAD = struct.Struct("<II")


@dataclass(frozen=True)
class CodedRows:
    """In the order of their hashes, which rise, each there once.

    Attributes:
        hashes: of shape (rows,).
        strata: the stratum of the calendar of each, of shape (rows,).
        codes: of shape (rows, columns).
    """

    hashes: Numbers
    strata: Numbers
    codes: Codes

    def __len__(self) -> int:
        return len(self.hashes)

    def merged(self, other: Self, *, size: int) -> Self:
        """Those of both together with the smallest hashes: the same in any order and however rows were cut."""
        hashes, first = np.unique(np.concatenate([self.hashes, other.hashes]), return_index=True)
        first = first[:size]
        return replace(
            self,
            hashes=hashes[:size],
            strata=np.concatenate([self.strata, other.strata])[first],
            codes=np.concatenate([self.codes, other.codes])[first],
        )

    def without(self, hashes: Collection[int]) -> Self:
        left = ~np.isin(self.hashes, np.fromiter(hashes, np.int64, len(hashes)))
        return replace(self, hashes=self.hashes[left], strata=self.strata[left], codes=self.codes[left])

    def hiding(self, columns: Sequence[int]) -> Self:
        codes = self.codes.copy()
        codes[:, list(columns)] = ABSENT
        return replace(self, codes=codes)

    def packed(self) -> bytes:
        """Column by column, for values of one column are alike."""
        parts = [self.hashes.astype("<i8"), self.strata.astype("<i2"), self.codes.T.astype("<u2")]
        plain = b"".join(np.ascontiguousarray(each).tobytes() for each in parts)
        return HEAD.pack(*self.codes.shape) + zlib.compress(plain, QUICKLY)

    @classmethod
    def unpacked(cls, kept: bytes) -> Self:
        rows, columns = HEAD.unpack_from(kept)
        plain = zlib.decompress(kept[HEAD.size :])
        codes: Any = np.frombuffer(plain, "<u2", offset=10 * rows).reshape(columns, rows).T
        return cls(
            hashes=np.frombuffer(plain, "<i8", count=rows).astype(np.int64),
            strata=np.frombuffer(plain, "<i2", count=rows, offset=8 * rows).astype(np.int64),
            codes=codes.astype(np.uint16),
        )


@dataclass(frozen=True)
class DaySample:
    """Of one local day; `seen` is of how many rows."""

    day: str
    seen: int
    rows: CodedRows


@dataclass(frozen=True)
class ReferenceRows:
    """`rows` have in the place of hashes their days since 1970, all 0 where they are not `timed`. `why`: there are
    none."""

    bin_sets: int
    timed: bool
    rows: CodedRows | None
    why: str = ""


def together(parts: Sequence[CodedRows]) -> CodedRows:
    """One behind the other."""
    return CodedRows(
        *(np.concatenate([getattr(each, name) for each in parts]) for name in ("hashes", "strata", "codes"))
    )


def hashed(row: str, key: bytes) -> int:
    """As good as drawn by chance, for all who do not know the key."""
    return int.from_bytes(blake2b(row.encode(), digest_size=8, key=key).digest(), "big") >> 1
