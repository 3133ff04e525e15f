"""Arrow IPC streams: a record a row, a column an input, answered in kind.

A column `watchkeeper.id` holds the caller's own ids, `watchkeeper.at` the rows' event times. The answer has `id`,
`value` and, where classes are predicted, `probability`; its schema's metadata has the release and the violations. What
is asked for beside it is in columns `low`, `high` and `contribution.INPUT`, or in the metadata where it is one for all.
"""

from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from watchkeeper.server.plane.asking import MOST_ROWS, Asked, Read, read_columns, too_many
from watchkeeper.server.plane.extras import Beside
from watchkeeper.server.plane.reading import Reader
from watchkeeper.serving.errors import RowsRefused
from watchkeeper.serving.frames import Frame

if TYPE_CHECKING:
    import pyarrow as pa

MEDIA_TYPE = "application/vnd.apache.arrow.stream"
OWN_ID, OWN_AT = "watchkeeper.id", "watchkeeper.at"
MOST_VIOLATIONS = 1_000
"""Spelled out in an answer."""


class ArrowStream:
    """It needs nothing of a call but its body."""

    name = "arrow"
    small = 0  # its library is loaded by the first call, off the loop

    def read(self, body: bytes, reader: Reader) -> Read:
        columns = {name: _read(name, column) for name, column in _columns(body).items()}
        ids, at = columns.pop(OWN_ID, None), columns.pop(OWN_AT, None)
        return read_columns(columns, reader.coercer, ids=ids, at=at)

    def asks_more(self, body: bytes) -> bool:  # noqa: ARG002  (only its query does)
        return False

    def written(self, frame: Frame, asked: Asked, beside: Beside | None = None) -> tuple[str, bytes]:
        del asked
        import pyarrow as pa

        columns: dict[str, Any] = {"id": frame.ids, "value": frame.values or frame.outputs}
        if frame.values is not None:
            columns["probability"] = frame.outputs
        violations = msgspec.json.encode(frame.violations[:MOST_VIOLATIONS])
        told = {b"release": str(frame.release).encode(), b"violations": violations}
        if beside is not None:
            columns |= beside.columns(frame.outputs)
            told |= {name.encode(): str(value).encode() for name, value in beside.of_all().items()}
        table = pa.table(columns).replace_schema_metadata(told)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        return MEDIA_TYPE, sink.getvalue().to_pybytes()


def _columns(body: bytes) -> "dict[str, pa.ChunkedArray[Any]]":
    import pyarrow as pa

    try:
        batches, count, source = [], 0, pa.BufferReader(body)
        with pa.ipc.open_stream(source) as stream:
            for batch in stream:
                batches.append(batch)
                count += batch.num_rows
                if count > MOST_ROWS:
                    raise too_many(count)
            schema = stream.schema
        table = pa.Table.from_batches(batches, schema)
        table.validate(full=True)
        names = table.column_names
    except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError) as error:
        raise RowsRefused(f"The body is no whole Arrow IPC stream: {error}.", fields=("body",)) from None
    if behind := len(body) - source.tell():
        raise RowsRefused(f"{behind:,} bytes stand behind the end of the Arrow IPC stream.", fields=("body",))
    twice = tuple(sorted(name for name, times in Counter(names).items() if times > 1))
    if twice:
        raise RowsRefused(f"The column {twice[0]!r} is there more than once.", fields=twice)
    return dict(zip(names, table.columns, strict=True))


def _read(name: str, column: "pa.ChunkedArray[Any]") -> list[Any]:
    import pyarrow as pa

    try:
        return _values(column)
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise RowsRefused(f"The values of the column {name!r} can't be read: {error}.", fields=(name,)) from None


def _values(column: "pa.ChunkedArray[Any]") -> list[Any]:
    """As JSON would have them: moments as text, levels decoded, and what is not a number missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_float64(kind) and not column.null_count:
        numbers = column.to_numpy()
        if not np.isnan(numbers).any():
            listed: list[Any] = numbers.tolist()
            return listed
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    elif pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column.cast(pa.float64()))
    elif pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        micro = pa.timestamp("us", kind.tz if pa.types.is_timestamp(kind) else None)
        stamps = column.cast(options=pc.CastOptions(micro, allow_time_truncate=True))
        return [None if each is None else _spelled(each) for each in stamps.to_pylist()]
    if column.null_count == 0 and (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        values: list[Any] = column.to_numpy().tolist()
        return values
    return column.to_pylist()


def _spelled(moment: Any) -> str:
    text: str = moment.astimezone(UTC).isoformat() if moment.tzinfo else moment.isoformat()
    return text
