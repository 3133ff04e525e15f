from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.days import PeriodRefused, day_of, days_between, outside, period

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def test_a_day_is_a_day_of_the_time_zone() -> None:
    late = datetime(2013, 1, 1, 13, 30, tzinfo=UTC)
    assert day_of(microseconds(late), "Australia/Melbourne") == "2013-01-02"
    assert day_of(microseconds(late), "UTC") == "2013-01-01"
    assert day_of(microseconds(datetime(2013, 1, 1, 18, 29, tzinfo=UTC)), "Asia/Kolkata") == "2013-01-01"
    assert day_of(microseconds(datetime(2013, 1, 1, 18, 30, tzinfo=UTC)), "Asia/Kolkata") == "2013-01-02"


@given(
    st.datetimes(datetime(1975, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(["Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Europe/Paris"]),
)
def test_the_day_agrees_with_the_calendar_for_every_moment(moment: datetime, zone: str) -> None:
    aware = moment.replace(tzinfo=UTC, microsecond=0)
    assert day_of(microseconds(aware), zone) == aware.astimezone(ZoneInfo(zone)).date().isoformat()


def test_days_count_back_from_the_newest_day_with_rows() -> None:
    span = ("2013-01-01", "2014-12-31")

    def asked(days: int | None, span: tuple[str, str] | None) -> tuple[str, str]:
        return period(days=days, start=None, end=None, span=span, now=NOW, zone="UTC")

    assert asked(30, span) == ("2014-12-02", "2014-12-31")
    assert asked(36_600, span) == span
    assert asked(2, ("2026-02-01", "2199-12-30")) == ("2026-03-01", "2026-03-02")
    assert asked(None, None) == ("2026-01-31", "2026-03-01")


def test_a_period_that_is_too_long_is_refused() -> None:
    with pytest.raises(PeriodRefused, match="ask for less"):
        period(days=None, start=date(1950, 1, 1), end=date(2020, 1, 1), span=None, now=NOW, zone="UTC")


def test_a_period_from_a_wrong_date_on_is_refused_with_one_that_can_be_had() -> None:
    span = ("1970-01-01", "2014-12-31")
    with pytest.raises(PeriodRefused, match="as from 2004-12-24 to 2014-12-31"):
        period(days=None, start=date(1970, 1, 1), end=None, span=span, now=NOW, zone="UTC")


def test_days_that_all_days_leave_out_are_told() -> None:
    assert outside(("1970-01-01", "2014-12-31"), ("2004-12-25", "2014-12-31")) == ["1970-01-01"]
    assert outside(("1970-01-01", "2199-12-30"), ("2016-02-23", "2026-03-02")) == ["1970-01-01", "2199-12-30"]
    assert outside(("2013-01-01", "2014-12-31"), ("2013-01-01", "2014-12-31")) == []


def test_an_open_end_reaches_to_the_newest_day() -> None:
    found = period(days=None, start=date(2013, 5, 1), end=None, span=("2013-01-01", "2014-12-31"), now=NOW, zone="UTC")
    assert found == ("2013-05-01", "2014-12-31")


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(PeriodRefused, match="its last day comes before its first"):
        period(days=None, start=date(2014, 1, 2), end=date(2014, 1, 1), span=None, now=NOW, zone="UTC")


@pytest.mark.parametrize(("start", "end"), [(date(1, 1, 1), date(2014, 1, 1)), (date(2014, 1, 1), date(9999, 12, 31))])
def test_days_beyond_all_time_are_refused_as_such(start: date, end: date) -> None:
    with pytest.raises(PeriodRefused, match="There are days from 1900-01-01 to 2200-01-01"):
        period(days=None, start=start, end=end, span=None, now=NOW, zone="UTC")


def test_days_between_includes_both_ends() -> None:
    assert list(days_between("2014-02-27", "2014-03-01")) == ["2014-02-27", "2014-02-28", "2014-03-01"]
