"""What a column's counts lead to: one case for each verdict, and each of the traps."""

from dataclasses import replace

import numpy as np
import pytest

from tests.fakes.columns import discrete, of_levels, of_numbers
from watchkeeper.monitoring.drift.judging import judge
from watchkeeper.monitoring.drift.sides import Sides
from watchkeeper.monitoring.drift.verdict import Finding, Judgement, Verdict


def numbers(reference: list[int], window: list[int]) -> Sides:
    return of_numbers(np.array([reference]), np.array([window]))


def levels(reference: list[int], window: list[int]) -> Sides:
    return of_levels(np.array([reference]), np.array([window]))


def with_missing(sides: Sides, before: int, now: int) -> Sides:
    return replace(sides, missing=np.array([[before], [now]]))


def judged(sides: Sides) -> Judgement:
    return judge([sides])[0][0]


def reason(of: Judgement) -> list[str]:
    return [found.facet for found in of.reasons]


EVEN = [0, *[1_000] * 10, 0]


def test_equal_shares_are_stable_and_say_what_would_have_been_seen() -> None:
    found = judged(numbers(EVEN, [0, *[100] * 10, 0]))
    assert found.verdict is Verdict.STABLE
    assert found.effect.estimate == 0.0
    assert found.smallest_visible == pytest.approx(0.0163, abs=1e-3)
    assert found.rows_enough == 50


def test_what_moved_up_has_drifted_in_location() -> None:
    found = judged(numbers(EVEN, [0, 20, 40, 60, 80, 100, 100, 120, 140, 160, 180, 0]))
    assert found.verdict is Verdict.DRIFTED
    assert "location" in reason(found)
    assert "spread" not in reason(found)
    assert found.effect.low > 0.02


def test_what_moved_to_both_ends_has_drifted_in_spread_alone() -> None:
    found = judged(numbers(EVEN, [0, 150, 120, 90, 80, 60, 60, 80, 90, 120, 150, 0]))
    assert found.verdict is Verdict.DRIFTED
    assert "spread" in reason(found)
    assert "location" not in reason(found)


def test_a_small_shift_of_very_many_rows_is_immaterial() -> None:
    window = [0, *[98_000] * 5, *[102_000] * 5, 0]
    found = judged(numbers([0, *[100_000] * 10, 0], window))
    assert found.verdict is Verdict.IMMATERIAL
    assert found.effect.high < 0.02
    assert found.p_value < 1e-10


def test_a_window_of_few_rows_says_how_many_would_be_enough() -> None:
    found = judged(numbers(EVEN, [0, *[3] * 10, 0]))
    assert (found.verdict, found.rows_enough) == (Verdict.NOT_ENOUGH_DATA, 50)
    half = judged(with_missing(numbers(EVEN, [0, *[3] * 10, 0]), 10_000, 30))
    assert (half.verdict, half.rows_enough) == (Verdict.NOT_ENOUGH_DATA, 100)


def test_many_columns_need_more_rows_for_what_can_be_seen() -> None:
    few, many = (
        judge([of_numbers(np.array([EVEN] * columns), np.array([[0, *[5] * 10, 0]] * columns))])[0][0]
        for columns in (200, 2_000)
    )
    assert few.smallest_visible == pytest.approx(0.466, abs=0.002)
    assert few.verdict is Verdict.STABLE
    assert many.verdict is Verdict.NOT_ENOUGH_DATA


def test_a_reference_of_few_rows_is_never_enough() -> None:
    found = judged(numbers([0, *[15] * 10, 0], [0, *[100] * 10, 0]))
    assert (found.verdict, found.rows_enough) == (Verdict.NOT_ENOUGH_DATA, None)


def test_thirty_rows_that_are_all_missing_have_drifted() -> None:
    found = judged(with_missing(numbers(EVEN, [0] * 12), 0, 30))
    assert found.verdict is Verdict.DRIFTED
    assert reason(found) == ["missing"]


