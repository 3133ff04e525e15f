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
        "truth": CHANCE.random(ROWS) < 0.5,
        "moment": pd.Timestamp("2025-01-01") + pd.to_timedelta(CHANCE.integers(0, 10**6, ROWS), unit="s"),
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
