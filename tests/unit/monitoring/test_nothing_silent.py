"""Of two tables that are compared nothing goes unsaid: columns without a value, of other values, or in one alone."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from watchkeeper.monitoring import compare
from watchkeeper.monitoring.two_tables.errors import NoParquet

CHANCE = np.random.default_rng(8)
ROWS = 1_000
BEFORE = pd.DataFrame(
    {
        "number": CHANCE.normal(size=ROWS),
        "code": CHANCE.integers(0, 9, ROWS),
        "level": CHANCE.choice([*"abc"], ROWS),
        "category": pd.Categorical(CHANCE.choice([*"abc"], ROWS)),
        "truth": CHANCE.random(ROWS) < 0.5,
        "moment": pd.Timestamp("2025-01-01") + pd.to_timedelta(CHANCE.integers(0, 10**6, ROWS), unit="s"),
        "span": pd.to_timedelta(CHANCE.integers(0, 900, ROWS), unit="s"),
        "text": ["a long text, " * 9 + str(n) for n in range(ROWS)],
    }
)
WITHOUT = {
    "numbers that are none": np.full(ROWS, np.nan),
    "None": [None] * ROWS,
    "NaT": [pd.NaT] * ROWS,
    "text": pd.array([None] * ROWS, dtype="string"),
}


@pytest.mark.parametrize("nothing", WITHOUT.values(), ids=WITHOUT)
@pytest.mark.parametrize("name", BEFORE.columns)
def test_a_column_without_a_value_is_missing_throughout_on_either_side(name: str, nothing: Any) -> None:
    gone = BEFORE.assign(**{name: nothing})
    for found, shares in ((compare(BEFORE, gone), (0.0, 1.0)), (compare(gone, BEFORE), (1.0, 0.0))):
        assert found.left_out == {}
        assert found.drifted == (name,)
        column = found.columns[name]
        assert (column.reference[-1], column.current[-1]) == shares
        assert "100 % are missing" in column.sentence or "missing instead of 100 %" in column.sentence


@pytest.mark.parametrize("baseline", ["whole", "season"])
def test_it_is_so_where_rows_have_times(baseline: str) -> None:
    before = BEFORE.assign(at=pd.Timestamp("2024-01-01") + pd.to_timedelta(9 * np.arange(ROWS), unit="h"))
    found = compare(before, before.assign(level=np.nan, truth=pd.NaT), at="at", baseline=baseline)
    assert (found.left_out, {*found.drifted}) == ({}, {"level", "truth"})


def test_so_is_one_that_went_through_a_file_without_a_value() -> None:
    levels = BEFORE[["number", "level"]]
    read = pd.read_csv(io.StringIO(levels.assign(level=None).to_csv(index=False)))
    assert compare(levels, read).drifted == ("level",)


def test_a_column_of_infinities_holds_numbers() -> None:
    levels = BEFORE[["number", "level"]]
    found = compare(levels, levels.assign(level=np.inf))
    assert found.left_out == {"level": "text in the reference, numbers in the current table"}


def test_what_could_not_be_compared_is_said_beside_the_verdict() -> None:
    now = BEFORE.drop(columns="code").assign(number=[1, "n/a"] * (ROWS // 2), extra=1)
    found = compare(BEFORE, now)
    said = (
        "Not compared (1): number (its values are of several types in the current table).",
        "Only in the reference (1): code.",
        "Only in the current table (1): extra.",
    )
    assert found.missed == said
    assert repr(found).splitlines()[1:4] == [*said]
    assert all(line in found._repr_html_() for line in said)
    page = found.to_html()
    assert '<a href="#not-compared">3 columns were not compared.</a>' in page
    assert 'id="not-compared"' in page
    assert "not-compared" not in compare(BEFORE, BEFORE).to_html()


def test_many_of_them_are_counted() -> None:
    wide = BEFORE[["number"]].assign(**{f"more {n}": 1 for n in range(9)})
    (said,) = compare(BEFORE[["number"]], wide).missed
    assert said == "Only in the current table (9): more 0, more 1, more 2, more 3, more 4, 4 more."


@pytest.mark.parametrize("first", [4, 400, 2_000])
def test_a_file_whose_pages_are_damaged_is_named_with_the_column(tmp_path: Path, first: int) -> None:
    path = tmp_path / "now.parquet"
    pq.write_table(pa.table({"number": BEFORE["number"], "text": BEFORE["text"]}), path, compression="gzip")
    pages = bytearray(path.read_bytes())
    pages[first : first + 400] = bytes(400)
    path.write_bytes(pages)
    with pytest.raises(NoParquet, match=r"The column 'number' of '.*now.parquet' can't be read: .*damaged") as refused:
        compare(BEFORE[["number", "text"]], path)
    assert "\n" not in str(refused.value)


def test_nearly_all_is_not_all() -> None:
    now = BEFORE[["number"]].assign(number=[*[np.nan] * (ROWS - 1), 0.0])
    assert "99.9 % are missing instead of 0 %" in compare(BEFORE[["number"]], now).columns["number"].sentence


def test_what_is_visible_and_how_many_rows_are_enough_stands_with_a_column() -> None:
    found = compare(BEFORE[["number"]], BEFORE[["number"]].head(20)).columns["number"]
    assert (found.smallest_visible, found.rows_enough) == (
        found.judgement.smallest_visible,
        found.judgement.rows_enough,
    )
    assert found.rows_enough == 50


def test_a_share_of_the_rows_that_were_looked_at_is_told_as_that() -> None:
    def missing(rows: int) -> str:
        numbers = CHANCE.normal(size=rows)
        return (
            compare(pd.DataFrame({"x": numbers}), pd.DataFrame({"x": np.where(numbers < 0.3, np.nan, numbers)}))
            .faults[0]
            .sentence
        )

    assert missing(50_000).endswith("; nothing tells why. 4,000 of 50,000 rows were looked at.")
    assert missing(3_000).endswith("; nothing tells why.")


def test_sparse_columns_are_compared_as_dense_ones_are() -> None:
    dense = BEFORE[["code"]]
    sparse = dense.astype(pd.SparseDtype("int64", 0))
    assert compare(dense, sparse).columns["code"].current == compare(dense, dense).columns["code"].current


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.full(ROWS, 1j), "its values are of the type complex in the current table, which can't be compared"),
        ([1, "a"] * (ROWS // 2), "its values are of several types in the current table"),
        (
            pd.Series(["\ud800"] * ROWS, dtype=object),
            "it has text that is no Unicode in the current table; decode it anew",
        ),
    ],
    ids=["complex", "several", "no Unicode"],
)
def test_why_a_column_was_not_compared_is_true_of_it(values: Any, said: str) -> None:
    found = compare(BEFORE[["number", "code"]], BEFORE[["number"]].assign(code=values))
    assert found.left_out == {"code": said}


@pytest.mark.parametrize("of", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())], ids=str)
def test_bytes_that_are_no_text_leave_their_column_out(tmp_path: Path, of: Any) -> None:
    words: Any = pa.Array.from_buffers(pa.string(), 2, pa.array([b"a", b"\xc3a"]).buffers())
    levels = pa.DictionaryArray.from_arrays(pa.array([0, 1] * 50, pa.int32()), words)
    column = levels if pa.types.is_dictionary(of) else levels.cast(pa.string()).cast(of)
    broken = pa.table({"code": range(100), "level": column})
    sound = pa.table({"code": range(100), "level": ["a", "b"] * 50})
    pq.write_table(broken, tmp_path / "now.parquet")
    reason = "it has text that is no Unicode in the current table; decode it anew"
    for now in (broken, tmp_path / "now.parquet"):
        assert compare(sound, now).left_out == {"level": reason}


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (ROWS, " No row of the current table has a value in 'when'."),
        (7, " 7 rows have no value in 'when' in the current table."),
        (1, " 1 row has no value in 'when' in the current table."),
    ],
)
def test_rows_without_a_time_are_told(missing: int, said: str) -> None:
    before = BEFORE[["number"]].assign(when=pd.Timestamp("2024-01-01") + pd.to_timedelta(9 * np.arange(ROWS), unit="h"))
    now = before.assign(when=before["when"].where(np.arange(ROWS) >= missing))
    assert compare(before, now, at="when", baseline="whole").independence.endswith(said)
    assert "no value" not in compare(before, before, at="when").independence


def test_numbers_at_the_end_of_the_scale_are_written_short_and_warn_of_nothing() -> None:
    now = BEFORE[["number"]].assign(number=BEFORE["number"].where(np.arange(ROWS) % 9 > 0, 1e308))
    found = compare(BEFORE[["number"]], now)
    assert "(up to 1e+308)" in found.notices[0].sentence
    assert max(map(len, str(found).splitlines())) < 300
    assert compare(now, BEFORE[["number"]].assign(number=-1e308)).drifted == ("number",)


def test_numbers_of_which_the_first_are_none_are_not_missing_throughout() -> None:
    late = BEFORE[["number"]].assign(number=np.where(np.arange(ROWS) < 100, np.nan, BEFORE["number"]))
    found = compare(BEFORE[["number"]], late).columns["number"]
    assert found.current[-1] == pytest.approx(0.1)
