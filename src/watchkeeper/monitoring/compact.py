"""Counts as few bytes: most hours fill few bins, and with small numbers."""

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
WIDTHS: dict[int, np.dtype[Any]] = {width: np.dtype(f"<u{width}") for width in (1, 2, 4, 8)}
QUICKLY = 1


def packed(counts: Counts) -> bytes:
    """In the narrowest integers that hold them, deflated; the first byte says how wide these are."""
    width = next(each for each in WIDTHS if counts.max(initial=0) <= np.iinfo(WIDTHS[each]).max)
    return bytes([width]) + zlib.compress(counts.astype(WIDTHS[width]).tobytes(), QUICKLY)


def add_packed(total: Counts, kept: bytes) -> None:
    """To `total`, as they lie there: of thousands, widening each first would take as long as adding it."""
    found = np.frombuffer(zlib.decompress(kept[1:]), WIDTHS[kept[0]])
    total += found.astype(np.int64) if kept[0] == max(WIDTHS) else found


def unpacked(kept: bytes) -> Counts:
    found: Counts = np.frombuffer(zlib.decompress(kept[1:]), WIDTHS[kept[0]]).astype(np.int64)
    return found
