"""Laws of putting samples together: nothing is lost of sums and peaks, in whatever order and parts it is done."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.health.resources import Grain, Measured, Sample, thinned

START = datetime(2026, 3, 1, 23, 40, tzinfo=UTC)
values = st.floats(min_value=0, max_value=1e12, allow_nan=False)
measures = st.dictionaries(st.sampled_from(["cpu", "memory", "files"]), values.map(Measured.once), max_size=3)
samples = st.builds(
    Sample,
    st.integers(min_value=0, max_value=3 * 3600).map(lambda seconds: START + timedelta(seconds=seconds)),
    st.sampled_from(["console", "worker"]),
    st.integers(min_value=1, max_value=2),
    measures,
)
grains = st.sampled_from([Grain.TEN_MINUTES, Grain.DAY])


def sums(samples: Sequence[Sample]) -> dict[tuple[str, str], tuple[float, int, float]]:
    """By process and measure: the sum, the count, the peak."""
    found: dict[tuple[str, str], tuple[float, int, float]] = {}
    for sample in samples:
        for name, each in sample.measures.items():
            total, count, peak = found.get((sample.process, name), (0.0, 0, 0.0))
            found[sample.process, name] = total + each.mean * each.count, count + each.count, max(peak, each.highest)
    return found


def alike(one: Sequence[Sample], other: Sequence[Sample]) -> bool:
    ones, others = sums(one), sums(other)
    return ones.keys() == others.keys() and all(
        math.isclose(ones[key][0], others[key][0], rel_tol=1e-9, abs_tol=1e-6) and ones[key][1:] == others[key][1:]
        for key in ones
    )


@given(st.lists(samples, max_size=40), grains)
def test_sums_counts_and_peaks_survive_thinning(kept: list[Sample], grain: Grain) -> None:
    assert alike(kept, thinned(kept, grain))


@given(st.lists(samples, max_size=40), st.randoms(use_true_random=False))
def test_days_from_ten_minutes_are_days_from_samples_in_any_order(kept: list[Sample], chance: Random) -> None:
    shuffled = list(kept)
    chance.shuffle(shuffled)
    straight, by_parts = thinned(kept, Grain.DAY), thinned(thinned(shuffled, Grain.TEN_MINUTES), Grain.DAY)
    assert [(each.at, each.process) for each in straight] == [(each.at, each.process) for each in by_parts]
    assert alike(straight, by_parts)


@given(st.lists(samples, max_size=40), grains)
def test_a_bucket_holds_one_of_each_process(kept: list[Sample], grain: Grain) -> None:
    keys = [(each.at, each.process, each.pid) for each in thinned(kept, grain)]
    assert keys == sorted(set(keys))
    assert thinned(thinned(kept, grain), grain) == thinned(kept, grain)
