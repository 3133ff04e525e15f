"""One measure of use by day: calls, rows, errors, or response time."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.charts.by_day import chart_by_day
from watchkeeper.charts.framing import ROLES, SMALL, Spec

UNITS = {
    "calls": "calls a day",
    "rows": "predictions a day",
    "errors": "errors a day",
    "mean_ms": "mean, milliseconds",
    "p95_ms": "95th percentile, milliseconds",
}


COUNTS = ("calls", "rows", "errors")


def usage_chart(usage: Mapping[str, Any], *, measure: str = "calls", height: int = SMALL) -> Spec:
    """`usage` is the API's answer: {"days": [{"day", "champion": {"calls", …}, "challenger": …}]}.

    `measure` is one of UNITS. A role that had no call at all is not drawn.
    """
    roles = [role for role in ROLES if any((day.get(role) or {}).get("calls") for day in usage["days"])]
    days = [{"day": day["day"], **{role: _value(day.get(role), measure) for role in roles}} for day in usage["days"]]
    return chart_by_day(
        days,
        description=f"{UNITS[measure].capitalize()}, champion and challenger, by day.",
        unit=UNITS[measure],
        whole=measure in COUNTS,
        number_format="~s" if measure in {"calls", "rows"} else "~r" if measure == "errors" else ".3~r",
        height=height,
    )


def _value(counts: Mapping[str, Any] | None, measure: str) -> float | None:
    value = (counts or {}).get(measure)
    return None if value is None else round(value, 3)
