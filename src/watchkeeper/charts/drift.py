"""Global drift by day, champion and challenger on one chart, each with its interval."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.charts.by_day import chart_by_day
from watchkeeper.charts.framing import ROLES, TALL, Spec
from watchkeeper.charts.uprights import NOTHING, Marks

MEASURES = {
    "jensen_shannon": "Jensen–Shannon distance, 0 to 1",
    "psi": "population stability index (PSI)",
}
SIZE = "size of the change"


def drift_chart(drift: Mapping[str, Any], *, height: int = TALL, marks: Marks = NOTHING) -> Spec:
    """`drift` is the API's answer: {"measure", "days": [{"day", "champion": {"distance", "global_drift"},
    "challenger": …}]}. Where nothing is known of the sizes, as against another period, the distances are drawn. Days of
    which the sizes are not known have a mark on the floor, and none without rows."""
    judged = any(map(judged_day, drift["days"]))
    unit = SIZE if judged else MEASURES.get(drift["measure"], drift["measure"])
    return chart_by_day(
        [{"day": day["day"], **(_sizes(day) if judged else _distances(day))} for day in drift["days"]],
        description=f"{'Global drift' if judged else 'Distance'} by day, champion and challenger: {unit}"
        f"{', with intervals' if judged else ''}.",
        unit=unit,
        number_format=".2~f",
        height=height,
        banded=judged,
        untold=[day["day"] for day in drift["days"] if untold_day(day)] if judged else (),
        marks=marks,
    )


def judged_day(day: Mapping[str, Any]) -> bool:
    """Whether a day has enough rows of either role."""
    return any(known(day.get(role)) for role in ROLES)


def untold_day(day: Mapping[str, Any]) -> bool:
    """Whether a day has rows, and too few of either role to tell."""
    return not judged_day(day) and any((day.get(role) or {}).get("global_drift") for role in ROLES)


def known(of: Mapping[str, Any] | None) -> bool:
    """Whether a day has enough rows of a role for the size to say something."""
    found = (of or {}).get("global_drift") or {"verdict": None}
    return found["verdict"] not in {None, "not enough data"}


def _sizes(day: Mapping[str, Any]) -> dict[str, float | None]:
    """Of a role whose rows can't tell there is none to draw."""
    found: dict[str, float | None] = {}
    for role in ROLES:
        of = (day[role]["global_drift"] if known(day.get(role)) else None) or {}
        found |= {
            role: _rounded(of.get("effect")),
            f"{role}_low": _rounded(of.get("low")),
            f"{role}_high": _rounded(of.get("high")),
        }
    return found


def _distances(day: Mapping[str, Any]) -> dict[str, float | None]:
    return {role: _rounded((day.get(role) or {}).get("distance")) for role in ROLES}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
