"""What the values of a column mean when two tables are compared: whole numbers, and what has a unit."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from watchkeeper.monitoring import compare
from watchkeeper.monitoring.two_tables.errors import NoColumn
from watchkeeper.monitoring.two_tables.result import TableDrift

CHANCE = np.random.default_rng(21)
SECONDS = [int(each) for each in CHANCE.integers(0, 86_400, 2_000)]


def compared(before: Any, now: Any) -> TableDrift:
    return compare(pa.table({"x": before, "row": range(len(before))}), pa.table({"x": now, "row": range(len(now))}))


def test_codes_that_are_gone_are_seen_among_their_neighbours() -> None:
    before, now = CHANCE.integers(0, 20, 10_000), CHANCE.integers(0, 10, 10_000) * 2
    found = compared(before, now).columns["x"]
    assert found.verdict == "drifted"
    assert found.measures["total_variation"] == pytest.approx(0.5, abs=0.02)
    as_text = compared(before.astype(str), now.astype(str)).columns["x"]
    assert found.effect.estimate == pytest.approx(as_text.effect.estimate, rel=0.01)


def test_codes_that_the_reference_never_held_are_seen_between_those_it_did() -> None:
    before, now = CHANCE.integers(0, 10, 5_000) * 2, CHANCE.integers(0, 10, 5_000) * 2
    assert compared(before, now).columns["x"].verdict == "stable"
    found = compared(before, np.where(CHANCE.random(5_000) < 0.1, now + 1, now).clip(0, 18)).columns["x"]
    assert found.verdict == "drifted"
    shares = dict(zip(found.labels, found.current, strict=True))
    assert shares["values between"] == pytest.approx(0.09, abs=0.02)


def test_whole_numbers_that_floats_do_not_hold_are_not_rounded_into_each_other() -> None:
    codes, shares = 1_700_000_000_000_000_000 + np.array([1, 2, 3, 4]), [0.9, 0.05, 0.03, 0.02]
    before, now = CHANCE.choice(codes, 2_000, p=shares), CHANCE.choice(codes, 2_000, p=shares[::-1])
    found = compared(before, now)
    assert found.drifted == ("x",)
    assert found.columns["x"].measures["total_variation"] == pytest.approx(0.88, abs=0.03)
    assert found.columns["x"].measures["wasserstein"] > 1
    assert {str(code) for code in codes} <= {*found.columns["x"].labels}


def test_large_whole_numbers_are_no_sensor_that_is_stuck() -> None:
    before = 2**62 + CHANCE.integers(0, 1_000, 2_000)
    found = compared(before, before + 500)
    assert found.drifted == ("x",)
    assert "stuck sensor" not in [fault.name for fault in found.faults]
    assert (
        f"above {before.max():,}, the reference's highest (up to {before.max() + 500:,})" in found.notices[0].sentence
    )


@pytest.mark.parametrize(
    ("before", "now", "larger"),
    [
        (pa.duration("s"), pa.duration("ns"), 10**9),
        (pa.duration("ms"), pa.duration("s"), 1e-3),
        (pa.time32("s"), pa.time64("us"), 10**6),
        (pa.time64("ns"), pa.time32("ms"), 1e-6),
    ],
)
def test_durations_and_times_of_day_are_compared_in_one_unit(before: Any, now: Any, larger: float) -> None:
    ticks = [each * (1 if larger > 1 else round(1 / larger)) for each in SECONDS]
    was = pa.array(ticks, before)
    is_ = pa.array([round(each * larger) for each in ticks], now)
    found = compared(was, is_)
    assert found.columns["x"].verdict == "stable"
    assert found.columns["x"].measures["psi"] == 0
    assert "stuck sensor" not in [fault.name for fault in found.faults]


def test_what_is_said_of_durations_has_a_unit() -> None:
    before = pa.array([30, 60, 90, 120] * 250, pa.duration("s"))
    found = compared(before, pa.array([60_000, 120_000, 180_000, 240_000] * 250, pa.duration("ms")))
    assert "lie above 120 s, the reference's highest (up to 240 s)" in found.notices[0].sentence
    assert "30 s went from 25 % to 0 % of the rows" in found.causes[0].sentence
    assert "60 s" in found.columns["x"].labels


@pytest.mark.parametrize(
    ("type_", "words"), [(pa.duration("s"), "durations"), (pa.time32("s"), "times of day"), (pa.string(), "text")]
)
def test_durations_times_of_day_and_numbers_are_not_compared_with_each_other(type_: Any, words: str) -> None:
    other = pa.array(list(map(str, SECONDS)) if type_ == pa.string() else SECONDS, type_)
    assert compared(other, SECONDS).left_out == {"x": f"{words} in the reference, numbers in the current table"}


def levels(rows: int, of: int) -> Any:
    return CHANCE.integers(0, of, rows).astype(str)


@pytest.mark.parametrize(("of", "before", "now"), [(1_000, 50_000, 50_000), (300, 10_000, 2_000)])
def test_half_of_many_levels_that_vanish_are_no_small_change(of: int, before: int, now: int) -> None:
    found = compared(levels(before, of), levels(now, of // 2)).columns["x"]
    assert found.verdict == "drifted"
    assert found.effect.low > 0.02
    assert found.measures["total_variation"] > 0.1
    assert found.labels[-3:] == ("other", "new", "missing")


@pytest.mark.parametrize(("of", "before", "now"), [(1_000, 50_000, 50_000), (300, 10_000, 2_000), (500, 3_000, 3_000)])
def test_many_levels_that_stay_are_stable_and_of_no_size(of: int, before: int, now: int) -> None:
    found = compared(levels(before, of), levels(now, of)).columns["x"]
    assert found.verdict != "drifted"
    assert found.effect.low < 0.02


def test_few_long_texts_are_levels_however_long() -> None:
    texts = np.array(["a" * 70, "b" * 70, "c" * 70])
    was, are = (CHANCE.choice(texts, 2_000, p=shares) for shares in ([0.9, 0.05, 0.05], [0.05, 0.05, 0.9]))
    found = compared(was, are).columns["x"]
    assert (found.kind, found.verdict) == ("categorical", "drifted")


def test_text_is_long_by_its_characters_and_not_its_bytes() -> None:
    texts = ["電力需要予測電力需要予測電力需要予測電力需要" + str(each) for each in CHANCE.integers(0, 100, 2_000)]
    assert compared(texts, texts).columns["x"].kind == "categorical"


def test_what_is_compared_by_its_length_says_so() -> None:
    texts = ["word " * 20 + str(each) for each in range(2_000)]
    found = compared(texts, texts[:500]).columns["x"]
    assert found.kind == "text"
    assert found.sentence.startswith("By its length: ")


DAYS = np.arange("1950-01-01", "1963-01-01", dtype="datetime64[D]")
BORN = CHANCE.choice(DAYS, 2_000)


@pytest.mark.parametrize("type_", [pa.date32(), pa.date64(), pa.timestamp("us"), pa.timestamp("s", "UTC")])
def test_dates_are_compared_by_day(type_: Any) -> None:
    was = pa.array(BORN, pa.date32()).cast(type_)
    later = pa.array(BORN + 20_000, pa.date32()).cast(type_)
    found = compared(was, later).columns["x"]
    assert found.verdict == "drifted"
    assert found.labels[0].startswith("up to 195")
    again = pa.array(CHANCE.choice(DAYS, 2_000), pa.date32()).cast(type_)
    assert compared(was, again).columns["x"].verdict == "stable"


def test_a_date_and_a_moment_are_compared_by_day() -> None:
    moments = pa.array(BORN.astype("datetime64[us]") + CHANCE.integers(0, 86_400_000_000, 2_000).astype("m8[us]"))
    dates = pa.array(BORN, pa.date32())
    for before, now in ((dates, moments), (moments, dates)):
        found = compared(before, now).columns["x"]
        assert found.measures["psi"] == 0
        assert found.verdict == "stable"


@pytest.mark.parametrize("type_", [pa.binary(), pa.binary_view(), pa.large_binary()])
def test_what_has_no_plain_values_is_left_out_with_its_reason(type_: Any) -> None:
    values = pa.array([b"a"] * 2_000, type_)
    assert "is no plain value a row" in compared(values, values).left_out["x"]


def test_runs_are_left_out_with_their_reason() -> None:
    runs: Any = pa.RunEndEncodedArray.from_arrays(pa.array([2_000], pa.int32()), pa.array([1.0]))
    assert "is no plain value a row" in compared(runs, runs).left_out["x"]


def test_a_column_that_was_not_compared_is_said_not_to_be_with_names_that_are_near() -> None:
    found = compared(SECONDS, SECONDS)
    with pytest.raises(NoColumn, match=r"no column 'rows'.*'row'"):
        found.chart("rows")


def test_a_long_name_leaves_the_lines_short() -> None:
    long = {"n" * 300: SECONDS, "n" * 299 + "m": SECONDS, "x": SECONDS}
    told = repr(compare(pa.table(long), pa.table(long)))
    assert max(map(len, told.splitlines())) < 200
    assert len({line.partition(" ")[0] for line in told.splitlines()}) == 4


def test_numbers_near_the_end_of_the_scale_have_all_their_measures() -> None:
    before = CHANCE.normal(size=2_000)
    found = compared(before * 1e300, before * -1.5e300).columns["x"]
    assert found.measures["wasserstein"] == pytest.approx(
        compared(before, before * -1.5).columns["x"].measures["wasserstein"]
    )
