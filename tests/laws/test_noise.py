"""What chance alone makes of a size: sums over directions, and what thinning leaves of it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.columns import distinct
from watchkeeper.monitoring.drift.effect import distances
from watchkeeper.monitoring.drift.noise import Noise
from watchkeeper.monitoring.drift.sizing import everything
from watchkeeper.monitoring.drift.thinning import thinned

SHARE = st.floats(0.0, 1.0)


def noise(**parts: float) -> Noise:
    plain = dict.fromkeys(("least", "first", "second", "falling", "reference", "window", "wide"), 1.0)
    return Noise(**{name: np.array([value]) for name, value in (plain | parts).items()})


@given(st.integers(0, 40), SHARE, SHARE, st.floats(0.0, 1.0))
def test_sums_are_those_of_the_directions_one_by_one(free: int, least: float, second: float, falling: float) -> None:
    of = noise(least=least, second=second, falling=falling)
    each = [1.0, *(least + (second - least) * falling**place for place in range(free - 1))][:free]
    assert np.isclose(of.sum(np.array([free]))[0], sum(each), atol=1e-9)
    assert np.isclose(of.squares(np.array([free]))[0], sum(part**2 for part in each), atol=1e-9)


@given(st.floats(1.0, 500.0), st.floats(1.0, 500.0))
def test_no_more_is_taken_off_than_if_all_directions_were_alike(window: float, reference: float) -> None:
    sides = distinct(np.random.default_rng(1), 3, 1_000, 800)
    thin, apart = thinned(sides, np.full(3, window), np.full(3, reference))
    plain, known = distances(*everything(thin)), distances(*everything(thin), apart.noise)
    assert (known.estimate >= plain.estimate - 1e-12).all()
    assert (known.deviation <= plain.deviation + 1e-12).all()


def test_independent_rows_are_as_they_are() -> None:
    sides = distinct(np.random.default_rng(1), 3, 1_000, 800)
    thin, apart = thinned(sides, np.ones(3), np.ones(3))
    plain, known = distances(*everything(thin)), distances(*everything(thin), apart.noise)
    np.testing.assert_allclose(known.estimate, plain.estimate)
    np.testing.assert_allclose(known.deviation, plain.deviation)
