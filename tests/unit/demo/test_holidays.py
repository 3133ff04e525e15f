"""The public holidays of Victoria."""

from datetime import date

import pytest

from watchkeeper.demo.holidays import easter_sunday, holidays


@pytest.mark.parametrize(
    "easter",
    # The extremes, and years around ours: Astronomical Society of South Australia, Easter Dates 1700 to 2299.
    ["1818-03-22", "1943-04-25", "2000-04-23", "2021-04-04", "2022-04-17", "2023-04-09", "2024-03-31", "2038-04-25"],
)
def test_easter_is_where_the_almanac_has_it(easter: str) -> None:
    assert easter_sunday(int(easter[:4])) == date.fromisoformat(easter)


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2021, "01-01 01-26 03-08 04-02 04-05 04-25 06-14 11-02 12-25 12-26 12-27 12-28"),
        (2022, "01-01 01-03 01-26 03-14 04-15 04-18 04-25 06-13 11-01 12-25 12-26 12-27"),
        (2023, "01-01 01-02 01-26 03-13 04-07 04-10 04-25 06-12 11-07 12-25 12-26"),
    ],
)
def test_the_holidays_of_a_year_are_those_that_were_kept(year: int, days: str) -> None:
    assert [f"{day:%m-%d}" for day in holidays(year)] == days.split()
    assert {day.year for day in holidays(year)} == {year}
