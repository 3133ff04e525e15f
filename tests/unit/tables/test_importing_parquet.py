import decimal
import io
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.tables.conftest import Bring
from watchkeeper.tables.column import Kind
from watchkeeper.tables.errors import (
    BrokenParquet,
    DuplicateColumns,
    NoRows,
    UnnamedColumn,
    UnsupportedColumn,
)

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("values", "kind", "first"),
    [
        (pa.array([1, None], pa.int8()), Kind.INTEGER, 1),
        (pa.array([2**32 - 1], pa.uint32()), Kind.INTEGER, 2**32 - 1),
        (pa.array([7], pa.uint64()), Kind.INTEGER, 7),
        (pa.array([2**64 - 1], pa.uint64()), Kind.CATEGORICAL, str(2**64 - 1)),
        (pa.array(np.array([1.5], np.float16)), Kind.NUMERIC, 1.5),
        (pa.array([1.5], pa.float32()), Kind.NUMERIC, 1.5),
        (pa.array([float("nan"), 2.0]), Kind.NUMERIC, None),
        (pa.array([decimal.Decimal("1.25")]), Kind.NUMERIC, 1.25),
        (pa.array([decimal.Decimal(12)], pa.decimal128(10, 0)), Kind.INTEGER, 12),
        (pa.array([decimal.Decimal(12)], pa.decimal128(38, 0)), Kind.INTEGER, 12),
        (pa.array([None], pa.null()), Kind.NUMERIC, None),
        (pa.array([True]), Kind.BOOLEAN, True),
        (pa.array(["a", ""], pa.large_string()), Kind.CATEGORICAL, "a"),
        (pa.array(["a", "b"]).dictionary_encode(), Kind.CATEGORICAL, "a"),
        (pa.array([date(2024, 1, 1)], pa.date32()), Kind.TIMESTAMP, datetime(2024, 1, 1, tzinfo=UTC)),
        (pa.array([date(2024, 1, 1)], pa.date64()), Kind.TIMESTAMP, datetime(2024, 1, 1, tzinfo=UTC)),
        (pa.array([1_704_110_400], pa.timestamp("s")), Kind.TIMESTAMP, NOON),
        (pa.array([1_704_110_400_000], pa.timestamp("ms", "Europe/Paris")), Kind.TIMESTAMP, NOON),
        (pa.array([1_704_110_400_000_000_999], pa.timestamp("ns", "UTC")), Kind.TIMESTAMP, NOON),
        (pa.array([time(12, 30)], pa.time64("us")), Kind.CATEGORICAL, "12:30:00.000000"),
    ],
)
def test_each_plain_arrow_type_has_its_kind(
    values: "pa.Array[Any]", kind: Kind, first: object, bring: Bring, kept: Path
) -> None:
    imported = bring(parquet(pa.table({"x": values})), name="x.parquet")
    assert imported.schema.columns[0].kind is kind
    assert pq.read_table(kept)["x"][0].as_py() == first


@pytest.mark.parametrize(
    "values",
    [
        pa.array([[1, 2]]),
        pa.array([{"a": 1}]),
        pa.array([b"raw"]),
        pa.array([5], pa.duration("s")),
        pa.array([2**62], pa.timestamp("ms")),
    ],
)
def test_a_column_of_no_plain_values_is_refused_by_its_name(values: "pa.Array[Any]", bring: Bring, kept: Path) -> None:
    content = parquet(pa.table({"fine": [1], "odd one": values}))
    with pytest.raises(UnsupportedColumn, match="'odd one'") as caught:
        bring(content)
    assert caught.value.fields == ("odd one",)
    assert list(kept.parent.iterdir()) == []


def test_ids_are_looked_at_in_parquet_too(bring: Bring, kept: Path) -> None:
    table = pa.table({"id": [7, 8, 9], "id.b": ["x", "y", "x"], "user_id": [1, 1, 2]})
    imported = bring(parquet(table))
    assert [column.kind for column in imported.schema.columns] == [Kind.IDENTIFIER, Kind.CATEGORICAL, Kind.INTEGER]
    assert pq.read_table(kept)["id"].to_pylist() == ["7", "8", "9"]


def test_the_same_rows_are_the_same_table_from_csv_and_from_parquet(bring: Bring) -> None:
    from_csv = bring("at,x,town\n2024-01-01T12:00:00Z,1.5,Metz\n2024-01-02T12:00:00Z,,Lyon\n")
    at = pa.array([NOON, NOON.replace(day=2)], pa.timestamp("ns", "UTC"))
    from_parquet = bring(parquet(pa.table({"at": at, "x": [1.5, None], "town": ["Metz", "Lyon"]})))
    assert from_parquet == from_csv


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"PAR1 and nothing else", BrokenParquet),
        (parquet(pa.table({"x": [1]}))[:-12], BrokenParquet),
        (parquet(pa.table({"x": pa.array([], pa.int64())})), NoRows),
        (parquet(pa.table([[1], [2]], ["x", "x"])), DuplicateColumns),
        (parquet(pa.table({" ": [1]})), UnnamedColumn),
    ],
)
def test_a_parquet_file_that_is_no_table_is_refused(content: bytes, error: type[Exception], bring: Bring) -> None:
    with pytest.raises(error):
        bring(content)


def test_damage_in_the_middle_of_a_parquet_file_is_refused_and_nothing_stays(bring: Bring, kept: Path) -> None:
    content = bytearray(parquet(pa.table({"x": np.arange(100_000) * 1.37})))
    content[1_000:5_000] = b"\xff" * 4_000
    with pytest.raises(BrokenParquet):
        bring(bytes(content))
    assert list(kept.parent.iterdir()) == []
