"""The figures of this installation's processes: which there are, and what each says."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
ROWS = (1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0)
OF_ROLE = ("deployment", "release", "role")


class Kind(StrEnum):
    """A `since` is kept as the moment that it counts from, so that it grows even while its process is silent."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    SINCE = "since"


@dataclass(frozen=True)
class Figure:
    """`told_by` is the kind of process; every figure has the label `process` besides its own."""

    name: str
    kind: Kind
    meaning: str
    told_by: str
    labels: Sequence[str] = ()
    bounds: Sequence[float] = ()


def _plane(name: str, kind: Kind, meaning: str, labels: Sequence[str] = (), bounds: Sequence[float] = ()) -> Figure:
    return Figure(name, kind, meaning, "plane", labels, bounds)


FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        _plane(
            "watchkeeper_calls_total",
            Kind.COUNTER,
            "Calls by how they ended for the role: with which HTTP status, or where its answer is unseen 200 or 500.",
            (*OF_ROLE, "status"),
        ),
        _plane(
            "watchkeeper_errors_total",
            Kind.COUNTER,
            "Calls that were not answered, by the error's code.",
            (*OF_ROLE, "code"),
        ),
        _plane(
            "watchkeeper_call_seconds",
            Kind.HISTOGRAM,
            "Time from a call's arrival to the role's answer; in a split only what callers waited for.",
            OF_ROLE,
            BUCKETS,
        ),
        _plane("watchkeeper_call_rows", Kind.HISTOGRAM, "Rows of an answered call.", OF_ROLE, ROWS),
        _plane(
            "watchkeeper_batch_seconds",
            Kind.HISTOGRAM,
            "Time that a role took for all the rows that it was asked at once, unseen by callers.",
            OF_ROLE,
            BUCKETS,
        ),
        _plane(
            "watchkeeper_batch_rows",
            Kind.HISTOGRAM,
            "Rows that a role was asked at once: those of several small calls, or unseen by callers.",
            OF_ROLE,
            ROWS,
        ),
        _plane(
            "watchkeeper_calls_under_way",
            Kind.GAUGE,
            "Calls that were let in and are not answered yet, those among them whose body is still coming.",
            OF_ROLE,
        ),
        _plane("watchkeeper_rows_waiting", Kind.GAUGE, "Rows that a role is to answer unseen by callers.", OF_ROLE),
        _plane(
            "watchkeeper_model_load_seconds",
            Kind.GAUGE,
            "What loading and warming the model took, in the release in force.",
            OF_ROLE,
        ),
        _plane(
            "watchkeeper_model_loaded",
            Kind.GAUGE,
            "1 where the release in force has its model loaded, 0 where it has not.",
            OF_ROLE,
        ),
        _plane("watchkeeper_large_calls_under_way", Kind.GAUGE, "Large calls, answered beside the others or waiting."),
        _plane(
            "watchkeeper_calls_turned_away_total",
            Kind.COUNTER,
            "Calls that reached no model: without a key or an address, beyond a rate, or with no room, by code.",
            ("status", "code"),
        ),
        _plane(
            "watchkeeper_calls_not_recorded_total",
            Kind.COUNTER,
            "Calls that were answered and not recorded, since the disk was full.",
        ),
        _plane(
            "watchkeeper_rows_not_recorded_total",
            Kind.COUNTER,
            "Rows that were answered and not recorded, since the disk was full.",
        ),
        _plane(
            "watchkeeper_challenger_calls_deferred_total",
            Kind.COUNTER,
            "Calls whose unseen answer was left to the worker, since the queue was full.",
        ),
        Figure(
            "watchkeeper_journal_lag_seconds",
            Kind.SINCE,
            "Time since the worker had collected everything of a deployment.",
            "worker",
            ("deployment",),
        ),
        Figure(
            "watchkeeper_calls_owed",
            Kind.GAUGE,
            "Calls to which an unseen answer is owed, as far as they are collected.",
            "worker",
            ("deployment",),
        ),
        Figure(
            "watchkeeper_journal_bytes",
            Kind.GAUGE,
            "Bytes of the files that hold a deployment's raw rows.",
            "worker",
            ("deployment",),
        ),
        Figure(
            "watchkeeper_requests_total",
            Kind.COUNTER,
            "Requests for pages and to the API, by HTTP status.",
            "console",
            ("status",),
        ),
        Figure(
            "watchkeeper_request_seconds",
            Kind.HISTOGRAM,
            "Time from a request to the beginning of its answer.",
            "console",
            bounds=BUCKETS,
        ),
        Figure(
            "watchkeeper_process_silent_seconds",
            Kind.SINCE,
            "Time since the process last told its figures; those of one that is silent are as old as that.",
            "all",
        ),
        Figure("watchkeeper_process_resident_memory_bytes", Kind.GAUGE, "Memory that it holds.", "all"),
        Figure("watchkeeper_process_cpu_seconds_total", Kind.COUNTER, "Processor time that it has used.", "all"),
        Figure("watchkeeper_process_open_fds", Kind.GAUGE, "Files and connections that it has open.", "all"),
    )
}


class Spread:
    """A histogram's counts, one for each bound and one beyond them."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Sample(msgspec.Struct, array_like=True, frozen=True):
    """One value of a figure, or a histogram's `counts` with their sum as the value. A `since` has its moment, in
    seconds since 1970."""

    figure: str
    labels: tuple[str, ...] = ()
    value: float = 0.0
    counts: tuple[int, ...] = ()


def spread(figure: str, labels: tuple[str, ...], found: Spread) -> Sample:
    return Sample(figure, labels, found.total, tuple(found.counts))
