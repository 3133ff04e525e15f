"""A window held against the reference of the same season."""

import re
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.fakes.in_season import dated, moments, seasonal_numbers, seasonal_sorts
from watchkeeper.monitoring import compare
from watchkeeper.monitoring.drift.seasons.strata import days_of, strata_of
from watchkeeper.monitoring.drift.seasons.weeks import Weekly
from watchkeeper.monitoring.two_tables.errors import BaselineRefused, NoTimes
from watchkeeper.monitoring.two_tables.result import TableDrift
from watchkeeper.monitoring.two_tables.seasons import Dated
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

YEAR = moments("2025-01-01", 365)
MONTHS = [f"2026-{month:02}-01" for month in range(1, 13)]


def numbers(seed: int, when: Any, *, lasting: float = 0.5) -> Any:
    return seasonal_numbers(np.random.default_rng(seed), when, 1, lasting=lasting)[:, 0]


def sorts(seed: int, when: Any, *, more: float = 0.0) -> Any:
    found = seasonal_sorts(np.random.default_rng(seed), when, 1, lasting=0.5, more=more)[:, 0]
    return np.array(["a", "b", "c", "d", "e"])[found]


def of_month(month: str, *, shift: float = 0.0, **options: Any) -> TableDrift:
    when = moments(month, 30)
    return compare(dated(YEAR, numbers(1, YEAR)), dated(when, numbers(2, when) + shift), at="when", **options)


def test_months_are_no_drift_against_the_same_months_of_a_year() -> None:
    assert [month for month in MONTHS if of_month(month).drifted] == []
    assert sum(bool(compare(dated(YEAR, numbers(1, YEAR)), dated(when, numbers(2, when))).drifted) for when in
               (moments(month, 30) for month in MONTHS)) == 12  # fmt: skip


def test_a_shift_is_found_whatever_the_month() -> None:
    found = [of_month(month, shift=3.0) for month in MONTHS]
    assert sum("value" in each.drifted for each in found) >= 11
    column = found[0].columns["value"]
    assert column.reasons[0].facet == "location"
    assert column.judgement.rows == 240
    assert 2 < column.effective_rows < 30


def test_the_share_of_a_level_may_follow_the_season_and_not_leave_it() -> None:
    reference, months = dated(YEAR, sorts(1, YEAR)), [moments(month, 30) for month in MONTHS]
    same = [compare(reference, dated(when, sorts(2, when)), at="when") for when in months]
    moved = [compare(reference, dated(when, sorts(3, when, more=2.5)), at="when") for when in months]
    assert [found.drifted for found in same] == [()] * 12
    assert sum("value" in found.drifted for found in moved) >= 9
    assert "b" in {found.columns["value"].changed_level for found in moved}


def test_what_was_done_is_said() -> None:
    season, whole = of_month("2026-05-01"), of_month("2026-05-01", baseline="whole")
    assert season.baseline == "season"
    assert "same season" in season.independence
    assert "from a single one" in season.independence
    assert whole.baseline == "whole"
    assert "season is not taken out" in whole.independence
    shares = season.columns["value"].reference
    assert sum(shares) == pytest.approx(1)
    assert shares != pytest.approx(whole.columns["value"].reference)


def test_a_reference_of_less_than_a_year_is_taken_whole_unless_the_season_is_asked_for() -> None:
    half = moments("2025-01-01", 180)
    reference, when = dated(half, numbers(1, half)), moments("2026-03-01", 30)
    window = dated(when, numbers(2, when))
    assert compare(reference, window, at="when").baseline == "whole"
    assert compare(reference, window, at="when", baseline="season").baseline == "season"


def test_a_season_that_the_reference_does_not_hold_is_never_judged() -> None:
    half, when = moments("2025-01-01", 180), moments("2026-10-01", 30)
    found = compare(dated(half, numbers(1, half)), dated(when, numbers(2, when) + 50), at="when", baseline="season")
    column = found.columns["value"]
    assert column.verdict == "not enough data"
    assert column.p_value == 1
    assert "Season not in the reference" in column.sentence


def test_a_few_rows_out_of_season_are_left_out_and_said() -> None:
    half, when = moments("2025-01-01", 181), moments("2026-06-03", 30)
    found = compare(dated(half, numbers(1, half)), dated(when, numbers(2, when)), at="when", baseline="season")
    assert found.columns["value"].judgement.rows == 28 * 8
    assert "16 rows, whose season" in found.independence


def test_one_row_is_worth_something() -> None:
    when = moments("2026-02-05", 1)
    found = compare(dated(YEAR, numbers(1, YEAR)), dated(when, numbers(2, when)).slice(0, 1), at="when")
    told = re.fullmatch(
        r"1 row is worth ([\d.]+) independent ones, and .* season ([\d.]+): too few .*", found.columns["value"].sentence
    )
    assert told is not None
    assert min(float(worth) for worth in told.groups()) > 0


