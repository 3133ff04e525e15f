"""The target column: which rows of it are known, its two classes, and the truth as numbers."""

from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.learning.arrays import LARGEST, Numbers
from watchkeeper.tables.layouts.layout import Values

Mask: TypeAlias = npt.NDArray[np.bool_]


def known(values: Values) -> Mask:
    """False where a value is missing, NaN or beyond LARGEST."""
    if pa.types.is_floating(values.type):
        return np.asarray(np.abs(values.to_numpy(zero_copy_only=False)) <= LARGEST, dtype=np.bool_)
    return np.asarray(values.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)


def classes(values: Values) -> tuple[str, str] | None:
    """The negative and the positive class of known values, which is the greater of the two; None unless there are
    two."""
    distinct: Any = pc.unique(values)
    if len(distinct) != 2:
        return None
    ordered = distinct.cast(pa.int8()) if pa.types.is_boolean(distinct.type) else distinct
    low, high = cast("list[str]", distinct.take(pc.sort_indices(ordered)).cast(pa.string()).to_pylist())
    return low, high


def truth_of(values: Values, labels: tuple[str, str] | None) -> Numbers:
    """Of known values: numbers as they are, or 1 for the positive of the two labels and 0 for the other."""
    if labels is None:
        return np.asarray(values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    positive = pc.equal(values.cast(pa.string()), pa.scalar(labels[1]))
    return np.asarray(positive.to_numpy(zero_copy_only=False), dtype=np.float64)
