"""The scan for the first day of a drift against generalised least squares, and against what is known of a walk."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.linalg import toeplitz

from tests.fakes.by_day import abrupt, gradual, passing
from watchkeeper.monitoring.drift.onset.dating import onset
from watchkeeper.monitoring.drift.onset.onset import Course, Onset
from watchkeeper.monitoring.drift.onset.steps import Fits, Steps
from watchkeeper.monitoring.drift.sides import Floats

DAYS = 20


def left(values: Floats, shapes: Floats, lasting: float) -> float:
    """The sum of squares around a fit by generalised least squares, in units of the noise's variance."""
    precision = np.linalg.inv(toeplitz(lasting ** np.arange(DAYS)))
    weights = np.linalg.solve(shapes.T @ precision @ shapes, shapes.T @ precision @ values)
    rest = values - shapes @ weights
    return float(rest @ precision @ rest)


@pytest.mark.parametrize("lasting", [0.0, 0.6])
def test_gains_are_those_of_generalised_least_squares(lasting: float) -> None:
    values = np.random.default_rng(1).normal(size=DAYS)
    steps, level = Steps.of(values, lasting), np.ones(DAYS)
    assert steps.left == pytest.approx(left(values, level[:, np.newaxis], lasting))
    made: list[tuple[Fits, Callable[[int, int], Floats]]] = [
        (steps.for_good(), lambda start, _: abrupt(DAYS, start)),
        (steps.stretches(), lambda start, end: passing(DAYS, start, end - start)),
        (steps.ramps(), lambda start, end: gradual(DAYS, start, end - start + 1)),
    ]
    for fits, shape in made:
        for place in range(0, fits.start.size, 7):
            shapes = np.column_stack([level, shape(int(fits.start[place]), int(fits.end[place]))])
            assert fits.gains[place] == pytest.approx(steps.left - left(values, shapes, lasting))


def test_the_most_by_start_is_over_all_ends() -> None:
    fits = Fits(np.array([1, 1, 2]), np.array([2, 3, 3]), np.array([4.0, 5.0, 1.0]))
    assert fits.by_start(4).tolist() == [-np.inf, 5.0, 1.0, -np.inf]


def test_a_level_that_comes_from_one_day_to_the_next() -> None:
    """Nothing but that day explains it, so the interval is that day."""
    days = np.array([[50 + day % 3, 50 - day % 3, 0] for day in range(20)] + [[40, 40, 20]] * 5)
    assert onset(days) == Onset(Course.ABRUPT, 20, 20, 20)


def test_the_interval_is_as_wide_as_its_law_says() -> None:
    """Without estimated parts: of a random walk whose drift is known the level is reached, whatever the strength. It is
    exceeded, since the walk goes by days."""
    chance = np.random.default_rng(3)
    most = -np.log(1 - np.sqrt(0.9))
    for strength, widest in ((0.2, 0.93), (0.5, 0.96), (2.0, 1.0)):
        steps = strength * chance.normal(size=(4_000, 2, 800)) - strength**2 / 2
        held = np.cumsum(steps, axis=-1).max(axis=(1, 2)) <= most
        assert 0.9 <= held.mean() <= widest
