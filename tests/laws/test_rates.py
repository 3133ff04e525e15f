"""Laws of a key's rate: never more than its burst and what time brings, and never less than its rate."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.access.rate import Per, Rate
from watchkeeper.server.plane.rates import Bucket, RateExceeded, Rates
from watchkeeper.serving.routing import Caller

SLACK = 1e-6
bursts = st.floats(min_value=1, max_value=15)
paces = st.floats(min_value=0.01, max_value=10)
pauses = st.lists(st.floats(min_value=0, max_value=60), min_size=1, max_size=20)
rates = st.builds(
    Rate, st.integers(1, 50), st.sampled_from(list(Per)), st.none() | st.integers(min_value=1, max_value=5_000)
)
CALLER = Caller("k", "digest", None, None)


def times(pauses: list[float]) -> list[float]:
    return list(accumulate(pauses))


@given(bursts, paces, pauses)
def test_no_window_holds_more_than_the_burst_and_what_time_brings(
    burst: float, a_second: float, pauses: list[float]
) -> None:
    bucket, taken = Bucket(burst, a_second, now=0.0), []
    for now in times(pauses):
        while bucket.left(now) >= 1:
            bucket.take(1)
            taken.append(now)
    for place, first in enumerate(taken):
        for after, last in enumerate(taken[place:], 1):
            assert after <= burst + a_second * (last - first) + SLACK


@given(bursts, paces, pauses)
def test_what_was_refused_is_let_through_after_the_wait_that_was_named(
    burst: float, a_second: float, pauses: list[float]
) -> None:
    bucket = Bucket(burst, a_second, now=0.0)
    for now in times(pauses):
        bucket.take(1)
        wait = bucket.wait(1, now)
        assert bucket.left(now + wait) >= 1 - SLACK
        if wait > SLACK:
            assert bucket.left(now + wait * 0.5) < 1 or bucket.wait(1, now + wait * 0.5) == 0


@given(rates, st.integers(1, 8), pauses, st.integers(1, 3_000))
def test_all_processes_together_keep_to_the_rate_of_calls_and_of_rows(
    rate: Rate, processes: int, pauses: list[float], rows: int
) -> None:
    clock = [0.0]
    sharing = [Rates(processes, elapsed=lambda: clock[0]) for _ in range(processes)]
    calls = 0
    for now in times(pauses):
        clock[0] = now
        for each in sharing:
            try:
                each.take(CALLER, rate, "d")
            except RateExceeded:
                continue
            calls += 1
            each.answered(CALLER, rows)
    brought = clock[0] / rate.seconds
    assert calls <= max(rate.calls, processes) + rate.calls * brought + SLACK
    if rate.rows is not None:
        # Each process may have let one call through that went beyond.
        assert calls * rows <= max(rate.rows, processes) + rate.rows * brought + processes * rows + SLACK


@given(rates, st.integers(1, 50))
def test_who_keeps_to_the_rate_is_never_refused(rate: Rate, rounds: int) -> None:
    clock = [0.0]
    alone = Rates(1, elapsed=lambda: clock[0])
    for _ in range(rounds):
        alone.take(CALLER, Rate(rate.calls, rate.per), "d")
        clock[0] += rate.seconds / rate.calls + SLACK
