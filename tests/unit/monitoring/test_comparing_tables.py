"""Two tables compared without a server."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from watchkeeper.errors import Refused
from watchkeeper.monitoring import compare
from watchkeeper.monitoring.two_tables import errors
from watchkeeper.monitoring.two_tables.result import TableDrift


def table(seed: int, *, shift: float = 0.0, rows: int = 2_000) -> pa.Table:
    chance = np.random.default_rng(seed)
    holes = chance.random(rows) < 0.1
    return pa.table(
        {
            "size": chance.normal(shift, 1, rows),
            "count": chance.poisson(2, rows),
            "sort": chance.choice(["a", "b", "c"], rows, p=[0.5, 0.3, 0.2]),
            "flag": chance.random(rows) < 0.3,
            "holes": pa.array(np.where(holes, np.nan, chance.random(rows)), from_pandas=True),
            "name": [f"n{number}" for number in chance.integers(10**9, size=rows)],
            "seen": [
                datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=int(m)) for m in chance.integers(10**6, size=rows)
            ],
        }
    )


BEFORE, NOW, MOVED = table(1), table(2, rows=900), table(3, shift=0.6, rows=900)


def test_the_drifted_are_exactly_the_columns_whose_verdict_says_so() -> None:
    found = compare(BEFORE, MOVED)
    assert found.drifted == ("size",)
    assert [name for name, column in found.columns.items() if column.verdict == "drifted"] == ["size"]
    size = found.columns["size"]
    assert size.p_value < 1e-6
    assert size.effect.low < 0.35 < size.effect.high
    assert "location" in [reason.facet for reason in size.reasons]
    assert found.columns["name"].verdict == "not enough data"
    assert found.columns["sort"].verdict == "stable"
    assert compare(BEFORE, NOW).drifted == ()


def test_every_kind_of_table_gives_the_same_answer(tmp_path: Path) -> None:
    expected = compare(BEFORE, MOVED).to_arrow().to_pylist()
    pq.write_table(BEFORE, tmp_path / "before.parquet")
    pq.write_table(MOVED, tmp_path / "now.parquet")
    assert compare(tmp_path / "before.parquet", str(tmp_path / "now.parquet")).to_arrow().to_pylist() == expected
    assert compare(BEFORE.to_pandas(), MOVED.to_pandas()).to_arrow().to_pylist() == expected
    assert compare(Streamed(BEFORE), Streamed(MOVED)).to_arrow().to_pylist() == expected


class Streamed:
    """What polars and others give."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        held: Any = self._table
        return held.__arrow_c_stream__(requested_schema)


def test_measures_are_of_each_column_and_those_with_an_order_of_numbers_only() -> None:
    found = compare(BEFORE, MOVED)
    assert set(found.columns["size"].measures) == {
        "jensen_shannon",
        "psi",
        "kolmogorov_smirnov",
        "wasserstein",
        "chi_square",
        "total_variation",
    }
    assert found.columns["size"].measures["wasserstein"] == pytest.approx(0.6, abs=0.1)
    assert "wasserstein" not in found.columns["sort"].measures


def test_columns_that_only_one_has_are_named() -> None:
    found = compare(BEFORE.rename_columns(["gone", *BEFORE.column_names[1:]]), MOVED)
    assert (found.only_in_reference, found.only_in_current) == (("gone",), ("size",))
    assert "gone" not in found.columns


def test_columns_that_cannot_be_compared_are_left_out_with_a_reason() -> None:
    before = pa.table({"x": [1, 2], "nested": [[1], [2]], "turned": [1, 2]})
    found = compare(before, pa.table({"x": [1], "nested": [[1]], "turned": ["a"]}))
    assert set(found.left_out) == {"nested", "turned"}
    assert found.left_out["turned"] == "numbers in the reference, text in the current table"
    frame = pd.DataFrame({"x": [1, 2], "mixed": [1, "a"]})
    assert compare(frame, frame).left_out == {"mixed": "its values are of several types in the reference"}


def test_whole_numbers_beyond_64_bits_are_left_out_with_what_to_do() -> None:
    small = pd.DataFrame({"x": [1, 2], "big": [1, 2]})
    large = small.assign(big=pd.Series([2**70, -(2**70)], dtype=object))
    assert compare(small, large).left_out == {
        "big": "it has whole numbers beyond 64 bits in the current table; make them floats"
    }
    assert compare(large.astype({"big": float}), large.astype({"big": float})).left_out == {}


