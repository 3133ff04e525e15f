"""This process's figures in Prometheus's form."""

from functools import cache

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from watchkeeper.serving.routing import Route

BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


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
        self._of = cache(self._found)
        self._turned_away = Counter(
            "watchkeeper_calls_turned_away",
            "Calls without a key or an address that could be served.",
            ("status",),
            registry=registry,
        )
        self._owed = Gauge(
            "watchkeeper_challenger_rows_waiting", "Rows that a challenger is to answer.", registry=registry
        )
        self._deferred = Gauge(
            "watchkeeper_challenger_calls_deferred", "Calls left to the worker to catch up on.", registry=registry
        )

    def called(self, route: Route, *, status: int, seconds: float) -> None:
        calls, durations = self._of(route.address, route.release, status)
        calls.inc()
        durations.observe(seconds)

    def _found(self, address: str, release: int, status: int) -> tuple[Counter, Histogram]:
        return self._calls.labels(address, release, status), self._seconds.labels(address, release)

    def turned_away(self, status: int) -> None:
        self._turned_away.labels(status).inc()

    def exposed(self, *, waiting: int, deferred: int) -> bytes:
        self._owed.set(waiting)
        self._deferred.set(deferred)
        return generate_latest(self._registry)
