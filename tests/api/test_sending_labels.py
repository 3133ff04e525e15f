"""Labels from whatever they are in: taken piece by piece, good ones kept, bad ones listed with reason and place."""

import gzip
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.api.conftest import Api
from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import Refused
from watchkeeper.sdk.labels import Labels

COLUMNS = {"id": ["a", "b", "c"], "value": [1.5, 2.0, 3.0]}
TABLE = pa.table({**COLUMNS, "note": ["x", "y", "z"]})
ROWS = TABLE.select(["id", "value"]).to_pylist()


class Stream:
    """Something that speaks Arrow's C stream and nothing else."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        found: object = TABLE.__arrow_c_stream__(requested_schema)  # type: ignore[no-untyped-call]
        return found


def written(path: Path, text: str) -> Path:
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


def parquet(path: Path) -> Path:
    pq.write_table(TABLE, path)
    return path


FORMS: dict[str, Callable[[Path], Any]] = {
    "rows": lambda _: ROWS,
    "a generator": lambda _: (row for row in ROWS),
    "pandas": lambda _: TABLE.to_pandas(),
    "an Arrow table": lambda _: TABLE,
    "record batches": lambda _: TABLE.to_reader(max_chunksize=2),
    "an Arrow stream": lambda _: Stream(),
    "CSV": lambda root: written(root / "l.csv", "id,value\na,1.5\nb,2\nc,3.0\n"),
    "CSV of a spreadsheet": lambda root: written(
        root / "l.csv", "\ufeffnote;value;id\r\nx;1.5;a\r\ny;2;b\r\nz;3.0;c\r\n"
    ),
    "gzipped CSV": lambda root: written(root / "l.csv.gz", 'id,value\na,1.5\n"b",2\nc,3.0\n'),
    "Parquet": lambda root: parquet(root / "l.parquet"),
    "a path as text": lambda root: str(parquet(root / "l.pq")),
}


@pytest.fixture
def labels(api: Api) -> Labels:
    return Labels(api.client("administrator").projects._caller, "d1")


@pytest.mark.parametrize("form", FORMS)
def test_labels_are_taken_from_anything_that_holds_them(labels: Labels, tmp_path: Path, form: str) -> None:
    sent = labels.send(FORMS[form](tmp_path))
    assert (sent.received, sent.stored, sent.refused) == (3, 3, 0)
    assert {each.id: each.value for each in labels.list()} == dict(zip(*COLUMNS.values(), strict=True))


def test_one_label_alone_is_taken(labels: Labels) -> None:
    assert labels.send({"id": "a", "value": 3}).stored == 1


def test_half_a_file_that_is_bad_keeps_the_other_half_from_nothing(labels: Labels, tmp_path: Path) -> None:
    lines = [
        b"id,value",
        b"a,1",
        b"b,warm",
        b"c,",
        b",4",
        b"d",
        b"e,nan",
        b"f,6,and more",
        b"g\xff,7",
        b"a,2",
        b"h,1_0",
    ]
    path = tmp_path / "half.csv"
    path.write_bytes(b"\n".join(lines))
    sent = labels.send(path)
    assert (sent.received, sent.stored, sent.corrected, sent.refused) == (10, 3, 1, 7)
    assert [each.place for each in sent.reasons] == [1, 2, 3, 4, 5, 7, 9]
    assert all(each.reason for each in sent.reasons)
    assert {each.id: each.value for each in labels.list()} == {"a": 2.0, "f": 6.0}


def test_a_frame_of_mixed_values_is_taken_value_by_value(labels: Labels) -> None:
    values = [1, "2", None, float("nan"), float("inf"), "warm", pd.NaT, pd.NA, True, pd.Timestamp("2024-01-01")]
    frame = pd.DataFrame({"id": [f"row {n}" for n in range(len(values))], "value": pd.Series(values, dtype=object)})
    sent = labels.send(frame)
    assert (sent.stored, [each.place for each in sent.reasons]) == (2, list(range(2, 10)))


def test_an_id_that_is_a_number_is_refused_with_the_reason(labels: Labels) -> None:
    sent = labels.send(pd.DataFrame({"id": [7], "value": [1.0]}))
    assert "the id has to be a text" in sent.reasons[0].reason


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "directory"),
        ("*.csv", "pattern"),
        ("nothing.csv", "There is no file"),
        ("labels.xlsx", "neither a CSV"),
        ("bad.parquet", "no Parquet file"),
        ("other.csv", "no column id and no column value"),
    ],
)
def test_what_is_no_file_of_labels_is_refused_before_anything_is_sent(
    labels: Labels, tmp_path: Path, given: str, says: str
) -> None:
    for name in ("labels.xlsx", "bad.parquet"):
        written(tmp_path / name, "not really")
    written(tmp_path / "other.csv", "row,truth\na,1\n")
    with pytest.raises(Refused, match=says):
        labels.send(tmp_path / given)
    assert labels.status().rows == 0


@pytest.mark.parametrize("given", [7, b"id,value", TABLE.drop_columns(["id"]), pd.DataFrame({"id": ["a"]})])
def test_what_holds_no_labels_is_refused(labels: Labels, given: Any) -> None:
    with pytest.raises(Refused):
        labels.send(given)


@pytest.mark.parametrize("given", [[], iter(())])
def test_nothing_is_refused_by_the_server(labels: Labels, given: Any) -> None:
    with pytest.raises(Refused, match="1 to 100,000"):
        labels.send(given)


def receiving(received: list[int]) -> Labels:
    """A server that takes everything but what has no value."""

    def take(request: httpx2.Request) -> httpx2.Response:
        given = json.loads(request.content)["labels"]
        received.append(len(given))
        bad = [place for place, each in enumerate(given) if each["value"] is None]
        reasons = [{"place": place, "id": given[place]["id"], "reason": "there is no value"} for place in bad[:100]]
        counts = {"received": len(given), "stored": len(given) - len(bad), "repeated": 0, "corrected": 0}
        return httpx2.Response(200, json={**counts, "refused": len(bad), "reasons": reasons})

    return Labels(Caller("http://localhost", "wk_x", transport=httpx2.MockTransport(take)), "d1")


def test_a_generator_is_sent_in_pieces_and_never_drawn_ahead_of_them() -> None:
    received: list[int] = []
    ahead: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        for number in range(25_000):
            ahead.append(number - sum(received))
            yield {"id": f"row {number}", "value": None if number in {5, 10_007, 24_999} else 1.0}

    sent = receiving(received).send(rows())
    assert received == [10_000, 10_000, 5_000]
    assert max(ahead) < 10_000 + 1
    assert (sent.received, sent.stored, [each.place for each in sent.reasons]) == (25_000, 24_997, [5, 10_007, 24_999])


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_large_file_is_never_whole_in_memory(tmp_path: Path, kind: str) -> None:
    path, rows = tmp_path / f"large.{kind}", 150_000
    names = [f"a row with a rather long id that is its own {number:09}" for number in range(rows)]
    if kind == "parquet":
        pq.write_table(pa.table({"id": names, "value": [None] * rows}), path, compression="none", row_group_size=10_000)
    else:
        path.write_text("id,value\n" + "".join(f"{name},\n" for name in names))
    assert path.stat().st_size > 8e6
    del names
    received: list[int] = []
    tracemalloc.start()
    sent = receiving(received).send(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (sent.refused, len(sent.reasons)) == (rows, 1000)
    assert peak < 12e6
