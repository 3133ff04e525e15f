"""What the numbers of a column count, so that they are read alike in whatever unit they come, and written as it."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import types

from watchkeeper.tables.layouts.layout import Values

A_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
A_DAY = 86_400


class Scale(StrEnum):
    NUMBER = "number"
    SECONDS = "seconds"
    """That something lasts."""
    CLOCK = "clock"
    """Seconds since midnight."""
    DAY = "day"
    """Days since 1 January 1970."""

    def write(self, number: float) -> str:
        match self:
            case Scale.SECONDS:
                return f"{plain(number)} s"
            case Scale.CLOCK:
                return _on_the_clock(number)
            case Scale.DAY:
                return str(np.datetime64(round(number), "D"))
            case _:
                return plain(number)


def scale_of(held: "pa.DataType") -> Scale:
    if types.is_duration(held):
        return Scale.SECONDS
    return Scale.CLOCK if types.is_time(held) else Scale.NUMBER


def measured(values: Values) -> Values:
    """As floats; what lasts, and times of day, in seconds."""
    held: Any = values.type
    if scale_of(held) is Scale.NUMBER:
        return values.cast(pa.float64(), safe=False)
    ticks = values.cast(pa.int64() if held.bit_width == 64 else pa.int32()).cast(pa.float64(), safe=False)
    parts = ticks.chunks if isinstance(ticks, pa.ChunkedArray) else [ticks]
    seconds = [pa.array(part.to_numpy(zero_copy_only=False) / A_SECOND[held.unit], from_pandas=True) for part in parts]
    return pa.chunked_array(seconds, pa.float64()) if isinstance(values, pa.ChunkedArray) else seconds[0]


def plain(number: float) -> str:
    """Six digits of what is no whole number, and all of what is one."""
    if isinstance(number, int):
        return str(number)
    if abs(number) >= 1e15 or 0 < abs(number) < 1e-4:
        return f"{rounded(number):.6g}"
    digits = number if number.is_integer() else float(f"{number:.6g}")
    return np.format_float_positional(digits, trim="-")


def rounded(edge: float) -> float:
    """An edge to show: without the hair's breadth that sets a common value apart."""
    if isinstance(edge, int):
        return edge
    return float(f"{edge:.12g}") if abs(edge) > np.finfo(np.float64).tiny else 0.0


def _on_the_clock(seconds: float) -> str:
    """07:30, and the seconds where there are any."""
    whole = str(timedelta(seconds=round(seconds % A_DAY, 6)))
    padded = whole if whole[1] != ":" else f"0{whole}"
    return padded.removesuffix(":00") if len(padded) == len("07:30:00") else padded.rstrip("0")
