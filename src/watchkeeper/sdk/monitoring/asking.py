"""Which days are asked for, and where."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from watchkeeper.sdk.calling import Caller

ROLES = ("champion", "challenger")
Day = date | str


@dataclass(frozen=True)
class Asked:
    """A deployment's monitoring, over a period."""

    caller: Caller
    deployment: str
    params: dict[str, Any]

    def get(self, what: str, **more: Any) -> Any:
        return self.caller.get(f"/deployments/{self.deployment}/{what}", {**self.params, **more})


def asked(
    caller: Caller, deployment: str, *, days: int | None, start: Day | None, end: Day | None, **more: str | None
) -> Asked:
    """`days` back from the newest day with rows, unless a start or an end is given. What is None is not asked."""
    period: dict[str, Any] = {
        "days": days if start is None and end is None else None,
        "start": str(start) if start is not None else None,
        "end": str(end) if end is not None else None,
    }
    return Asked(caller, deployment, {**period, **more})
