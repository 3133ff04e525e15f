"""What the values of a column mean when two tables are compared: whole numbers, and what has a unit."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from watchkeeper.monitoring import compare
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
