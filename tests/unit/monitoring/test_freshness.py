"""How old the newest row may be, by how old it was before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.monitoring.integrity.editing import MOST_HOURS, fresh_within
from watchkeeper.monitoring.integrity.errors import ExpectationRefused
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.monitoring.soundness.freshness import Freshness, expected_age, hours

BEGIN, HOUR, DAY = datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=1), timedelta(days=1)
Files = list[tuple[datetime, datetime]]


def nightly(days: int) -> Files:
    """At two in the morning the rows of the day before come, up to midnight."""
    return [(BEGIN + day * DAY + 2 * HOUR, BEGIN + day * DAY) for day in range(days)]


def hourly(count: int, *, without: range = range(0)) -> Files:
    """Rows come as they happen."""
    return [(BEGIN + hour * HOUR, BEGIN + hour * HOUR) for hour in range(count) if hour not in without]


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        (hourly(24 * 14), 3.0),
        (hourly(24 * 14, without=range(100, 105)), 18.0),
        (nightly(14), 78.0),
        (list(reversed(nightly(14))), 78.0),
        ([(BEGIN + 400 * DAY, BEGIN + day * DAY) for day in range(30)], pytest.approx(3 * 24 * 400, rel=0.1)),
    ],
)
def test_it_is_overdue_at_thrice_the_age_that_it_ever_had_when_others_came(files: Files, limit: float) -> None:
    assert expected_age(files) == limit


@pytest.mark.parametrize("files", [[], nightly(7), hourly(24 * 6)])
def test_nothing_is_expected_of_few_files_or_days(files: Files) -> None:
    assert expected_age(files) is None


def fresh(age: float | None, limit: float | None, *, declared: bool = False, late: int = 0) -> Freshness:
    return Freshness(BEGIN if age is not None else None, age, limit, declared, late, 1_000)


@pytest.mark.parametrize(
    ("found", "stale", "sentence"),
    [
        (fresh(None, None), False, "No row has come yet."),
        (
            fresh(0.5, None, late=5),
            False,
            (
                "The newest row is 30 minutes old; rows have come too few times to say whether that is usual. "
                "5 rows (0.5 %) came late."
            ),
        ),
        (fresh(6.0, 3.0, declared=True), True, "The newest row is 6 hours old, and the schema allows 3 hours."),
        (
            fresh(60.0, 78.0, late=5),
            False,
            (
                "The newest row is 2.5 days old, and 3 times the oldest that it was in the last weeks is 3.2 days. "
                "5 rows (0.5 %) came late."
            ),
        ),
        (
            replace(fresh(6.0, 30.0, declared=True), ahead=2),
            False,
            (
                "The newest row is 6 hours old, and the schema allows 30 hours. "
                "2 more lay too far ahead of their arrival, and are not counted."
            ),
        ),
    ],
)
def test_it_is_said_in_words(found: Freshness, sentence: str, *, stale: bool) -> None:
    assert (found.stale, found.sentence) == (stale, sentence)


def test_hours_are_said_in_the_unit_that_fits() -> None:
    counts = (0.0, 0.016, 0.4, 0.995, 1.0, 47.96, 48.0)
    said = ["less than a minute", "1 minute", "24 minutes", "1 hour", "1 hour", "48 hours", "2 days"]
    assert [hours(count) for count in counts] == said


@pytest.mark.parametrize(
    "wanted", [0, -1, 1e-300, "6", "", True, float("nan"), float("inf"), MOST_HOURS + 1, 10**400, [6]]
)
def test_what_is_no_age_is_refused_with_what_would_be_one(wanted: object) -> None:
    with pytest.raises(ExpectationRefused, match=r"Give 0\.01 to 87,600 hours") as refused:
        fresh_within(Schema(()), wanted)
    assert refused.value.fields == ("stalest",)


def test_an_age_is_set_and_let_go_again_under_the_next_number() -> None:
    schema = fresh_within(Schema(()), 6)
    assert (schema.stalest, schema.number) == (6.0, 2)
    assert Schema.from_json(schema.to_json()) == schema
    assert fresh_within(schema, None) == Schema((), number=3)
