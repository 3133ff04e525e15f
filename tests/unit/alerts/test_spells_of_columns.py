"""Spells that are made up of columns, and what is said of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.rules import rule
from watchkeeper.alerts.firing import Spell
from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.signals import SIGNALS
from watchkeeper.alerts.spells_of_columns import spells_of_columns
from watchkeeper.alerts.wording import headline, sentence

FIRST = date(2024, 1, 1)
DRIFT, BROKEN, FAULTS = SIGNALS["verdicts"], SIGNALS["violations"], SIGNALS["faults"]
ANY, TENTH = rule(threshold=0.0), rule(threshold=0.1, needed=2, windows=7)


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def drifting(*lanes: str) -> list[Reading]:
    """A lane for each of a, b, c: `x` has drifted. A blank in the first is a day without rows."""
    names = "abcdefgh"
    return [
        Reading(day(place), 10, float(sum(each == "x" for each in each_day)), columns=_columns(names, each_day))
        for place, each_day in enumerate(zip(*lanes, strict=True))
        if each_day[0] != " "
    ]


def _columns(names: str, each_day: tuple[str, ...]) -> dict[str, float]:
    return {name: 1.0 for name, each in zip(names, each_day, strict=False) if each == "x"}


def broken(*days: dict[str, float]) -> list[Reading]:
    return [Reading(day(n), 10, max(of.values(), default=0.0), columns=of) for n, of in enumerate(days)]


def counted(*lanes: str, threshold: float = 0.0) -> list[Spell]:
    return spells_of_columns(drifting(*lanes), rule(threshold=threshold), counted=True)


def days_of(spell: Spell) -> list[tuple[str, str, str | None]]:
    return [(each.about, each.since, each.closed) for each in spell.columns]


def test_each_column_has_its_own_days_and_what_overlaps_is_one_firing() -> None:
    (found,) = counted("xxx...", "..xxx.")
    assert (found.since, found.until, found.closed, found.worst) == (day(0), day(4), day(5), 2.0)
    assert days_of(found) == [("a", day(0), day(3)), ("b", day(2), day(5))]
    assert sentence(ANY, DRIFT, found, metric="") == "a drifted from 1 to 3 January 2024, b from 3 to 5 January 2024."
    assert headline(DRIFT, found, metric="") == "a and b drifted from 1 to 5 January 2024"


def test_a_column_that_begins_on_the_day_on_which_another_ends_is_of_the_same_firing() -> None:
    (found,) = counted("xx..", "..x.")
    assert days_of(found) == [("a", day(0), day(2)), ("b", day(2), day(3))]


def test_a_column_that_comes_back_is_named_once() -> None:
    (found,) = counted("xxxxx.", "x.x.x.")
    assert len(found.columns) == 4
    assert sentence(ANY, DRIFT, found, metric="") == (
        "a drifted from 1 to 5 January 2024, b from 1 to 5 January 2024, with breaks."
    )
    assert headline(DRIFT, found, metric="") == "a and b drifted from 1 to 5 January 2024"


def test_what_does_not_overlap_are_two_firings() -> None:
    assert [days_of(each) for each in counted("x...", "..x.")] == [[("a", day(0), day(1))], [("b", day(2), day(3))]]


def test_a_firing_that_goes_on_names_the_columns_of_now_and_those_that_are_well_again() -> None:
    (found,) = counted("xxx..", "..xxx")
    assert (found.about, found.open, found.since) == ("b", True, day(0))
    assert headline(DRIFT, found, metric="") == "b drifted since 3 January 2024"
    assert sentence(ANY, DRIFT, found, metric="") == "b has drifted since 3 January 2024. a no longer does."


def test_many_columns_of_the_same_days_are_named_together() -> None:
    (found,) = counted("xx", "xx", ".x", "xx", "xx", "xx", ".x")
    assert sentence(ANY, DRIFT, found, metric="") == (
        "a, b, d and 2 more have drifted since 1 January 2024, c and g since 2 January 2024."
    )
    assert headline(DRIFT, found, metric="") == "a and 6 more drifted, the first since 1 January 2024"


def test_more_than_three_dates_are_told_as_a_number() -> None:
    (found,) = counted("xxxxx", ".xxxx", "..xxx", "...xx", "....x")
    assert sentence(ANY, DRIFT, found, metric="").endswith("c since 3 January 2024, and 2 more.")


def test_a_rule_may_ask_for_more_columns_at_once() -> None:
    (found,) = counted(".xxx.", "..x..", threshold=1.0)
    assert (found.opened, found.closed, found.until) == (day(2), day(3), day(2))
    assert [each.about for each in found.columns] == ["a", "b"]


def test_two_columns_that_break_the_schema_on_a_day_each_are_no_firing() -> None:
    assert spells_of_columns(broken({"a": 0.4}, {}, {"b": 0.4}), TENTH, counted=False) == []


def test_violations_are_told_by_column_the_worst_first() -> None:
    seen = broken({"a": 0.2}, {"a": 0.3, "b": 0.5}, {"a": 0.2, "b": 0.6})
    (found,) = spells_of_columns(seen, TENTH, counted=False)
    assert (found.since, found.opened, found.about, found.worst, found.last) == (day(0), day(1), "b", 0.6, 0.6)
    assert headline(BROKEN, found, metric="") == "Values of b and a broke the signature, the first since 1 January 2024"
    assert sentence(TENTH, BROKEN, found, metric="") == (
        "Values of b have broken the signature since 2 January 2024 (60 % of a day's at worst), "
        "of a since 1 January 2024 (30 % of a day's at worst). The limit is 10 %."
    )


def test_a_column_that_keeps_to_the_schema_again_is_told_with_its_last_day() -> None:
    """Two days of seven are enough for a firing to go on."""
    (found,) = spells_of_columns(broken({"a": 0.2}, {"a": 0.3}, {"a": 0.05}), TENTH, counted=False)
    assert sentence(TENTH, BROKEN, found, metric="") == (
        "Values of a have broken the signature since 1 January 2024, last on 2 January 2024 "
        "(30 % of a day's at worst). The limit is 10 %."
    )


def test_a_column_whose_name_begins_the_words_leaves_them_a_sentence() -> None:
    (found,) = spells_of_columns(broken({"v": 0.2}, {"v": 0.3}), TENTH, counted=False)
    assert sentence(TENTH, BROKEN, found, metric="").startswith("Values of v have broken the signature")
    assert headline(BROKEN, found, metric="").startswith("Values of v broke the signature")


def test_violations_that_are_over_are_told_with_their_days() -> None:
    seen = broken({"a": 0.2}, {"a": 0.3}, *[{}] * 7)
    (found,) = spells_of_columns(seen, TENTH, counted=False)
    assert sentence(TENTH, BROKEN, found, metric="") == (
        "Values of a broke the signature from 1 to 2 January 2024 (30 % of a day's at worst). The limit is 10 %."
    )


def test_data_that_broke_are_told_by_column() -> None:
    of = rule(threshold=0.0, needed=2, windows=3)
    (found,) = spells_of_columns(drifting("xxx...", "...xxx"), of, counted=True)
    assert days_of(found) == [("a", day(0), day(4)), ("b", day(3), None)]
    assert sentence(of, FAULTS, found, metric="") == (
        "The data of b look broken since 4 January 2024. Those of a no longer do."
    )


def test_a_prediction_is_spoken_of_as_one() -> None:
    seen = [Reading(day(1), 10, 1.0, columns={"prediction of the champion": 1.0})]
    (found,) = spells_of_columns(seen, ANY, counted=True)
    assert headline(DRIFT, found, metric="") == "The prediction of the champion drifted since 2 January 2024"
    assert sentence(ANY, DRIFT, found, metric="").startswith("The prediction of the champion has drifted since")


def test_a_firing_of_before_columns_were_known_goes_on() -> None:
    old = Spell(day(0), day(0), day(2), None, value=2.0, worst=3.0, last=2.0, about="a")
    assert sentence(ANY, DRIFT, old, metric="") == "a has drifted since 1 January 2024."
    assert headline(DRIFT, old, metric="") == "a and 2 more drifted since 1 January 2024"
    (found,) = spells_of_columns(drifting("xxxxx", "...xx"), ANY, counted=True, start=day(3), was=old)
    assert (found.since, found.opened) == (day(0), day(0))
    assert days_of(found) == [("a", day(0), None), ("b", day(3), None)]


LANES = st.integers(1, 25).flatmap(lambda n: st.lists(st.text("x.", min_size=n, max_size=n), min_size=1, max_size=4))


@given(LANES, st.integers(1, 3), st.integers(0, 2), st.integers(0, 25))
def test_judging_from_a_day_on_says_what_judging_everything_says(
    lanes: list[str], needed: int, more: int, start: int
) -> None:
    of, seen = rule(threshold=0.0, needed=needed, windows=needed + more), drifting(*lanes)
    everything = spells_of_columns(seen, of, counted=True)
    before = [
        each for each in everything if each.opened < day(start) and (each.open or (each.closed or "") >= day(start))
    ]
    was = before[-1].up_to(day(start)) if before else None
    again = spells_of_columns(seen, of, counted=True, start=day(start), was=was)
    assert again == [each for each in everything if each.closed is None or each.closed >= day(start)]


@pytest.mark.parametrize("allowed", [0.0, 1.0])
@given(lanes=LANES)
def test_a_firing_is_open_on_the_days_on_which_more_columns_than_allowed_have_drifted(
    allowed: float, lanes: list[str]
) -> None:
    found = counted(*lanes, threshold=allowed)
    on = {day(place) for place, each in enumerate(zip(*lanes, strict=True)) if sum(of == "x" for of in each) > allowed}
    told = {
        day(n) for n in range(len(lanes[0])) if any(s.opened <= day(n) and (s.closed or "9") > day(n) for s in found)
    }
    assert told == on
