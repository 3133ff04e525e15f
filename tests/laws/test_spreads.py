"""A histogram of ours is the one that Prometheus's own library would have made of the same values."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from watchkeeper.server.exposing import exposed
from watchkeeper.server.figures import BUCKETS, Spread, spread
from watchkeeper.server.notices import Told

NAME = "watchkeeper_request_seconds"
values = st.lists(st.sampled_from(BUCKETS) | st.floats(min_value=0, max_value=100), max_size=50)


@given(values)
def test_counts_and_sum_are_those_of_the_library(values: list[float]) -> None:
    registry = CollectorRegistry()
    theirs = Histogram(NAME, "x", ["process"], buckets=BUCKETS, registry=registry).labels("console")
    ours = Spread(BUCKETS)
    for value in values:
        theirs.observe(value)
        ours.add(value)
    text = exposed([Told("console", 0.0, [spread(NAME, (), ours)])]).decode()
    assert lines(text) == lines(generate_latest(registry).decode())


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(NAME) and "_created" not in line]
