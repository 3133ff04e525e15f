"""One wrong date among the times costs neither the baseline, nor the verdict, nor the afternoon."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from watchkeeper.monitoring import compare
from watchkeeper.monitoring.drift.seasons.strata import strata_of
from watchkeeper.monitoring.drift.seasons.strays import strays
from watchkeeper.monitoring.drift.seasons.weeks import Weeks

HOUR = 3_600
BEGINS = int(datetime(2023, 1, 1, tzinfo=UTC).timestamp())
YEAR, MONTH, SPRING = 24 * 365, 24 * 31, 24 * 100


def table(begins: int, rows: int, *, seed: int, wrong: int | None = None) -> pa.Table:
    """Hourly rows from so many hours after the beginning on; the sixth one may have a wrong date."""
    at = BEGINS + HOUR * (begins + np.arange(rows))
    if wrong is not None:
        at[5] = int(datetime(wrong, 12, 31, tzinfo=UTC).timestamp())
    return pa.table({"at": pa.array(at, pa.timestamp("s")), "x": np.random.default_rng(seed).normal(size=rows)})


@pytest.mark.parametrize("year", [1970, 2200, 9999])
def test_a_wrong_date_in_either_table_changes_nothing_and_is_named(year: int) -> None:
    now = table(YEAR, MONTH, seed=2)
    without = compare(table(0, YEAR, seed=1), now, at="at")
    found = compare(table(0, YEAR, seed=1, wrong=year), now, at="at")
    assert found.baseline == without.baseline == "season"
    assert f"1 row of the reference lies far from all others in time ({year}-12-31)" in found.independence
    assert "from a single one" in found.independence
    visible = [each.columns["x"].judgement.smallest_visible for each in (found, without)]
    assert visible[0] == pytest.approx(visible[1], rel=0.02)

    found = compare(table(0, YEAR, seed=1), table(YEAR, MONTH, seed=2, wrong=year), at="at")
    assert f"1 row of the current table lies far from all others in time ({year}-12-31)" in found.independence
    assert found.columns["x"].verdict == without.columns["x"].verdict


def test_a_hundred_days_are_no_year_because_one_row_says_1990() -> None:
    now = table(SPRING, 24 * 7, seed=2)
    found = compare(table(0, SPRING, seed=1, wrong=1990), now, at="at")
    assert found.baseline == "whole"
    assert found.columns["x"].verdict == compare(table(0, SPRING, seed=1), now, at="at").columns["x"].verdict


def test_two_times_far_apart_are_both_kept() -> None:
    assert not strays(np.array([0, 1, 2, 3, 1_000, 1_001])).any()
    assert not strays(np.arange(60) * 365).any()
    assert strays(np.append(np.arange(100), 1_000)).tolist() == [False] * 100 + [True]
    assert strays(np.zeros(0, dtype=np.int64)).size == 0


def test_weeks_without_rows_are_not_counted_where_they_are_many() -> None:
    days = np.append(np.arange(364), 3_000_000)
    weeks, _ = Weeks.of(days, strata_of(days.astype("datetime64[D]")))
    assert len(weeks) < 120
    assert weeks.covered == 53


def test_a_fortnight_without_rows_is_part_of_the_year() -> None:
    days = np.append(np.arange(100), np.arange(114, 364))
    weeks, _ = Weeks.of(days, strata_of(days.astype("datetime64[D]")))
    assert weeks.covered == len(weeks) == 52
