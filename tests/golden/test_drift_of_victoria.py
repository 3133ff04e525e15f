"""Two years of Victoria's temperature and demand, month by month, against the year before."""

import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv

from watchkeeper.monitoring import compare
from watchkeeper.monitoring.two_tables.result import TableDrift

FILE = Path(os.environ.get("WATCHKEEPER_REAL_DATA", ""), "victoria_electricity.csv.gz")
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FILE.is_file(), reason="WATCHKEEPER_REAL_DATA names no directory with the demand"),
]
MONTHS = [f"{year}-{month:02}" for year in (2013, 2014) for month in range(1, 13)]


@cache
def read() -> tuple[pa.Table, frozenset[date]]:
    table = csv.read_csv(FILE)
    moments: Any = table.column("timestamp_utc").cast(pa.timestamp("us", "UTC"))
    moments = moments.cast(pa.timestamp("us", "Australia/Melbourne"))
    month = pc.strftime(pc.call_function("local_timestamp", [moments]), "%Y-%m")
    days: list[Any] = table.filter(table.column("Holiday")).column("Date").to_pylist()
    held = table.select(["Temperature", "Demand"])
    return held.append_column("when", moments).append_column("month", month), frozenset(days)


def of_months(*, warmer: float = 0.0, at: str | None = "when", months: list[str] = MONTHS) -> list[TableDrift]:
    table, holidays = read()
    reference = table.filter(pc.starts_with(table.column("month"), "2012")).drop_columns("month")
    found = []
    for month in months:
        window = table.filter(pc.call_function("equal", [table.column("month"), month])).drop_columns("month")
        moved = pc.call_function("add", [window.column("Temperature"), warmer])
        window = window.set_column(0, "Temperature", moved)
        sides = [side if at else side.drop_columns("when") for side in (reference, window)]
        found.append(compare(sides[0], sides[1], at=at, holidays=holidays))
    return found


def test_no_month_has_drifted_against_the_same_month_of_the_year_before() -> None:
    """At most four of 24 may; row by row, without times, all have."""
    found = of_months()
    assert [each.baseline for each in found] == ["season"] * 24
    assert [each.drifted for each in found] == [()] * 24
    by_row = of_months(at=None)
    assert [set(each.drifted) for each in by_row] == [{"Temperature", "Demand"}] * 24


def test_eight_degrees_more_are_found_in_twenty_two_months_and_more() -> None:
    found = of_months(warmer=8.0)
    assert sum("Temperature" in each.drifted for each in found) >= 22
    assert not any("Demand" in each.drifted for each in found)


def test_a_heat_wave_is_no_drift_of_its_month_and_its_share_out_of_range_is_told() -> None:
    """January 2014: 44 of 1,488 half-hours were hotter than any of 2012."""
    (found,) = of_months(months=["2014-01"])
    assert found.columns["Temperature"].verdict != "drifted"
    told = {notice.column: notice.share for notice in found.notices}
    assert told["Temperature"] == pytest.approx(44 / 1_488)
