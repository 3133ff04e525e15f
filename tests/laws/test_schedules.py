"""A schedule never fires twice for one tick, and loses none, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.pipelines.errors import ScheduleRefused
from watchkeeper.pipelines.schedule import check_cron, newest_tick, next_tick, ticks

ZONES = st.sampled_from(
    ["UTC", "Europe/Bucharest", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
)
CRONS = st.sampled_from(
    ["* * * * *", "*/30 * * * *", "15 * * * *", "30 2 * * *", "0 3 1 * *", "0 */2 * * 1-5", "45 1 * * 0", "@daily"]
)
MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC, microsecond=0))

CHANGES = st.sampled_from(
    [
        datetime(2011, 12, 30),
        datetime(2026, 3, 8),
        datetime(2026, 3, 29),
        datetime(2026, 4, 5),
        datetime(2026, 10, 4),
        datetime(2026, 10, 25),
        datetime(2026, 11, 1),
    ]
)
NEAR_CHANGES = st.one_of(
    MOMENTS,
    st.builds(lambda day, by: day.replace(tzinfo=UTC) + timedelta(seconds=by), CHANGES, st.integers(-86400, 86400)),
)


@given(CRONS, ZONES, NEAR_CHANGES, st.lists(st.integers(1, 4 * 3600), min_size=1, max_size=4))
def test_however_often_one_looks_each_tick_is_found_once(
    cron: str, zone: str, begun: datetime, pauses: list[int]
) -> None:
    found, now = [], begun
    for pause in pauses:
        until = now + timedelta(seconds=pause)
        found += ticks(cron, zone, after=now, until=until)
        now = until
    assert found == ticks(cron, zone, after=begun, until=now) == sorted(set(found))
    assert [next_tick(cron, zone, tick - timedelta(seconds=1)) for tick in found[:3]] == found[:3]


@given(CRONS, ZONES, NEAR_CHANGES, st.integers(1, 15))
def test_the_newest_is_the_last_of_all(cron: str, zone: str, begun: datetime, hours: int) -> None:
    until = begun + timedelta(hours=hours)
    everything = ticks(cron, zone, after=begun, until=until)
    newest = newest_tick(cron, zone, after=begun, until=until)
    assert newest == ((everything[-1], len(everything)) if everything else None)


def test_after_a_year_of_minutes_the_newest_is_found_without_counting_all() -> None:
    until = datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)
    assert newest_tick("* * * * *", "UTC", after=until - timedelta(days=365), until=until) == (
        until.replace(second=0),
        1000,
    )


@given(ZONES, st.datetimes(datetime(2012, 1, 1), datetime(2029, 12, 1)))
def test_a_daily_time_fires_once_on_each_day(zone: str, day: datetime) -> None:
    there = ZoneInfo(zone)
    begun = day.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=there)
    found = ticks("30 2 * * *", zone, after=begun.astimezone(UTC), until=begun.astimezone(UTC) + timedelta(days=40))
    days = [tick.astimezone(there).date() for tick in found]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert len(days) >= 39


def local(moments: list[datetime], zone: str) -> list[str]:
    return [f"{moment.astimezone(ZoneInfo(zone)):%H:%M}" for moment in moments]


def test_what_falls_into_the_hour_that_is_not_there_fires_when_it_is_over() -> None:
    spring = datetime(2026, 3, 29, tzinfo=UTC)
    found = ticks("30 3 * * *", "Europe/Bucharest", after=spring, until=spring + timedelta(hours=12))
    assert local(found, "Europe/Bucharest") == ["04:00"]


def test_a_fixed_time_that_comes_twice_fires_the_first_time() -> None:
    autumn = datetime(2026, 10, 24, 22, tzinfo=UTC)
    found = ticks("30 3 * * *", "Europe/Bucharest", after=autumn, until=autumn + timedelta(hours=12))
    assert found == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_what_fires_every_half_hour_goes_on_through_the_hour_that_comes_twice() -> None:
    autumn = datetime(2026, 10, 24, 23, tzinfo=UTC)
    found = ticks("*/30 * * * *", "Europe/Bucharest", after=autumn, until=autumn + timedelta(hours=4))
    assert {second - first for first, second in pairwise(found)} == {timedelta(minutes=30)}


@pytest.mark.parametrize("cron", ["0 0 30 2 *", "61 * * * *", "* * * *", "every day", "", "0 0 * * * *"])
def test_what_never_fires_or_is_no_cron_is_refused(cron: str) -> None:
    with pytest.raises(ScheduleRefused):
        check_cron(cron, at="schedule.cron")
