"""Data frames and Arrow tables as Parquet files."""

from pathlib import Path
from typing import Any

from watchkeeper.sdk.errors import MissingExtra, Refused


def write_frame(data: Any, target: Path) -> None:
    """A pandas or polars data frame, an Arrow table, or anything else that speaks Arrow's C stream, as Parquet.

    Of a pandas index only named levels are kept, as columns.

    Raises:
        MissingExtra: pyarrow is not installed.
        Refused: it is none of these.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtra(
            "A data frame or an Arrow table travels as Parquet, which needs pyarrow: `pip install pyarrow` "
            "(`watchkeeper[server]` has it), or give the path of a CSV file."
        ) from None
    try:
        if isinstance(data, pa.Table):
            table = data
        elif type(data).__module__.partition(".")[0] == "pandas":
            named = any(name is not None for name in data.index.names)
            table = pa.Table.from_pandas(data.reset_index() if named else data, preserve_index=False)
        elif hasattr(data, "__arrow_c_stream__"):
            table = pa.table(data)
        else:
            raise Refused(
                f"A {type(data).__name__} is no table. Give the path of a file, a data frame or an Arrow table.",
                code="no-table",
            )
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise Refused(f"The data frame can't be written as Parquet: {error}.", code="mixed-column") from None
    pq.write_table(table, target, compression="zstd")
