from pathlib import Path

import pytest

from tests.unit.tables.conftest import Bring
from watchkeeper.errors import WatchkeeperError
from watchkeeper.tables.errors import (
    DuplicateColumns,
    EmptyFile,
    NoRows,
    NotText,
    RaggedRow,
    TooManyColumns,
    UnnamedColumn,
    UnreadableTable,
)


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"", EmptyFile, "is empty"),
        (b"\n\r\n\n", EmptyFile, "blank lines only"),
        (b"x,y\n", NoRows, "no row below"),
        (b"x,y", NoRows, "no row below"),
        (b"x,y\n\n\n", NoRows, "no row below"),
        (b"x,y,x\n1,2,3\n", DuplicateColumns, "'x'"),
        (b"x,,y\n1,2,3\n", UnnamedColumn, "Column 2"),
        (b",x\n0,1\n", UnnamedColumn, "index=False"),
        (b"x,y,\n1,2,\n", UnnamedColumn, "Column 3"),
        (",".join(f"c{n}" for n in range(5001)).encode() + b"\n", TooManyColumns, "5,001 columns"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", NotText, "'data.csv'.*binary"),
        ("x,y\n1,2\n".encode("utf-16"), NotText, "UTF-16"),
        ("x,y\n1,2\n".encode("utf-16-le"), NotText, "binary"),
        (b"x,y\n1,2\nM\xfcnchen,2\n", NotText, "Line 3"),
        (b'x,"y\n' + b"1,2\n" * 300_000, UnreadableTable, "column names"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(
    content: bytes, error: type[WatchkeeperError], says: str, bring: Bring, kept: Path
) -> None:
    with pytest.raises(error, match=says):
        bring(content)
    assert list(kept.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("x,y\n1,2\n1,2,3\n", "Line 3 has 3 fields.*names 2 columns"),
        ("x,y\n1\n", "Line 2 has 1 field,"),
        ('x,y\n"two\nlines",2\n\n1,2\n4,5,6\n', "Line 6 has 3 fields"),
        ('"x\n1",y\n1,2\n4,5,6\n', "Line 4 has 3 fields"),
        ("x,y\r\n1,2\r\n1,2,3\r\n", "Line 3 has 3 fields"),
        ('x,y\n1,2\n5" pipe,3,4\n', "Line 3 has 3 fields"),
        ("x,y\n" + "1,2\n" * 900_000 + "3\n", "Line 900,002 has 1 field"),
    ],
)
def test_a_row_of_another_width_is_named_by_its_line_in_the_file(
    content: str, says: str, bring: Bring, kept: Path
) -> None:
    with pytest.raises(RaggedRow, match=says):
        bring(content)
    assert list(kept.parent.iterdir()) == []


def test_bad_bytes_far_down_are_named_by_their_line(bring: Bring) -> None:
    with pytest.raises(NotText, match="Line 900,002"):
        bring(b"x,y\n" + b"1,2\n" * 900_000 + b"\xff,2\n")


@pytest.mark.parametrize("rest", ["", "4,5\n", "4,5\n" * 900_000])
def test_a_quote_that_is_left_open_is_found_and_swallows_nothing(rest: str, bring: Bring) -> None:
    with pytest.raises(UnreadableTable, match=r"begins on line 3.*left open"):
        bring(f'x,y\n1,2\n3,"open\n{rest}')


def test_a_row_that_is_longer_than_can_be_read_is_named(bring: Bring) -> None:
    with pytest.raises(UnreadableTable, match="begins on line 3"):
        bring(f"x,y\n1,2\n3,{'long' * 2**20}\n")


def test_a_refused_file_leaves_an_older_table_as_it_was(bring: Bring, kept: Path) -> None:
    before = bring("x,y\n1,2\n")
    with pytest.raises(RaggedRow):
        bring("x,y\n1,2,3\n")
    assert kept.stat().st_size == before.bytes
    assert list(kept.parent.iterdir()) == [kept]


def test_what_a_killed_import_left_does_no_harm(bring: Bring, kept: Path) -> None:
    kept.with_suffix(".partial").write_bytes(b"half a file")
    kept.with_suffix(".unpacked").write_bytes(b"half a text")
    assert bring("x,y\n1,2\n").rows == 1
    assert kept.read_bytes()[:4] == b"PAR1"
    assert not kept.with_suffix(".partial").exists()