def test_a_column_that_was_and_is_missing_throughout_has_no_size_of_a_change() -> None:
    nothing = pa.table({"x": pa.nulls(300, pa.float64())})
    assert compare(nothing, nothing).columns["x"].sentence == (
        "No change is to be seen: no value is there, as none was before."
    )


def test_times_of_several_types_are_refused_as_no_times() -> None:
    frame = pd.DataFrame({"x": [1, 2], "when": pd.Series([datetime(2026, 1, 1), "soon"], dtype=object)})
    with pytest.raises(errors.NoTimes, match=r"of several types in the reference\. Turn it into timestamps"):
        compare(frame, frame, at="when")


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1.0] * 300),
        pa.nulls(300, pa.float64()),
        pa.nulls(300),
        pa.array(["a"] * 300),
        pa.array(["a"] * 300).dictionary_encode(),
        pa.array([str(number) for number in range(300)]),
        pa.array([True] * 300),
        pa.array([float("inf"), float("nan")] * 150),
        pa.array([datetime(2026, 1, 1)] * 300),
        pa.array([datetime(2026, 1, 1).date()] * 300),
        pa.array([timedelta(seconds=1)] * 300),
        pa.array(["words " * 40] * 300),
        pa.array([2**63 - 1, -(2**63)] * 150),
        pa.array(["ä"] * 300, pa.large_string()),
        pa.array(["ä", None] * 150, pa.string_view()),
        pa.array(["ä"] * 300, pa.large_string()).dictionary_encode(),
        pa.DictionaryArray.from_arrays(pa.array([0, None] * 150), pa.array(["ä"], pa.string_view())),
        pa.array([1, 2] * 150).dictionary_encode(),
        pa.array([Decimal("1.5")] * 300),
        pa.array([1.5] * 300, pa.float16()),
        pa.array([1] * 300, pa.uint64()),
    ],
    ids=lambda values: str(values.type),
)
def test_no_column_drifts_from_itself_and_every_one_has_a_verdict(values: "pa.Array[Any]") -> None:
    found = compare(pa.table({"x": values}), pa.table({"x": values}))
    assert found.columns["x"].verdict in {"stable", "not enough data"}
    found.to_html()
    few = compare(pa.table({"x": values}), pa.table({"x": values[:1]}))
    assert few.columns["x"].verdict == "not enough data"


def test_a_window_without_rows_says_how_many_would_be_enough() -> None:
    found = compare(BEFORE, BEFORE.slice(0, 0)).columns["size"]
    assert (found.verdict, found.judgement.rows_enough) == ("not enough data", 50)
    assert found.sentence == "0 rows cannot tell; 50 would be enough."


def test_common_values_between_quantiles_keep_bins_of_their_own() -> None:
    """Where quantiles merge a common value with its neighbours, this change hardly shows."""
    chance = np.random.default_rng(4)
    usual = np.where(chance.random(9_000) < 0.9, 0, chance.integers(1, 200, 9_000))
    changed = np.where(usual == 0, (chance.random(9_000) < 0.1).astype(int), usual)
    found = compare(pa.table({"x": usual}), pa.table({"x": changed})).columns["x"]
    assert found.verdict == "drifted"
    assert found.measures["psi"] > 0.08


def test_a_reference_of_a_million_levels_is_answered() -> None:
    names = pa.array(np.arange(1_000_000)).cast(pa.string())
    found = compare(pa.table({"x": names}), pa.table({"x": names[:1_000]}))
    assert found.columns["x"].verdict == "not enough data"


