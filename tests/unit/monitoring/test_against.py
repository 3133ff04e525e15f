"""What a period is held against, by name or by days."""

from datetime import date

import pytest

from watchkeeper.monitoring.days import PeriodRefused
from watchkeeper.monitoring.references.against import USUAL, Against, Held, against_of


def test_without_a_word_it_is_what_was_learned_from() -> None:
    assert against_of(None, None, None) == USUAL == Against(Held.TRAINING)
    assert against_of(Held.HOLD_OUT, None, None).usual is False


@pytest.mark.parametrize(
    ("start", "end", "before"),
    [
        ("2026-03-02", "2026-03-08", ("2026-02-23", "2026-03-01")),
        ("2024-03-01", "2024-03-01", ("2024-02-29", "2024-02-29")),
        ("2026-03-29", "2026-03-30", ("2026-03-27", "2026-03-28")),  # the clocks change within
    ],
)
def test_the_days_before_are_as_many_and_end_on_the_eve(start: str, end: str, before: tuple[str, str]) -> None:
    found = against_of(Held.PREVIOUS, None, None).over(start, end)
    assert (found.start, found.end) == before


def test_days_of_choice_may_touch_the_period_and_not_share_a_day_with_it() -> None:
    held = against_of(None, date(2026, 3, 1), date(2026, 3, 7))
    assert held.name is Held.PERIOD
    assert held.over("2026-03-08", "2026-03-09") == held == held.over("2026-02-01", "2026-02-28")
    for start, end in (("2026-03-07", "2026-03-09"), ("2026-02-01", "2026-03-01"), ("2026-03-03", "2026-03-04")):
        with pytest.raises(PeriodRefused, match="1 to 7 March 2026 has days of"):
            held.over(start, end)


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        (None, date(2026, 3, 1), None),
        (None, None, date(2026, 3, 1)),
        (Held.PERIOD, None, None),
        (Held.PREVIOUS, date(2026, 3, 1), date(2026, 3, 2)),
        (Held.TRAINING, date(2026, 3, 1), date(2026, 3, 2)),
    ],
)
def test_half_a_period_and_a_name_with_days_are_refused(
    name: Held | None, start: date | None, end: date | None
) -> None:
    with pytest.raises(PeriodRefused):
        against_of(name, start, end)


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), "2026-03-02 to 2026-03-01 is empty: its last day comes before its first"),
        (date(1, 1, 1), date(2026, 3, 1), "from 1900-01-01 to 2200-01-01, and not from 0001-01-01"),
        (date(2000, 1, 1), date(2026, 3, 1), "may have 3,660 days"),
    ],
)
def test_days_of_choice_that_are_no_period_are_refused_for_what_they_are(start: date, end: date, says: str) -> None:
    with pytest.raises(PeriodRefused, match=says):
        against_of(None, start, end)
