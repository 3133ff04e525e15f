"""Rows of two tables as numbers: levels by their place among all levels of both."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.multivariate.errors import NothingToTell


@dataclass(frozen=True)
class Coded:
    """Attributes:
    names: of the columns that both tables have, by name.
    levels: which columns are levels, of shape (columns,).
    values: of shape (rows, columns), the reference's rows first; NaN where missing.
    window: which rows are the window's, of shape (rows,).
    """

    names: tuple[str, ...]
    levels: Flags
    values: Floats
    window: Flags

    @classmethod
    def of(cls, reference: pa.Table, window: pa.Table) -> Self:
        """Numbers, truth values, times and levels are read; of other kinds, and of two kinds on both sides, columns are
        left out.

        Raises:
            NothingToTell: no column is left.
        """
        both = sorted({*reference.column_names} & {*window.column_names})
        read = {name: _column(reference[name], window[name]) for name in both}
        kept = {name: column for name, column in read.items() if column is not None}
        if not kept:
            raise NothingToTell("Both sides need a column of numbers, truth values, times or levels in common.")
        return cls(
            names=tuple(kept),
            levels=np.array([levels for levels, _ in kept.values()]),
            values=np.column_stack([values for _, values in kept.values()]),
            window=np.arange(reference.num_rows + window.num_rows) >= reference.num_rows,
        )


def _column(reference: "pa.ChunkedArray[Any]", window: "pa.ChunkedArray[Any]") -> tuple[bool, Floats] | None:
    """Whether it is one of levels, and the values of both; None where it can't be read."""
    if all(_is_levels(each.type) for each in (reference, window)):
        texts = pa.chunked_array([each.cast(pa.string()) for each in (reference, window)], pa.string())
        whole = texts.combine_chunks().dictionary_encode()
        return True, _numbers(whole.indices)
    if all(_is_number(each.type) for each in (reference, window)):
        return False, np.concatenate([_numbers(_plain(each)) for each in (reference, window)])
    return None


def _is_levels(of: pa.DataType) -> bool:
    inner = of.value_type if pa.types.is_dictionary(of) else of
    return pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner)


def _is_number(of: pa.DataType) -> bool:
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_timestamp)
    return any(kind(of) for kind in kinds)


def _plain(values: "pa.ChunkedArray[Any]") -> Any:
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.timestamp("us", values.type.tz)).cast(pa.int64())
    elif pa.types.is_boolean(values.type):
        values = values.cast(pa.int8())
    return pc.cast(values, pa.float64(), safe=False)


def _numbers(values: Any) -> Floats:
    found = np.asarray(pc.cast(values, pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    return np.where(np.isfinite(found), found, np.nan)
