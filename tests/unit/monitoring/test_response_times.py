import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.usage.response_times import BINS, count_times, percentile

times = st.lists(st.floats(0.06, 90_000), min_size=1, max_size=200)


@given(times, st.sampled_from([0.5, 0.95, 0.99]))
def test_a_percentile_is_within_four_percent_of_the_true_one(values: list[float], share: float) -> None:
    found = percentile(count_times(values), share)
    exact = np.quantile(values, share, method="inverted_cdf")
    assert found is not None
    assert abs(found - exact) <= 0.04 * exact


@given(times, times)
def test_days_add_up(one: list[float], other: list[float]) -> None:
    assert (count_times(one) + count_times(other) == count_times([*one, *other])).all()


def test_no_call_has_no_percentile_and_extremes_are_counted() -> None:
    assert percentile(np.zeros(BINS, dtype=np.int64), 0.95) is None
    assert count_times([0.0, 1e12]).sum() == 2