def test_rows_without_a_time_are_left_out_and_said() -> None:
    when = moments("2026-05-01", 30)
    reference, window = dated(YEAR, numbers(1, YEAR)), dated(when, numbers(2, when))
    none = pa.table({"when": pa.nulls(200, window.schema.field("when").type), "value": [90.0] * 200})
    some = compare(reference, pa.concat_tables([window, none.slice(0, 10)]), at="when")
    assert some.columns["value"].judgement.rows == 240
    assert "10 rows" in some.independence
    assert compare(reference, pa.concat_tables([window, none]), at="when").columns["value"].verdict == "not enough data"


def test_months_and_hours_are_those_of_the_columns_zone() -> None:
    """Rows of the first hours of May in Melbourne are of April in UTC; the reference has no May in Melbourne."""
    hours = np.arange(np.datetime64("2025-01-01"), np.datetime64("2025-04-29"), np.timedelta64(1, "h"))
    may = np.arange(np.datetime64("2026-04-30T14"), np.datetime64("2026-04-30T23"), np.timedelta64(1, "h"))
    values = np.random.default_rng(1).normal(size=hours.size)
    for zone, verdict in (("UTC", 0), ("Australia/Melbourne", 9)):
        moments_of = [pa.array(each.astype("datetime64[us]"), pa.timestamp("us", zone)) for each in (hours, may)]
        before, now = (dated(when, part) for when, part in zip(moments_of, (values, values[:9]), strict=True))
        found = compare(before, now, at="when", baseline="season")
        assert (9 - found.columns["value"].judgement.rows) == verdict


def test_an_hour_that_comes_twice_or_never_is_no_matter() -> None:
    when = np.arange(np.datetime64("2025-01-01"), np.datetime64("2026-01-01"), np.timedelta64(1, "h"))
    before, now = (
        pa.table(
            {
                "when": pa.array((when + shift).astype("datetime64[us]"), pa.timestamp("us", "Australia/Melbourne")),
                "value": np.random.default_rng(seed).normal(size=when.size),
            }
        )
        for seed, shift in ((1, np.timedelta64(0, "h")), (2, np.timedelta64(365 * 24, "h")))
    )
    found = compare(before, now, at="when")
    assert found.columns["value"].judgement.rows == when.size
    assert found.columns["value"].verdict == "stable"


def test_holidays_are_days_off() -> None:
    """Values that are ten higher on days off, and a window of work days of which one is a holiday in both years."""
    hours = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-12-31T00"), np.timedelta64(1, "h"))
    week = np.arange(np.datetime64("2026-05-04T00"), np.datetime64("2026-05-05T00"), np.timedelta64(1, "h"))
    chance = np.random.default_rng(4)

    def valued(when: Any) -> pa.Table:
        days = when.astype("datetime64[D]").astype(int)
        off = ((days + 3) % 7 > 4) | np.isin(when.astype("datetime64[D]"), [np.datetime64("2026-05-04")])
        return pa.table({"when": when.astype("datetime64[us]"), "value": 10.0 * off + chance.normal(size=when.size)})

    before, now = valued(hours), valued(week)
    told = compare(before, now, at="when", holidays=[date(2026, 5, 4)])
    untold = compare(before, now, at="when")
    assert told.columns["value"].effect.estimate < 0.3
    assert untold.columns["value"].effect.estimate > 2


def test_an_outage_of_a_day_is_no_drift_and_one_of_ten_is() -> None:
    when = moments("2026-05-01", 30)
    reference, values = dated(YEAR, numbers(1, YEAR)), numbers(2, when)
    short, long = (np.where(np.arange(240) < 8 * days, np.nan, values) for days in (1, 10))
    assert compare(reference, dated(when, short), at="when").drifted == ()
    found = compare(reference, dated(when, long), at="when").columns["value"]
    assert [each.facet for each in found.reasons] == ["missing"]


def test_columns_of_every_sort_have_an_answer() -> None:
    when, size = moments("2026-05-01", 30), YEAR.size
    kinds: dict[str, tuple[Any, Any]] = {
        "constant": ([1.0] * size, [1.0] * 240),
        "nothing": (pa.nulls(size, pa.float64()), pa.nulls(240, pa.float64())),
        "gone": (numbers(1, YEAR), pa.nulls(240, pa.float64())),
        "truth": (numbers(1, YEAR) > 0, numbers(2, when) > 0),
        "single": (["a"] * size, ["a"] * 240),
        "each its own": ([str(place) for place in range(size)], [f"new {place}" for place in range(240)]),
        "time": (YEAR, when),
        "text": (["long " * 20] * size, ["long " * 20] * 240),
    }
    before, now = (
        pa.table({"when": times, **{name: pair[side] for name, pair in kinds.items()}})
        for side, times in enumerate((YEAR, when))
    )
    found = compare(before, now, at="when")
    assert found.drifted == ("gone",)
    assert all(column.sentence for column in found.columns.values())
    assert found.to_html()


