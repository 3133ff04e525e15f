"""Global drift by day, champion and challenger on one chart."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.charts.by_day import chart_by_day
from watchkeeper.charts.framing import ROLES, TALL, Spec

MEASURES = {
    "jensen_shannon": "Jensen–Shannon distance, 0 to 1",
    "psi": "population stability index (PSI)",
}


def drift_chart(drift: Mapping[str, Any], *, height: int = TALL) -> Spec:
    """`drift` is the API's answer: {"measure", "days": [{"day", "champion": {"global"}, "challenger": …}]}."""
    days = [
        {"day": day["day"], **{role: _rounded((day.get(role) or {}).get("global")) for role in ROLES}}
        for day in drift["days"]
    ]
    measure = MEASURES.get(drift["measure"], drift["measure"])
    return chart_by_day(
        days,
        description=f"Global drift by day, champion and challenger: {measure}.",
        unit=measure,
        number_format=".2~f",
        height=height,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
