import gzip
import io
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.unit.tables.conftest import Bring
from watchkeeper.tables.errors import BrokenArchive, EmptyFile, NotOneFile, TooLargeUnpacked, UnreadableTable
from watchkeeper.tables.reading.unpacking import most_unpacked

CSV = b"x,y\n1,a\n2,b\n"


def zipped(**files: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return sink.getvalue()


def parquet() -> bytes:
    import pyarrow as pa

    sink = io.BytesIO()
    pq.write_table(pa.table({"x": [1, 2], "y": ["a", "b"]}), sink)
    return sink.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        gzip.compress(CSV),
        gzip.compress(CSV[:7]) + gzip.compress(CSV[7:]),
        zipped(**{"data.csv": CSV}),
        zipped(**{"data/": b"", "data/a.csv": CSV, "__MACOSX/data/._a.csv": b"junk"}),
        parquet(),
        gzip.compress(parquet()),
    ],
    ids=range(7),  # the bytes tell the time, and each process of the tests has its own
)
def test_a_file_is_known_by_its_content_whatever_it_is_called(content: bytes, bring: Bring, kept: Path) -> None:
    assert bring(content, name="table.txt").rows == 2
    assert pq.read_table(kept).to_pylist() == [{"x": 1, "y": "a"}, {"x": 2, "y": "b"}]
    assert list(kept.parent.iterdir()) == [kept]


def test_an_archive_of_several_files_is_refused_with_their_names(bring: Bring) -> None:
    with pytest.raises(NotOneFile, match=r"2 files \('a.csv', 'b.csv'"):
        bring(zipped(**{"a.csv": CSV, "b.csv": CSV}))


def test_an_archive_of_no_file_is_refused(bring: Bring) -> None:
    with pytest.raises(NotOneFile, match="holds no file"):
        bring(zipped())


def test_a_workbook_is_told_to_be_saved_as_csv(bring: Bring) -> None:
    with pytest.raises(NotOneFile, match="Save the sheet as CSV"):
        bring(zipped(**{"[Content_Types].xml": b"x", "xl/workbook.xml": b"x"}), name="data.xlsx")


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(CSV * 1000)[:-20],
        gzip.compress(CSV)[:-8] + b"\0" * 8,
        gzip.compress(CSV) + b"more",
        zipped(**{"a.csv": CSV * 1000})[:60],
    ],
    ids=range(4),
)
def test_a_damaged_archive_is_refused_and_nothing_stays(content: bytes, bring: Bring, kept: Path) -> None:
    with pytest.raises((BrokenArchive, UnreadableTable)):
        bring(content)
    assert list(kept.parent.iterdir()) == []


def test_a_locked_archive_is_refused(bring: Bring) -> None:
    content = bytearray(zipped(**{"a.csv": CSV}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BrokenArchive, match="password"):
        bring(bytes(content))


def test_an_archive_that_holds_an_empty_file_is_refused(bring: Bring) -> None:
    with pytest.raises(EmptyFile, match="in the archive"):
        bring(gzip.compress(b""))


def test_an_archive_within_an_archive_is_refused(bring: Bring) -> None:
    with pytest.raises(UnreadableTable, match="archive within an archive"):
        bring(gzip.compress(gzip.compress(CSV)))


def test_a_bomb_is_refused_before_it_fills_the_disk(bring: Bring, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The least that is always taken is lowered, since a gigabyte takes seconds to unpack."""
    monkeypatch.setattr("watchkeeper.tables.reading.unpacking.ALWAYS_TAKEN", 2**20)
    with pytest.raises(TooLargeUnpacked, match="1,048,576 bytes"):
        bring(gzip.compress(b"x,y\n" + b"1,2\n" * 2**20))
    assert list(kept.parent.iterdir()) == []


def test_what_an_archive_may_hold_grows_with_its_size_up_to_a_bound() -> None:
    assert [most_unpacked(size) for size in (10, 10**8, 10**12)] == [2**30, 2 * 10**10, 10**11]
