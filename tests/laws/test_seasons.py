"""What holds for a reference reweighted to a window's season, whatever both hold."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.monitoring import compare
from watchkeeper.monitoring.drift.seasons.almanac import Almanac
from watchkeeper.monitoring.drift.seasons.matching import expected_in, matched
from watchkeeper.monitoring.drift.seasons.reweighting import reweighted
from watchkeeper.monitoring.drift.seasons.strata import STRATA, days_of, strata_of
from watchkeeper.monitoring.drift.seasons.stretch import Stretch
from watchkeeper.monitoring.drift.seasons.weeks import Weekly, Weeks
from watchkeeper.monitoring.drift.sides import Counts
from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column, Kind

MOMENTS = st.lists(st.integers(0, 3 * 365 * 24), max_size=150)
SEEDS = st.integers(0, 2**32 - 1)
START = np.datetime64("2024-01-01T00", "h")


def weekly(bins: BinSet, values: Any, hours: list[int]) -> Weekly:
    moments = START + np.array(hours, dtype=np.int64)
    weeks, cells = Weeks.of(days_of(moments), strata_of(moments))
    size = weeks.week.size
    counts = np.bincount(cells * bins.size + bins.places(values), minlength=size * bins.size)
    return Weekly(weeks, counts.reshape(size, bins.size))


def by_stratum(hours: list[int]) -> Counts:
    return np.bincount(strata_of(START + np.array(hours, dtype=np.int64)), minlength=STRATA)


def some(seed: int, size: int) -> "pa.Array[Any]":
    chance = np.random.default_rng(seed)
    return pa.array(np.where(chance.random(size) < 0.1, np.nan, chance.integers(0, 9, size)), from_pandas=True)


def _shares(reference: Weekly, window: Weekly) -> Any:
    """The reference's present values, each row weighted by its stratum."""
    before, now = (side.weeks.by_stratum(side.counts)[:, :-1] for side in (reference, window))
    weights = reweighted(before.sum(axis=-1), now.sum(axis=-1), days=reference.weeks.days).weights
    found = weights @ before
    return found / found.sum()


@given(MOMENTS, MOMENTS)
def test_each_row_of_a_window_is_matched_or_said_to_be_left_out(reference: list[int], window: list[int]) -> None:
    before, now = by_stratum(reference), by_stratum(window)
    found = reweighted(before, now, days=np.minimum(before, 5))
    assert (found.matched + found.left).tolist() == now.tolist()
    assert (found.weights * before).sum() == pytest.approx(found.total)
    assert (found.weights >= 0).all()
    assert found.worth <= before.sum() + 1e-6


@given(MOMENTS.filter(lambda hours: len(hours) > 1), st.integers(1, 4))
def test_a_window_that_covers_the_strata_as_the_reference_does_weights_all_rows_alike(
    reference: list[int], times: int
) -> None:
    before = by_stratum(reference)
    found = reweighted(before, before * times, days=np.where(before > 0, 3, 0))
    assert found.weights[before > 0] == pytest.approx(times)
    assert found.worth == pytest.approx(before.sum())
    assert not found.left.any()


def test_what_is_expected_of_a_season_is_the_reference_of_its_months() -> None:
    """A level that comes in the second half of the year alone."""
    hours = list(range(2 * 366 * 24))
    months = (START + np.array(hours)).astype("datetime64[M]").astype(int) % 12
    words = pa.array(np.where(months >= 6, "late", "early"))
    bins = fit_bin_set(Column("x", Kind.CATEGORICAL), words)
    of = weekly(bins, words, hours)
    almanac = Almanac.of([bins], of.weeks, [of.counts])
    for first, level in ((0, "early"), (30 * 24 * 8, "late")):
        window = hours[first : first + 28 * 24]
        stretch = Stretch.of_columns([weekly(bins, pa.array([level] * len(window)), window)])
        (held,) = expected_in(almanac, stretch)
        assert dict(zip(bins.labels(), held / held.sum(), strict=True))[level] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("days", [40, 92, 184])
def test_a_column_that_the_season_settles_has_not_drifted_from_it(days: int) -> None:
    """The month, uneven as arrivals are: it is the same in the same months, but for rounding."""
    chance = np.random.default_rng(3)

    def made(first: int, count: int, rows: int) -> "pa.Table":
        of_day = chance.multinomial(rows, chance.dirichlet(np.full(count, 5.0)))
        moments = START + 24 * (first + np.repeat(np.arange(count), of_day))
        months = [f"month {each.astype(int) % 12}" for each in moments.astype("datetime64[M]")]
        return pa.table({"at": moments.astype("datetime64[us]"), "month": months})

    before, now = made(182, 366, 13_000), made(548, days, 50 * days)
    column = compare(before, now, at="at").columns["month"]
    assert column.verdict in {"stable", "not enough data"}
    assert column.p_value > 0.01