@pytest.mark.parametrize(
    ("reference", "current", "error"),
    [
        ([1, 2], BEFORE, errors.NoTable),
        (BEFORE, None, errors.NoTable),
        (pa.Table, BEFORE, errors.NoTable),
        (pd.DataFrame, BEFORE, errors.NoTable),
        ("nowhere.parquet", BEFORE, errors.NoParquet),
        (__file__, BEFORE, errors.NoParquet),
        (BEFORE.slice(0, 0), BEFORE, errors.EmptyReference),
        (BEFORE, pa.table({"other": [1]}), errors.NothingInCommon),
        (pa.table([[1], [2]], names=["x", "x"]), BEFORE, errors.ColumnTwice),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_to_do(reference: Any, current: Any, error: type[Refused]) -> None:
    with pytest.raises(error) as refused:
        compare(reference, current)
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize("alpha", [0, 1, -0.1, float("nan"), "x", "0.05", None, [0.05], True])
def test_alpha_is_a_chance(alpha: Any) -> None:
    with pytest.raises(errors.AlphaRefused, match="a number between 0 and 1"):
        compare(BEFORE, NOW, alpha=alpha)


def test_a_chance_in_words_is_told_as_that() -> None:
    with pytest.raises(errors.AlphaRefused, match=r"alpha is '0\.05', a str; it is a chance"):
        compare(BEFORE, NOW, alpha="0.05")  # type: ignore[arg-type] # which is what it is about


@pytest.mark.parametrize(
    "how",
    [
        {"baseline": "summer"},
        {"baseline": ["season"]},
        {"baseline": 1},
        {"baseline": "season"},
        {"holidays": ["2026-12-25"]},
        {"at": "when", "baseline": "whole", "holidays": ["2026-12-25"]},
        {"at": "when", "holidays": [20261225]},
        {"at": "when", "holidays": [None]},
        {"at": "when", "holidays": ["Christmas"]},
    ],
    ids=str,
)
def test_a_baseline_is_one_that_there_is_and_holidays_are_of_a_season(how: dict[str, Any]) -> None:
    days = pa.array([datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(24 * 400)])
    before = pa.table({"when": days, "size": [float(hour % 24) for hour in range(24 * 400)]})
    with pytest.raises(errors.BaselineRefused) as refused:
        compare(before, before.slice(0, 1_000), **how)
    assert refused.value.message.endswith(".")


def test_a_smaller_alpha_calls_fewer_columns() -> None:
    little = table(5, shift=0.15, rows=900)
    assert "size" in compare(BEFORE, little, alpha=0.5).drifted
    assert compare(BEFORE, little, alpha=1e-12).drifted == ()


def test_the_page_stands_alone_and_takes_names_for_what_they_are(tmp_path: Path) -> None:
    name = "<script>alert('x')</script>"
    before = BEFORE.rename_columns([name, *BEFORE.column_names[1:]])
    found = compare(before, MOVED.rename_columns(before.column_names))
    page, file = found.to_html(), tmp_path / "drift.html"
    assert found.to_html(file) == str(file)
    assert file.read_text(encoding="utf-8") == page
    assert "<script" not in page
    assert not re.search(r"(src|href)=.(?!#)|url\(|@import|https?://", page)
    assert page.count("<section class=") == 7
    assert "1 of 7 columns has drifted" in page


def test_a_chart_is_a_drawing_that_names_both_sides() -> None:
    found = compare(BEFORE, MOVED)
    drawing = found.chart()._repr_svg_()
    assert drawing.startswith("<svg class=")
    assert "size: shares of the reference" in drawing
    assert found.chart("sort").svg != found.chart().svg


def test_it_shows_itself_as_text_and_as_a_table() -> None:
    found: TableDrift = compare(BEFORE, MOVED)
    assert repr(found).splitlines()[0] == "1 of 7 columns has drifted: size."
    frame = found.to_pandas()
    assert frame.loc[0, "column"] == "size"
    assert len(frame) == 7
    assert found._repr_html_().count("<tr>") == 7


@pytest.mark.parametrize("at", [["when"], np.array(["when"]), 3])
def test_times_are_named_by_their_column(at: Any) -> None:
    frame = pa.table({"size": [1.0, 2.0], "when": [1, 2]})
    with pytest.raises(errors.NoTimes, match="it is the name of the column of times"):
        compare(frame, frame, at=at)


def test_a_column_that_is_none_is_refused_by_name_as_any_key_is() -> None:
    frame = pa.table({"size": [1.0, 2.0] * 50, "sort": [[1], [2]] * 50})
    found = compare(frame, frame)
    with pytest.raises(errors.NoColumn, match="Give one of its names, as 'size'"):
        found.columns["sizes"]
    with pytest.raises(KeyError, match="'sort' was not compared"):
        found.columns["sort"]
    assert found.columns.get("sizes") is None


def test_the_shares_that_are_missing_are_told() -> None:
    before = pa.table({"size": pa.array(np.arange(1_000.0), mask=np.arange(1_000) % 50 == 0)})
    now = pa.table({"size": pa.array(np.arange(1_000.0), mask=np.arange(1_000) % 4 == 0)})
    assert compare(before, now).columns["size"].sentence.startswith("25 % are missing instead of 2 %: size ")
