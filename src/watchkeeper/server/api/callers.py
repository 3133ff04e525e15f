"""Who calls a deployment: what came with each key, by day."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from watchkeeper.access.key import Key
from watchkeeper.access.role import Right
from watchkeeper.monitoring.usage.callers import Calling, callers
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.monitoring import Axis
from watchkeeper.server.api.period import ThePeriod
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["monitoring"])


@router.get("/deployments/{deployment}/callers", **needs(Right.READ))
def get_callers(
    deployment: str,
    assembly: TheAssembly,
    period: ThePeriod,
    by: Axis = DaysOf.EVENT,
) -> dict[str, Any]:
    """Who called most first; of each the days on which they did. A call beyond a key's rate is `refused`, on the day
    that it came, and among no others."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly, by=by)
        return show_callers(found, by=by, start=first, end=last, work=work)


def show_callers(deployment: Deployment, *, by: DaysOf, start: str, end: str, work: Work) -> dict[str, Any]:
    found = callers(deployment, by=by, start=start, end=end, work=work)
    return {
        "by": by,
        "time_zone": deployment.time_zone,
        "start": start,
        "end": end,
        "items": _items(found, _whose(found, deployment, work)),
    }


def _items(found: Sequence[Calling], whose: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "key": each.key or None,
            **whose[each.key],
            **asdict(each.total),
            "days": [{"day": day, **asdict(called)} for day, called in each.days],
        }
        for each in found
    ]


def _whose(found: Sequence[Calling], deployment: Deployment, work: Work) -> dict[str, Mapping[str, Any]]:
    known = {key.id: key for key in work.keys.named([each.key for each in found if each.key])}
    return {each.key: _name(each.key, known.get(each.key), deployment, work) for each in found}


def _name(name: str, key: Key | None, deployment: Deployment, work: Work) -> Mapping[str, Any]:
    """Who reads this may know the project's keys and who people are, and nothing of other projects."""
    if not name:
        return {"of": "anybody", "name": "anybody, without a key"}
    if key is None:
        return {"of": "nobody", "name": "a key that is gone"}
    if key.user is not None:
        user = work.users.get(key.user)
        return {"of": "person", "name": f"{user.name if user else 'somebody'}, with {key.name}"}
    if key.project == deployment.project:
        return {"of": "project", "name": key.name}
    return {"of": "elsewhere", "name": "a key of another project"}
