"""From readings to spells, and from spells to what becomes of the firings."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import StillClock
from tests.fakes.rules import rule
from watchkeeper.alerts.firing import Firing, Spell
from watchkeeper.alerts.rule import Reading, breaches
from watchkeeper.alerts.signals import SIGNALS
from watchkeeper.alerts.spelling import changes, spells
from watchkeeper.alerts.wording import headline, sentence

FIRST = date(2024, 1, 1)


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def readings(values: str, rows: int = 10) -> list[Reading]:
    """`x` is beyond, `.` is not, ` ` had no rows."""
    numbers = {"x": 2.0, ".": 0.0}
    return [Reading(day(place), rows, numbers[each]) for place, each in enumerate(values) if each != " "]


def days_of(values: str, **how: int) -> list[tuple[int, int | None]]:
    numbers = {day(place): place for place in range(len(values))}
    found = spells(readings(values), rule(**how), above=True)
    return [(numbers[each.opened], numbers[each.closed] if each.closed else None) for each in found]


@pytest.mark.parametrize(
    ("values", "needed", "windows", "expected"),
    [
        (".....", 1, 1, []),
        ("..x..", 1, 1, [(2, 3)]),
        ("..xx", 1, 1, [(2, None)]),
        (".x.xx..", 2, 3, [(3, 6)]),
        ("x..x..x", 2, 3, []),
        ("x.....x", 1, 7, [(0, None)]),
        ("x.......", 1, 7, [(0, 7)]),
        ("x    x.", 2, 2, [(5, 6)]),  # days without rows are no windows
    ],
)
def test_a_spell_opens_with_enough_windows_beyond_and_closes_by_itself(
    values: str, needed: int, windows: int, expected: list[tuple[int, int | None]]
) -> None:
    assert days_of(values, needed=needed, windows=windows) == expected


def test_a_spell_says_since_when_until_when_and_how_bad_it_was() -> None:
    seen = [Reading(day(n), 10, value) for n, value in enumerate([0.0, 1.5, 0.0, 3.0, 2.0, 0.0, 0.0])]
    (found,) = spells(seen, rule(needed=2, windows=3), above=True)
    assert found == Spell(day(1), day(3), day(4), day(6), value=3.0, worst=3.0, last=0.0)


def about(*seen: tuple[str, float]) -> list[Reading]:
    return [Reading(day(n), 10, value, about=name) for n, (name, value) in enumerate(seen)]


def test_a_spell_is_about_the_column_that_it_began_with_and_as_bad_as_that_was() -> None:
    seen, of = about(("", 0.0), ("a", 2.0), ("b", 3.0), ("a", 2.5), ("b", 2.0)), SIGNALS["drift"]
    (found,) = spells(seen, rule(), above=True)
    assert (found.since, found.about, found.worst, found.last) == (day(1), "a", 2.5, 2.0)
    assert headline(of, found, metric="rmse") == "a drifted since 2 January 2024"
    assert sentence(rule(), of, found, metric="rmse").startswith(
        "The drift of a over day is 2 times the usual (at worst 2.5 times the usual, limit 1)"
    )


def test_a_spell_that_takes_several_days_to_open_is_about_the_first_of_them() -> None:
    seen = about(("a", 2.0), ("a", 0.0), ("b", 3.0), ("b", 4.0))
    (found,) = spells(seen, rule(needed=2, windows=3), above=True)
    assert (found.since, found.opened, found.about, found.worst) == (day(0), day(2), "a", 2.0)


def test_too_little_may_be_too_much() -> None:
    seen = [Reading(day(n), 10, value) for n, value in enumerate([0.9, 0.5, 0.9])]
    (found,) = spells(seen, rule(threshold=0.7), above=False)
    assert (found.opened, found.closed, found.worst) == (day(1), day(2), 0.5)


def test_a_window_with_few_rows_or_none_says_nothing() -> None:
    few = rule(minimum_rows=20)
    assert breaches(Reading(day(0), 19, 9.0), few, above=True) is None
    assert breaches(Reading(day(0), 20, None), few, above=True) is None
    assert breaches(Reading(day(0), 20, 9.0), few, above=True) is True
    assert breaches(Reading(day(0), 20, 1.0), few, above=True) is False  # at the threshold is not beyond it


def test_a_sure_rule_wants_the_whole_interval_beyond() -> None:
    sure = rule(sure=True)
    assert breaches(Reading(day(0), 9, 2.0, low=0.5, high=3.5), sure, above=True) is False
    assert breaches(Reading(day(0), 9, 2.0, low=1.1, high=2.9), sure, above=True) is True
    assert breaches(Reading(day(0), 9, 0.8, low=0.5, high=1.1), sure, above=False) is False
    assert breaches(Reading(day(0), 9, 2.0), sure, above=True) is None


@given(st.text("x. ", max_size=60), st.integers(1, 5), st.integers(0, 4), st.integers(0, 60))
def test_judging_from_a_day_on_says_what_judging_everything_says(
    values: str, needed: int, more: int, start: int
) -> None:
    of = rule(needed=needed, windows=needed + more)
    seen = readings(values)
    everything = spells(seen, of, above=True)
    before = [
        each for each in everything if each.opened < day(start) and (each.closed is None or each.closed >= day(start))
    ]
    was = before[-1] if before else None
    again = spells(seen, of, above=True, start=day(start), was=Spell(**{**vars(was), "closed": None}) if was else None)
    later = [each for each in everything if each.closed is None or each.closed >= day(start)]
    assert [(e.opened, e.closed) for e in again] == [(e.opened, e.closed) for e in later]


@given(st.text("x. ", max_size=80), st.integers(1, 5), st.integers(0, 4))
def test_spells_follow_each_other_and_only_the_last_is_open(values: str, needed: int, more: int) -> None:
    found = spells(readings(values), rule(needed=needed, windows=needed + more), above=True)
    for first, second in pairwise(found):
        assert first.closed is not None
        assert first.closed < second.opened
    for each in found:
        assert each.since <= each.opened <= each.until
        assert each.closed is None or each.until < each.closed


def firing(opened: int, closed: int | None, name: str = "f1") -> Firing:
    spell = Spell(day(opened), day(opened), day(opened), None if closed is None else day(closed), 2.0, 2.0, 2.0)
    return Firing(
        **vars(spell),
        id=name,
        rule="r1",
        project="p1",
        deployment="d1",
        threshold=1.0,
        sentence="",
        found=StillClock().now(),
    )


def spell(opened: int, closed: int | None) -> Spell:
    return firing(opened, closed).spell


def test_what_is_as_it_was_changes_nothing() -> None:
    assert changes([firing(1, 3), firing(5, None, "f2")], [spell(1, 3), spell(5, None)]) == []


def test_a_spell_whose_first_day_moved_keeps_its_firing() -> None:
    (change,) = changes([firing(5, None)], [spell(3, None)])
    assert change.firing is not None
    assert change.firing.id == "f1"
    assert change.spell == spell(3, None)


def test_a_spell_that_was_split_keeps_its_firing_once() -> None:
    found = changes([firing(1, None)], [spell(1, 3), spell(6, None)])
    assert [(each.firing.id if each.firing else None) for each in found] == ["f1", None]


def test_two_firings_that_became_one_spell_leave_the_later_as_nothing() -> None:
    found = changes([firing(1, 3), firing(5, None, "f2")], [spell(1, None)])
    assert [(each.firing.id if each.firing else None, each.spell is None) for each in found] == [
        ("f1", False),
        ("f2", True),
    ]


def test_a_firing_without_a_spell_was_nothing() -> None:
    (change,) = changes([firing(1, None)], [])
    assert change.spell is None
