"""What all processes have told, in Prometheus's text format."""

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from watchkeeper.server.figures import FIGURES, Figure, Kind, Sample
from watchkeeper.server.notices import Told

MEDIA_TYPE = CONTENT_TYPE_LATEST
Found = tuple[str, Sample]
"""A sample, and the process that told it."""


def exposed(told: Iterable[Told], *, now: float | None = None) -> bytes:
    """`now` in seconds since 1970."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told(list(told), time.time() if now is None else now))
    return generate_latest(registry)


class _Told(Collector):
    def __init__(self, told: Sequence[Told], now: float) -> None:
        self._told = told
        self._now = now

    def collect(self) -> Iterator[Metric]:
        found: dict[str, list[Found]] = {name: [] for name in FIGURES}
        for told in self._told:
            for sample in told.samples:
                if sample.figure in found:  # another version of this program may have told others
                    found[sample.figure].append((told.process, sample))
        for name, samples in found.items():
            yield _family(FIGURES[name], samples, self._now)


def _family(figure: Figure, found: Sequence[Found], now: float) -> Metric:
    labels = ["process", *figure.labels]
    match figure.kind:
        case Kind.COUNTER:
            counter = CounterMetricFamily(figure.name, figure.meaning, labels=labels)
            for process, sample in found:
                counter.add_metric([process, *sample.labels], sample.value)
            return counter
        case Kind.HISTOGRAM:
            histogram = HistogramMetricFamily(figure.name, figure.meaning, labels=labels)
            names = [*(str(bound) for bound in figure.bounds), "+Inf"]
            for process, sample in found:
                buckets = list(zip(names, accumulate(sample.counts), strict=True))
                histogram.add_metric([process, *sample.labels], buckets, sample.value)
            return histogram
    gauge = GaugeMetricFamily(figure.name, figure.meaning, labels=labels)
    for process, sample in found:
        value = max(now - sample.value, 0.0) if figure.kind is Kind.SINCE else sample.value
        gauge.add_metric([process, *sample.labels], value)
    return gauge
