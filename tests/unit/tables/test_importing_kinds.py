from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.tables.conftest import Bring
from watchkeeper.tables.column import Kind
from watchkeeper.tables.kinds import is_called_like_an_id


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", " 3 ", "+4"], Kind.INTEGER),
        (["9223372036854775807"], Kind.INTEGER),
        (["0", "1", "1"], Kind.INTEGER),
        (["07", "12"], Kind.INTEGER),
        (["1.0", "2"], Kind.NUMERIC),
        (["1e3", "-.5", "+2.5"], Kind.NUMERIC),
        (["1.5", "9223372036854775808"], Kind.NUMERIC),
        (["inf", "1"], Kind.NUMERIC),
        (["", "NA"], Kind.NUMERIC),
        (["true", "FALSE", "True"], Kind.BOOLEAN),
        (["2024-02-29", "2024-03-01T12:00", "2024-03-01 12:00:00.5Z"], Kind.TIMESTAMP),
        (["yes", "no"], Kind.CATEGORICAL),
        (["9223372036854775808", "1"], Kind.CATEGORICAL),
        (["02139", "10001"], Kind.CATEGORICAL),
        (["0x1f", "0x2e"], Kind.CATEGORICAL),
        (["2024-02-30", "2024-03-01"], Kind.CATEGORICAL),
        (["true", "1"], Kind.CATEGORICAL),
        (["1", "2024-03-01"], Kind.CATEGORICAL),
        (["0000-01-01"], Kind.CATEGORICAL),
    ],
)
def test_a_column_is_of_the_narrowest_kind_that_takes_all_its_values(
    values: list[str], kind: Kind, bring: Bring
) -> None:
    assert bring("x,y\n" + "".join(f"{value},0\n" for value in values)).schema.columns[0].kind is kind


def test_kinds_are_kept_in_the_arrow_types_that_the_schema_promises(bring: Bring, kept: Path) -> None:
    bring("n,i,b,t,c\n1.5,1,true,2024-01-01,x\n")
    assert pq.read_schema(kept).types == [
        pa.float64(),
        pa.int64(),
        pa.bool_(),
        pa.timestamp("us", "UTC"),
        pa.string(),
    ]


def test_one_word_in_the_last_of_many_rows_makes_the_column_text(bring: Bring, kept: Path) -> None:
    count = 400_000
    imported = bring("x,y\n" + "".join(f"{row}.5,1\n" for row in range(count)) + "unknown,1\n")
    assert imported.schema.columns[0].kind is Kind.TEXT
    assert pq.read_table(kept)["x"][0].as_py() == "0.5"
    assert pq.read_table(kept)["x"][count].as_py() == "unknown"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2012-01-01T00:00:00+1100", datetime(2011, 12, 31, 13, tzinfo=UTC)),
        ("2012-01-01 00:30:00+11:00", datetime(2011, 12, 31, 13, 30, tzinfo=UTC)),
        ("2012-01-01T00:00:00-03", datetime(2012, 1, 1, 3, tzinfo=UTC)),
        ("2012-01-01T00:00:00Z", datetime(2012, 1, 1, tzinfo=UTC)),
        ("2012-01-01T00:00:00", datetime(2012, 1, 1, tzinfo=UTC)),
        ("2012-01-01", datetime(2012, 1, 1, tzinfo=UTC)),
        ("2012-01-01T00:00:00.1234567Z", datetime(2012, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)),
        (" 2012-01-01T06:07 ", datetime(2012, 1, 1, 6, 7, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_whatever_its_neighbours_look_like(
    written: str, moment: datetime, bring: Bring, kept: Path
) -> None:
    bring(f"at,x\n{written},0\n2020-05-05T00:00:00Z,0\n2020-05-05,0\n")
    assert pq.read_table(kept)["at"][0].as_py() == moment
    assert pq.read_table(kept)["at"][2].as_py() == datetime(2020, 5, 5, tzinfo=UTC)


def test_large_whole_numbers_keep_every_digit(bring: Bring, kept: Path) -> None:
    bring("x,y\n9007199254740993,12345678901234567891\n")
    assert pq.read_table(kept).to_pylist() == [{"x": 9007199254740993, "y": "12345678901234567891"}]


def test_integers_called_like_an_id_are_identifiers_only_where_none_comes_twice(bring: Bring, kept: Path) -> None:
    imported = bring("id,customer_id,count\n1,5,3\n2,5,4\n3,6,5\n")
    assert [column.kind for column in imported.schema.columns] == [Kind.IDENTIFIER, Kind.INTEGER, Kind.INTEGER]
    assert pq.read_table(kept)["id"].to_pylist() == ["1", "2", "3"]


def test_a_measurement_with_a_new_value_in_each_row_is_no_identifier(bring: Bring) -> None:
    imported = bring("load,meter\n" + "".join(f"{row * 1.37:.2f},{row * 7}\n" for row in range(300)))
    assert [column.kind for column in imported.schema.columns] == [Kind.NUMERIC, Kind.INTEGER]


def test_text_is_levels_identifiers_or_free_text_by_how_it_repeats(bring: Bring) -> None:
    lines = [f"town {row % 40},s{row % 100},f-{row:05},{'word ' * 20}{row},Smith {row}" for row in range(600)]
    imported = bring("town,station,file,review,name\n" + "\n".join(lines))
    assert [column.kind for column in imported.schema.columns] == [
        Kind.CATEGORICAL,
        Kind.CATEGORICAL,
        Kind.IDENTIFIER,
        Kind.TEXT,
        Kind.TEXT,
    ]


def test_a_few_rows_with_a_word_each_are_levels(bring: Bring) -> None:
    assert bring("town,x\nMetz,1\nLyon,2\n").schema.columns[0].kind is Kind.CATEGORICAL


@pytest.mark.parametrize("name", ["id", "ID", "uuid", "customer_id", "orderId", "PassengerID", "Order ID", "order-id"])
def test_names_that_say_id(name: str) -> None:
    assert is_called_like_an_id(name)


@pytest.mark.parametrize("name", ["paid", "width", "index", "Grid", "idle", "bid", "COVID", "number"])
def test_names_that_only_end_alike(name: str) -> None:
    assert not is_called_like_an_id(name)
