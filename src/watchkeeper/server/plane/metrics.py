"""This process's figures in Prometheus's form."""

from collections import defaultdict
from functools import partial
from typing import TypeAlias

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from watchkeeper.server.plane.challenging import Challenging
from watchkeeper.server.plane.crowd import Crowd
from watchkeeper.serving.routing import Route

ROWS = (1, 10, 100, 1_000, 10_000, 100_000)
MOST_RELEASES = 8
"""Of a deployment, that are told of: those that answered last. A process would otherwise grow with each release."""
BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
Series: TypeAlias = tuple[str, int, int]
"""Address, release and status."""
Children: TypeAlias = tuple[Counter, Histogram, Histogram]


class Metrics:
    MEDIA_TYPE = CONTENT_TYPE_LATEST

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._registry = registry
        names = ("deployment", "release")
        self._calls = Counter("watchkeeper_calls", "Calls by status.", (*names, "status"), registry=registry)
        self._seconds = Histogram(
            "watchkeeper_call_seconds",
            "Time from a call's arrival to its answer.",
            names,
            buckets=BUCKETS,
            registry=registry,
        )
        self._of: dict[Series, Children] = {}
        self._releases: dict[str, list[int]] = defaultdict(list)
        self._turned_away = Counter(
            "watchkeeper_calls_turned_away",
            "Calls without a key or an address that could be served.",
            ("status",),
            registry=registry,
        )
        self._rows = Histogram(
            "watchkeeper_call_rows", "Rows of an answered call.", names, buckets=ROWS, registry=registry
        )
        self._gauge = partial(Gauge, registry=registry)

    def watch(self, challenging: Challenging, crowd: Crowd) -> None:
        """Read off these, whenever somebody asks."""
        gauges = {
            "watchkeeper_calls_under_way": ("Calls under way.", lambda: crowd.calls),
            "watchkeeper_large_calls_under_way": (
                "Calls answered beside the loop, or waiting to.",
                lambda: crowd.large,
            ),
            "watchkeeper_calls_overloaded": ("Calls for which there was no room.", lambda: crowd.turned_away),
            "watchkeeper_challenger_rows_waiting": ("Rows that a challenger is to answer.", lambda: challenging.rows),
            "watchkeeper_challenger_calls_deferred": (
                "Calls left to the worker to catch up on.",
                lambda: challenging.deferred,
            ),
        }
        for name, (words, read) in gauges.items():
            self._gauge(name, words).set_function(read)

    def called(self, route: Route, *, status: int, seconds: float, rows: int) -> None:
        """`rows` are those answered."""
        series = (route.address, route.release, status)
        calls, durations, sizes = self._of.get(series) or self._found(series)
        calls.inc()
        durations.observe(seconds)
        if rows:
            sizes.observe(rows)

    def _found(self, series: Series) -> Children:
        address, release, _ = series
        if release not in self._releases[address]:
            self._releases[address].append(release)
            if len(self._releases[address]) > MOST_RELEASES:
                self._forget(address, self._releases[address].pop(0))
        of_release = self._seconds.labels(address, release), self._rows.labels(address, release)
        self._of[series] = self._calls.labels(*series), *of_release
        return self._of[series]

    def _forget(self, address: str, release: int) -> None:
        for series in [each for each in self._of if each[:2] == (address, release)]:
            del self._of[series]
            self._calls.remove(*series)
        self._seconds.remove(address, release)
        self._rows.remove(address, release)

    def turned_away(self, status: int) -> None:
        self._turned_away.labels(status).inc()

    def exposed(self) -> bytes:
        return generate_latest(self._registry)
