"""What is said of values."""

from typing import Any

from watchkeeper.alerts.wording import NAMES, SHARES


def figure(value: float, metric: str | None = None) -> str:
    """`4.6 %` of a metric that is a share, `261,600`, `0.31`."""
    if metric in SHARES:
        return f"{value * 100:.3g} %"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"


def metric_name(metric: str) -> str:
    return NAMES.get(metric, metric.replace("_", " "))


def spelled(value: Any) -> str:
    """As it would be written in YAML, or as a person says it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return figure(value)
    return "nothing" if value is None else str(value)
