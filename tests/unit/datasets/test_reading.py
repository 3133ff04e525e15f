import math
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from watchkeeper.datasets.errors import DatasetBroken
from watchkeeper.datasets.reading import check_readable, csv_chunks, preview
from watchkeeper.tables.importing import import_table

TABLE = pa.table(
    {
        "at": pa.array([datetime(2024, 1, 1, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
        "load": [1.5, math.inf],
        "holiday": [True, None],
        "note": ['a "quoted", word', "two\nlines"],
    }
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    pq.write_table(TABLE, tmp_path / "table.parquet", row_group_size=1)
    return tmp_path / "table.parquet"


def test_a_preview_shows_the_first_rows_as_json_values(table: Path) -> None:
    assert preview(table, rows=5) == (
        ["at", "load", "holiday", "note"],
        [["2024-01-01T00:00:00Z", 1.5, True, 'a "quoted", word'], [None, None, None, "two\nlines"]],
    )


@pytest.mark.parametrize("content", [None, b"", b"PAR1 and no more"])
def test_a_kept_file_that_is_gone_or_damaged_has_a_named_error(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    if content is not None:
        path.write_bytes(content)
    for read in (lambda: preview(path, rows=1), lambda: next(csv_chunks(path)), lambda: check_readable(path)):
        with pytest.raises(DatasetBroken, match="gone or can't be read"):
            read()


@pytest.mark.parametrize(("rows", "shown"), [(0, 0), (1, 1), (2, 2)])
def test_a_preview_is_as_long_as_is_asked(rows: int, shown: int, table: Path) -> None:
    assert len(preview(table, rows=rows)[1]) == shown


def test_a_downloaded_csv_can_be_brought_in_again_as_the_same_table(table: Path, tmp_path: Path) -> None:
    sent, kept = tmp_path / "sent.csv", tmp_path / "kept.parquet"
    chunks = list(csv_chunks(table))
    sent.write_bytes(b"".join(chunks))
    import_table(sent, kept, name="sent.csv", progress=lambda _: None)
    assert len(chunks) == 3
    assert pq.read_table(kept).to_pydict() == TABLE.to_pydict()
