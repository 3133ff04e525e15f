"""All features together, by day: global drift where days say how large it is, and distances where none does."""

from typing import Any

from watchkeeper.charts.drift import judged_day
from watchkeeper.monitoring.days import days_between
from watchkeeper.monitoring.references.drifting import MEASURE, drift, view
from watchkeeper.monitoring.together.together import by_day
from watchkeeper.server.api.verdicts import show_global
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.storage.work import Work


def show_days_together(
    deployment: Deployment, work: Work, assembly: Assembly, *, start: str, end: str
) -> dict[str, Any]:
    """As the chart of drift takes it; `judged` says which of both it has."""
    rows = work.watch.rows(deployment.id, start=start, end=end)
    found = by_day(deployment, start=start, end=end, work=work, places=assembly.places)

    def of(day: str, role: Role) -> dict[str, Any]:
        mine = found.get(day, {}).get(role) if rows.get((day, role)) else None
        return {"rows": rows.get((day, role), 0), "global_drift": show_global(mine, role) if mine else None}

    days: list[dict[str, Any]] = [
        {"day": day, **{role.value: of(day, role) for role in Role}} for day in days_between(start, end)
    ]
    judged = any(map(judged_day, days))
    if not judged:
        seen = view(deployment, start=start, end=end, work=work, places=assembly.places)
        for day, (_, roles) in zip(days, drift(seen, start=start, end=end).days, strict=True):
            for role in Role:
                day[role.value]["distance"] = roles[role].overall
    return {"judged": judged, "measure": MEASURE, "days": days}