@settings(max_examples=10, deadline=None)
@given(SEEDS, MOMENTS)
def test_the_seasons_shares_sum_to_one_and_nothing_is_worth_more_than_independent_rows(
    seed: int, window: list[int]
) -> None:
    chance = np.random.default_rng(seed)
    hours = chance.integers(0, 365 * 24, size=800).tolist()
    values, now = some(seed, len(hours)), some(seed + 1, len(window))
    bins = fit_bin_set(Column("x", Kind.NUMERIC), values)
    of = weekly(bins, values, hours)
    almanac = Almanac.of([bins], of.weeks, [of.counts])
    found = matched(almanac, [weekly(bins, now, window)], p_values=np.array([0.01]))
    held = int(found.window.sum())
    if found.covered[0]:
        assert held + found.left[0] == len(window)
    for worth in found.worth.values():
        assert 0 <= worth.window[0] <= max(held, 0) + 1e-9 or not found.covered[0]
        assert worth.reference[0] <= len(hours) + 1e-6
    if found.covered[0] and found.window[:-1].sum():
        shares = _shares(weekly(bins, values, hours), weekly(bins, now, window))
        assert found.reference[:-1] / found.reference[:-1].sum() == pytest.approx(shares, abs=1e-6)


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_rows_in_any_order_are_judged_alike(seed: int) -> None:
    chance = np.random.default_rng(seed)
    when = START + np.arange(0, 366 * 24, 6)
    values = np.cos(np.arange(when.size) / 232) + chance.normal(size=when.size)
    reference = pa.table({"when": when.astype("datetime64[us]"), "value": values})
    month = START + 366 * 24 + np.arange(0, 30 * 24, 6)
    window = pa.table({"when": month.astype("datetime64[us]"), "value": chance.normal(1, 1, month.size)})
    shuffled = [table.take(chance.permutation(table.num_rows)) for table in (reference, window)]
    found, again = (compare(before, now, at="when") for before, now in ((reference, window), shuffled))
    assert found.baseline == again.baseline == "season"
    assert found.columns["value"].p_value == pytest.approx(again.columns["value"].p_value)
    assert found.columns["value"].effective_rows == pytest.approx(again.columns["value"].effective_rows)


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_a_window_of_whole_years_is_held_against_what_the_whole_reference_holds(seed: int) -> None:
    chance = np.random.default_rng(seed)
    tables = [
        pa.table({"when": np.arange(begin, end, np.timedelta64(6, "h")).astype("datetime64[us]")})
        for begin, end in (
            (np.datetime64("2023-01-02T00"), np.datetime64("2024-01-01T00")),
            (np.datetime64("2023-01-02T00"), np.datetime64("2024-01-01T00")),
        )
    ]
    before, now = (table.append_column("value", pa.array(chance.normal(size=table.num_rows))) for table in tables)
    season, whole = (compare(before, now, at="when", baseline=each) for each in ("season", "whole"))
    assert season.columns["value"].reference == pytest.approx(whole.columns["value"].reference)
    assert season.columns["value"].measures == pytest.approx(whole.columns["value"].measures)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_a_window_that_is_the_reference_of_its_season_is_never_called_drifted(seed: int) -> None:
    chance = np.random.default_rng(seed)
    when = START + np.arange(0, 2 * 366 * 24, 6)
    values = pa.array(np.cos(np.arange(when.size) / 232) * 3 + chance.normal(size=when.size))
    bins = fit_bin_set(Column("x", Kind.NUMERIC), values)
    hours = (when - START).astype(np.int64).tolist()
    reference = weekly(bins, values, hours)
    almanac = Almanac.of([bins], reference.weeks, [reference.counts])
    month = int(chance.integers(0, 12))
    mine = when.astype("datetime64[M]").astype(int) % 12 == month
    window = weekly(bins, values.filter(pa.array(mine)), np.array(hours)[mine].tolist())
    found = matched(almanac, [window], p_values=np.array([0.01]))
    assert found.covered[0]
    assert found.p_values["location"][0] > 0.9
    shares = found.window[:-1] / found.window[:-1].sum()
    assert found.reference[:-1] / found.reference[:-1].sum() == pytest.approx(shares, abs=1e-6)