def test_no_rows_are_not_enough_data() -> None:
    found = judged(numbers(EVEN, [0] * 12))
    assert (found.verdict, found.p_value, found.rows) == (Verdict.NOT_ENOUGH_DATA, 1.0, 0)


def test_a_column_that_is_always_missing_is_stable() -> None:
    assert judged(with_missing(numbers([0], [0]), 1_000, 1_000)).verdict is Verdict.STABLE
    assert judged(with_missing(numbers([0], [0]), 1_000, 20)).verdict is Verdict.NOT_ENOUGH_DATA


def test_a_constant_is_stable_while_it_lasts_and_drifted_once_some_rows_vary() -> None:
    assert judged(numbers([0, 1_000, 0], [0, 1_000, 0])).verdict is Verdict.STABLE
    found = judged(numbers([0, 1_000, 0], [0, 980, 20]))
    assert found.verdict is Verdict.DRIFTED
    assert "out of range" in reason(found)
    assert judged(levels([1_000, 0], [980, 20])).verdict is Verdict.DRIFTED


def test_a_few_rows_above_a_cap_that_was_raised_are_immaterial() -> None:
    found = judged(numbers(EVEN, [0, *[990] * 10, 100]))
    outside = next(each for each in found.findings if each.facet == "out of range")
    assert (outside.significant, outside.material) == (True, False)


def test_the_level_that_grew_is_drift_of_levels() -> None:
    found = judged(levels([6_000, 3_000, 1_000], [520, 280, 200]))
    assert found.verdict is Verdict.DRIFTED
    assert reason(found) == ["shape", "worst level"]


def test_new_levels_are_judged_against_those_that_the_reference_leads_one_to_expect() -> None:
    common, rare = [5_000, 4_000], [1] * 1_000
    usual = judged(levels([*common, *rare, 0], [500, 400, *[0] * 1_000, 100]))
    assert _facet(usual, "new levels").significant is False
    many = judged(levels([*common, *rare, 0], [400, 300, *[0] * 1_000, 300]))
    assert _facet(many, "new levels").material is True
    none_expected = judged(levels([*common, 0], [500, 400, 100]))
    assert "new levels" in reason(none_expected)


def test_levels_that_never_come_often_enough_are_not_enough_data() -> None:
    found = judged(levels([*[2] * 500, 0], [*[0] * 400, *[1] * 100, 0]))
    assert found.verdict is Verdict.NOT_ENOUGH_DATA


def test_missing_rows_that_come_up_are_drift_though_the_shape_stays() -> None:
    found = judged(with_missing(numbers(EVEN, [0, *[98] * 10, 0]), 0, 20))
    assert reason(found) == ["missing"]


def test_the_shape_of_what_is_mostly_missing_weighs_little_in_the_whole() -> None:
    window = [0, *[20] * 5, *[180] * 5, 0]
    mostly = judged(with_missing(numbers(EVEN, window), 190_000, 19_000))
    assert _facet(mostly, "shape").effect.estimate > 0.5
    assert mostly.effect.estimate < 0.1


def test_columns_are_more_easily_called_when_others_are_too() -> None:
    """Holm: once the clear ones are called, the next needs a little less."""
    clear = numbers(EVEN, [0, 20, 40, 60, 80, 100, 100, 120, 140, 160, 180, 0])
    assert [each[0].verdict for each in judge([clear] * 7)] == [Verdict.DRIFTED] * 7


def test_values_between_those_of_a_discrete_column_are_counted_apart() -> None:
    found = discrete(np.array([[0, 5, 0, 3, 0]]), np.array([[1, 2, 3, 4, 5]]))
    assert found.window.tolist() == [[1, 0, 2, 3, 4, 5, 0]]
    assert found.groups[0, 2] == found.groups[0, 1]
    assert len({*found.groups[0, 2:5].tolist()}) == 3


def _facet(of: Judgement, name: str) -> Finding:
    return next(found for found in of.findings if found.facet == name)
