"""Clocks and calendars of a place."""

from datetime import UTC, datetime

import numpy as np

from tests.unit.learning.conftest import microseconds
from watchkeeper.learning.local_time import calendar, zone


def shown(place: str, *moments: datetime) -> list[list[int]]:
    """[half-hour, weekday, day of year, month] a moment."""
    found: list[list[int]] = calendar(zone(place).local(np.array(microseconds(moments)))).T.tolist()
    return found


def test_an_hour_is_left_out_when_summer_time_begins() -> None:
    """In Melbourne on 7 October 2012, two o'clock was three."""
    before, after = datetime(2012, 10, 6, 15, 59, tzinfo=UTC), datetime(2012, 10, 6, 16, 0, tzinfo=UTC)
    assert shown("Australia/Melbourne", before, after) == [[3, 6, 281, 10], [6, 6, 281, 10]]


def test_an_hour_comes_twice_when_summer_time_ends() -> None:
    """In Melbourne on 1 April 2012, three o'clock was two."""
    before, after = datetime(2012, 3, 31, 15, 59, tzinfo=UTC), datetime(2012, 3, 31, 16, 0, tzinfo=UTC)
    assert shown("Australia/Melbourne", before, after) == [[5, 6, 92, 4], [4, 6, 92, 4]]


def test_an_offset_need_not_be_a_whole_hour() -> None:
    assert shown("Asia/Kathmandu", datetime(2020, 2, 28, 18, 15, tzinfo=UTC)) == [[0, 5, 60, 2]]


def test_a_leap_year_has_one_more_day() -> None:
    last = datetime(2020, 12, 31, 12, tzinfo=UTC), datetime(2021, 12, 31, 12, tzinfo=UTC)
    assert shown("UTC", *last) == [[24, 3, 366, 12], [24, 4, 365, 12]]


def test_moments_beyond_the_table_are_read_as_its_ends() -> None:
    far = datetime(1700, 6, 1, tzinfo=UTC), datetime(2500, 6, 1, tzinfo=UTC)
    assert [month for _, _, _, month in shown("UTC", *far)] == [1, 12]
