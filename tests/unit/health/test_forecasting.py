import random
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.health.forecasting import days_until

START = datetime(2026, 3, 1, tzinfo=UTC)


def growing(*, days: float, a_day: float, noise: float = 0.0) -> list[tuple[datetime, float]]:
    """A point each ten minutes, from 100 on."""
    chance = random.Random(7)
    steps = range(int(days * 144) + 1)
    return [(START + timedelta(minutes=10 * n), 100 + a_day * n / 144 + chance.gauss(0, noise)) for n in steps]


def test_steady_growth_says_in_how_many_days_it_is_full() -> None:
    assert days_until(200, growing(days=4, a_day=2)) == pytest.approx((200 - 108) / 2)
    assert days_until(200, growing(days=4, a_day=2, noise=0.1)) == pytest.approx(46, abs=2)


@pytest.mark.parametrize(
    "points",
    [
        [],
        growing(days=1.9, a_day=2),
        growing(days=4, a_day=0),
        growing(days=4, a_day=-2),
        growing(days=4, a_day=0.1),
        growing(days=4, a_day=0.001, noise=1),
        [*growing(days=4, a_day=0), *((at + timedelta(days=4.1), v + 20) for at, v in growing(days=4, a_day=0))],
    ],
    ids=["none", "too short", "none in it", "shrinking", "years away", "noise", "one jump"],
)
def test_nothing_is_said_where_the_past_does_not_say_it(points: list[tuple[datetime, float]]) -> None:
    assert days_until(200, points) is None


def test_what_is_full_is_full_now() -> None:
    assert days_until(100, growing(days=4, a_day=2)) == 0
