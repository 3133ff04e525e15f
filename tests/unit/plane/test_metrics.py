"""What a process tells of its calls does not grow with its releases."""

import re

from prometheus_client import CollectorRegistry

from tests.unit.plane.conftest import routing
from watchkeeper.server.plane.metrics import MOST_RELEASES, Metrics


def releases(metrics: Metrics) -> set[int]:
    return {int(found) for found in re.findall(r'release="(\d+)"', metrics.exposed().decode())}


def call(metrics: Metrics, release: int, status: int = 200, address: str = "homes.prices") -> None:
    route = routing(release=release, address=address).routes["d1"]
    metrics.called(route, status=status, seconds=0.001, rows=1)


def test_the_releases_that_answered_last_are_told_of_and_others_of_other_deployments_too() -> None:
    metrics = Metrics(CollectorRegistry())
    call(metrics, 500, address="homes.rents")
    for release in range(1, 101):
        call(metrics, release)
        call(metrics, release, status=422)
    assert releases(metrics) == {500, *range(101 - MOST_RELEASES, 101)}
    call(metrics, 100)
    assert 'watchkeeper_calls_total{deployment="homes.prices",release="100",status="200"} 2.0' in (
        metrics.exposed().decode()
    )


def test_a_call_of_a_release_that_was_forgotten_is_counted_anew() -> None:
    metrics = Metrics(CollectorRegistry())
    for release in (1, *range(2, MOST_RELEASES + 2), 1):
        call(metrics, release)
    assert releases(metrics) == {1, *range(3, MOST_RELEASES + 2)}
