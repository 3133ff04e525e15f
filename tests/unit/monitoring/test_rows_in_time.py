"""Rows that carry times told from the reference's: in halves with a gap, by what their season leads one to expect."""

import numpy as np
import pytest

from tests.fakes.columns import Chance
from watchkeeper.monitoring.drift.seasons.strata import strata_of
from watchkeeper.monitoring.drift.sides import Floats
from watchkeeper.monitoring.multivariate.boosting import boosted
from watchkeeper.monitoring.multivariate.coding import Coded
from watchkeeper.monitoring.multivariate.errors import NothingToTell
from watchkeeper.monitoring.multivariate.halves import ANOTHER_SEASON, FEW_DAYS, Half, Times
from watchkeeper.monitoring.multivariate.in_time import Dated, area_in_time
from watchkeeper.monitoring.multivariate.ranks import area
from watchkeeper.monitoring.multivariate.telling import Apart, tell_in_time

YEAR, WINDOW, A_DAY = 365, 28, 24
HOURS = np.datetime64("2024-03-01", "h") + np.arange((YEAR + WINDOW) * A_DAY)
DAYS, STRATA = HOURS.astype("datetime64[D]").astype(np.int64), strata_of(HOURS)
INSIDE = np.arange(HOURS.size) >= YEAR * A_DAY


def test_halves_have_six_days_between_them_and_the_reference_the_same_days_of_its_year() -> None:
    half = Times.of(DAYS, STRATA, INSIDE).half
    of_window = {each: np.unique(DAYS[INSIDE & (half == each)]) - DAYS[INSIDE][0] for each in Half}
    assert of_window[Half.EARLIER].tolist() == list(range(11))
    assert of_window[Half.BETWEEN].tolist() == list(range(11, 17))
    assert of_window[Half.LATER].tolist() == list(range(17, 28))
    assert of_window[Half.ELSEWHERE].size == 0
    season = np.unique(DAYS[~INSIDE & (half == Half.LATER)]) - DAYS[INSIDE][0] + YEAR
    assert (season.min(), season.max()) == (17, 32)
    assert np.unique(DAYS[~INSIDE & (half == Half.ELSEWHERE)]).size == YEAR - 39


def test_too_few_days_or_another_season_are_refused_in_words() -> None:
    few = DAYS[INSIDE][0] + 12 > DAYS
    with pytest.raises(NothingToTell, match=FEW_DAYS):
        Times.of(DAYS[few], STRATA[few], INSIDE[few])
    spring = INSIDE | (DAYS[0] + 60 < DAYS)
    with pytest.raises(NothingToTell, match=ANOTHER_SEASON):
        Times.of(DAYS[spring], STRATA[spring], INSIDE[spring])


def test_what_is_learned_from_has_as_many_rows_of_either_side_at_each_hour() -> None:
    times = Times.of(DAYS, STRATA, INSIDE)
    taught = times.taught(INSIDE, Half.LATER, np.random.default_rng(1))
    assert {*times.half[taught].tolist()} == {int(Half.EARLIER)}
    of_sides = [np.bincount(STRATA[taught][INSIDE[taught] == side] % 16, minlength=16) for side in (True, False)]
    assert of_sides[0].tolist() == of_sides[1].tolist()
    assert of_sides[0].sum() == 11 * A_DAY


def dated(scores: Floats) -> tuple[Dated, Dated, Dated]:
    times = Times.of(DAYS, STRATA, INSIDE)
    later = times.half == Half.LATER
    each = Dated(scores, DAYS, STRATA)
    known = ~INSIDE & (later | (times.half == Half.ELSEWHERE))
    return each.of(later & INSIDE), each.of(later & ~INSIDE), each.of(known)


def test_the_area_is_that_of_plain_ranks_where_both_sides_have_the_same_hours() -> None:
    scores = np.random.default_rng(2).normal(size=HOURS.size) + 0.3 * INSIDE
    window, season, reference = dated(scores)
    found = area_in_time(window, season, reference)
    weighted = np.bincount(window.strata % 16, minlength=16) / np.bincount(season.strata % 16, minlength=16)
    times = weighted[season.strata % 16]
    below = [(times * ((season.scores < of) + (season.scores == of) / 2)).sum() / times.sum() for of in window.scores]
    assert found.value == pytest.approx(np.mean(below))
    plain = area(
        np.concatenate([season.scores, window.scores]),
        np.arange(season.scores.size + window.scores.size) >= season.scores.size,
    )
    assert found.value == pytest.approx(plain.value, abs=0.02)
    assert plain.deviation / 1.5 < found.deviation < 3 * plain.deviation  # independent rows: little is lost
    assert 3 < found.freedom < 60


def test_what_days_have_in_common_makes_the_area_less_sure() -> None:
    chance = np.random.default_rng(3)
    of_days = np.repeat(chance.normal(size=YEAR + WINDOW), A_DAY)
    found = [
        area_in_time(*dated(chance.normal(size=HOURS.size) + level * of_days)).deviation for level in (0.0, 0.5, 2.0)
    ]
    assert found[0] < found[1] / 1.5 < found[2] / 3


def test_a_score_that_is_the_same_everywhere_tells_nothing() -> None:
    found = area_in_time(*dated(np.ones(HOURS.size)))
    assert found.value == 0.5
    assert 0 < found.deviation < 0.01
    assert found.freedom > 3


def told(chance: Chance, *, share: float) -> Apart:
    """Two columns, and one of levels of which the last is new in so many shifts of the window."""
    values = chance.normal(size=(HOURS.size, 2))
    shifts = chance.choice(3, size=HOURS.size // 8, p=[0.5, 0.3, 0.2])
    new = chance.random(HOURS.size // 8) < share
    levels = np.repeat(np.where(new, 5, shifts), 8)
    levels = np.where(INSIDE, levels, np.repeat(shifts, 8))
    coded = Coded(
        ("a", "b", "level"), np.array([False, False, True]), np.column_stack([values, levels.astype(float)]), INSIDE
    )
    return tell_in_time(coded, Times.of(DAYS, STRATA, INSIDE), learn=boosted)


def test_a_level_of_which_nobody_knew_is_told_and_named_though_it_comes_and_goes() -> None:
    found = told(np.random.default_rng(4), share=0.6)
    assert found.p_value < 0.01
    assert found.low > 0.5
    assert found.columns[0].column == "level"
    assert found.rows[1] == 22 * A_DAY


def test_nothing_is_told_where_nothing_is_new() -> None:
    p_values = [told(np.random.default_rng(seed), share=0.0).p_value for seed in range(5, 13)]
    assert min(p_values) > 0.05
