"""What is said to be visible is seen four times in five, whatever the number of levels."""

import tracemalloc

import numpy as np
import numpy.typing as npt
import pytest

from tests.fakes.columns import of_levels
from watchkeeper.monitoring.drift.sizing import sizes
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.drift.visible import visible
from watchkeeper.monitoring.drift.weighing import CODES, weigh

THRESHOLD, COLUMNS, BEFORE, NOW = 0.001, 400, 4_000, 2_000


def seen(levels: int, moves: npt.NDArray[np.float64]) -> float:
    """How often a change of even levels is, in the direction of `moves`, that is as large as what is visible."""
    chance, even = np.random.default_rng(levels), np.full(levels, 1 / levels)
    before = chance.multinomial(BEFORE, even, COLUMNS)
    like = weigh(of_levels(before, chance.multinomial(NOW, even, COLUMNS)))
    size = visible(like.sides, THRESHOLD * like.facets[0].weight)[0]
    moved = even + moves * np.sqrt(size / (moves**2 / even).sum())
    found = weigh(of_levels(before, chance.multinomial(NOW, moved, COLUMNS)))
    return float(found.significant(np.full(COLUMNS, THRESHOLD)).any(axis=0).mean())


@pytest.mark.parametrize("levels", [2, 4, 10, 20, 50])
def test_a_change_of_every_level_is_seen_four_times_in_five(levels: int) -> None:
    assert 0.72 < seen(levels, np.resize([1.0, -1.0], levels)) < 0.88


@pytest.mark.parametrize("levels", [4, 10, 40])
def test_that_of_one_level_at_least_as_often(levels: int) -> None:
    moves = np.full(levels, -1.0 / (levels - 1))
    moves[0] = 1.0
    assert seen(levels, moves) > 0.72


def test_rare_levels_of_which_half_lose_half_their_rows_have_drifted_by_as_much() -> None:
    """In fixed groups all of them are one, so that nothing would have moved."""
    chance, levels = np.random.default_rng(4), 1_000
    shares = np.where(np.arange(levels) % 2, 2.0, 1.0)
    before, still, now = (
        chance.multinomial(10_000, each, COLUMNS // 10)
        for each in (np.full(levels, 1 / levels), np.full(levels, 1 / levels), shares / shares.sum())
    )
    moved, alike = weigh(of_levels(before, now)), weigh(of_levels(before, still))
    thresholds = np.full(COLUMNS // 10, THRESHOLD)
    assert set(moved.codes(thresholds, THRESHOLD).tolist()) == {CODES.index(Verdict.DRIFTED)}
    assert (moved.sizes.overall.estimate > 0.02).all()
    assert (moved.sizes.overall.estimate < 0.111 * 1.2).all()
    assert alike.sizes.overall.estimate.mean() < 0.01
    assert set(alike.codes(thresholds, THRESHOLD).tolist()) == {CODES.index(Verdict.STABLE)}


def test_sizes_of_thousands_of_levels_take_no_more_memory_than_their_counts_a_few_times() -> None:
    """Of many columns in many windows at once they would else take all there is."""
    columns, levels = 20, 2_000
    chance = np.random.default_rng(6)
    sides = of_levels(*(chance.multinomial(40_000, np.full(levels, 1 / levels), columns) for _ in range(2)))
    tracemalloc.start()
    try:
        sizes(sides)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30 * sides.reference.nbytes