@pytest.mark.parametrize(
    "options",
    [{"baseline": "season"}, {"at": "when", "baseline": "month"}, {"at": "when", "holidays": ["Christmas"]}],
    ids=str,
)
def test_a_baseline_that_there_is_none_of_is_refused(options: dict[str, Any]) -> None:
    table = dated(YEAR, numbers(1, YEAR))
    with pytest.raises(BaselineRefused, match=r"\.$"):
        compare(table, table, **options)


def test_a_reference_of_one_week_a_month_tells_nothing_of_how_alike_weeks_are() -> None:
    """The mean of its season is then that one week itself."""
    mondays = [
        "01-06",
        "02-03",
        "03-03",
        "04-07",
        "05-05",
        "06-02",
        "07-07",
        "08-04",
        "09-01",
        "10-06",
        "11-03",
        "12-01",
    ]
    weeks = np.concatenate([moments(f"2025-{monday}", 7) for monday in mondays])
    when = moments("2026-05-01", 30)
    found = compare(dated(weeks, numbers(1, weeks)), dated(when, numbers(2, when) + 9), at="when", baseline="season")
    assert found.columns["value"].verdict == "not enough data"
    assert "too few weeks" in found.columns["value"].sentence


def test_counts_of_hours_give_what_their_rows_give() -> None:
    """So a server's profiles can be held against a season as tables are."""
    values, bins = pa.array(numbers(1, YEAR)), fit_bin_set(Column("x", Kind.NUMERIC), pa.array(numbers(2, YEAR)))
    hours = np.eye(bins.size, dtype=np.int64)[bins.places(values)]
    of_hours = Weekly.of(days_of(YEAR), strata_of(YEAR), hours)
    of_rows = Dated.of(YEAR, np.zeros(0, dtype=np.int64)).count(bins, pa.chunked_array([values]))
    assert of_hours.counts.tolist() == of_rows.counts.tolist()
    assert of_hours.weeks.stratum.tolist() == of_rows.weeks.stratum.tolist()
    assert of_hours.weeks.days.tolist() == of_rows.weeks.days.tolist()


def test_a_season_of_eight_weeks_is_the_least() -> None:
    month = moments("2025-05-01", 30)
    table = dated(month, numbers(1, month))
    with pytest.raises(NoTimes, match="8 weeks"):
        compare(table, table, at="when", baseline="season")
    empty = compare(dated(YEAR, numbers(1, YEAR)), table.slice(0, 0), at="when")
    assert empty.columns["value"].verdict == "not enough data"


def test_nightly_batches_of_independent_rows_are_no_drift() -> None:
    """Of forty tables at most two are expected with alpha .05. When few hours of the reference's weeks were taken to
    tell as much as all of them, it was seven."""
    year = np.arange(np.datetime64("2024-01-01", "s"), np.datetime64("2025-01-01", "s"), np.timedelta64(30, "m"))
    nights = np.datetime64("2025-03-01T10:00", "s") + np.arange(28).repeat(150) * np.timedelta64(1, "D")
    nights += np.tile(np.arange(150), 28) * np.timedelta64(20, "s")
    found = 0
    for seed in range(40):
        chance = np.random.default_rng(seed)
        before, now = (
            pa.table({"when": when, "sort": chance.choice(["a", "b", "c"], when.size)}) for when in (year, nights)
        )
        found += bool(compare(before, now, at="when").drifted)
    assert found <= 2


def test_a_shift_in_a_season_that_lasts_has_a_size() -> None:
    """By a deviation, in a month of days that are alike by .8 (`just bench season-sizes`). When all directions were
    taken to be worth as little as the first, every one was of size 0, some (0 to 0)."""
    found = []
    for seed in range(12):
        when = moments("2026-03-01", 28)
        before, now = numbers(seed, YEAR, lasting=0.8), numbers(seed + 100, when, lasting=0.8)
        found.append(compare(dated(YEAR, before), dated(when, now + before.std()), at="when").columns["value"].effect)
    assert min(each.high for each in found) > 1
    assert sum(each.estimate > 0.1 for each in found) >= 5


def test_a_week_at_one_end_of_a_month_is_held_against_where_the_season_is_then() -> None:
    """Of a season that moves fast and nothing else, the last week of July is no drift, and one that is a month late is;
    against all of July the one would not have been as clear (p .0025)."""
    years, week = moments("2023-01-01", 3 * 365), moments("2026-07-25", 7)

    def values(when: Any, late: float = 0.0) -> Any:
        days = when.astype("datetime64[D]").astype(np.int64) - late
        return 4 * np.sin(2 * np.pi * days / 365.25) + np.random.default_rng(len(when)).normal(size=len(when))

    before = dated(years, values(years))
    assert compare(before, dated(week, values(week)), at="when").columns["value"].p_value > 0.1
    assert compare(before, dated(week, values(week, late=30.0)), at="when").columns["value"].p_value < 0.001
