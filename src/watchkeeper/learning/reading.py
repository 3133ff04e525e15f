"""A table as the numbers that a model reads. Apart from the encoder, since what only answers needs no Arrow."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.learning.arrays import LARGEST, Ints, Numbers, Rows
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.layout import Values


def rows_of(table: pa.Table, at: Ints, signature: Signature) -> Rows:
    """What `Encoder.journal` gives for the same rows. The table has all inputs as columns, in the types of `Kind`."""
    values = np.empty((len(signature.inputs), table.num_rows))
    for place, each in enumerate(signature.inputs):
        values[place] = _numbers(table[each.name], each)
    values[np.abs(values) > LARGEST] = np.nan
    return Rows(values, at)


def _numbers(values: Values, column: Input) -> Numbers:
    match column.kind:
        case Kind.CATEGORICAL:
            known = pa.array(column.levels or (), pa.string())
            values = pc.index_in(values.cast(pa.string()), value_set=known, skip_nulls=True)
        case Kind.BOOLEAN:
            values = values.cast(pa.int8())
        case Kind.TIMESTAMP:
            values = values.cast(pa.int64())
    return np.asarray(values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
