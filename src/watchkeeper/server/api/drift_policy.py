"""How drift of a deployment is judged: how seldom falsely, and from where on it matters."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, WithJsonSchema

from watchkeeper.access.role import Right
from watchkeeper.monitoring.policy import LIMITS, Convention, PolicySaid, in_force, known_policy
from watchkeeper.monitoring.verdicts.agreeing import agree
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Page
from watchkeeper.server.api.serving import the_deployment

router = APIRouter(tags=["monitoring"])
PATH = "/deployments/{deployment}/drift/policy"


def _of(name: str) -> Any:
    """In the contract a number; what else comes is refused by the name that a wrong one has."""
    least, most = LIMITS[name]
    kind = "integer" if isinstance(least, int) else "number"
    return WithJsonSchema({"type": kind, "minimum": least, "maximum": most})


class PolicyWanted(BaseModel):
    """What is to change; the rest stays. With a `number`, only where that is still the number of the policy."""

    model_config = ConfigDict(extra="forbid")
    number: int | None = None
    alarm_days: Annotated[Any, _of("alarm_days")] = None
    in_a_row: Annotated[Any, _of("in_a_row")] = None
    shape: Annotated[Any, _of("shape")] = None
    missing: Annotated[Any, _of("missing")] = None
    unseen: Annotated[Any, _of("unseen")] = None
    lateness_days: Annotated[Any, _of("lateness_days")] = None
    ahead_hours: Annotated[Any, _of("ahead_hours")] = None
    judged_by: Annotated[Any, WithJsonSchema({"enum": [each.value for each in Convention]})] = None


class PolicyShown(BaseModel):
    """`number` is 0 for the policy that every deployment starts with. With no drift anywhere, one day in `alarm_days`
    has a false verdict, over all features and predictions together; an alarm takes the same one drifted on `in_a_row`
    days with rows. A change matters from the sizes `shape`, `missing` and `unseen` on. Rows that come when newer ones
    than of `lateness_days` later have come raise no alarm; those that lie more than `ahead_hours` ahead are a violation
    and not profiled. `judged_by` is the evidence, or conventional limits of PSI."""

    number: int
    alarm_days: int
    in_a_row: int
    shape: float
    missing: float
    unseen: float
    lateness_days: int
    ahead_hours: int
    judged_by: Convention
    since: datetime | None
    set_by: str


@router.get(PATH, **needs(Right.READ))
def get_drift_policy(deployment: str, assembly: TheAssembly) -> PolicyShown:
    """What verdicts and alarms keep to."""
    with assembly.store.look() as work:
        return _shown(in_force(work.policies.said(the_deployment(deployment, work).id)))


@router.patch(PATH, **needs(Right.WRITE))
def patch_drift_policy(deployment: str, wanted: PolicyWanted, permit: ThePermit, assembly: TheAssembly) -> PolicyShown:
    """Days that are judged from now on keep to it; those before keep their verdicts."""
    given = wanted.model_dump(exclude_unset=True, exclude={"number"})
    known_policy(given)
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        return _shown(agree(found, given, number=wanted.number, permit=permit, work=work, clock=assembly.clock))


@router.get(f"{PATH}/history", **needs(Right.READ))
def get_drift_policy_history(deployment: str, assembly: TheAssembly) -> Page[PolicyShown]:
    """Every policy that was set, newest first: who and when."""
    with assembly.store.look() as work:
        said = work.policies.said(the_deployment(deployment, work).id)
    return Page(items=[_shown(each) for each in said], next=None)


def _shown(said: PolicySaid) -> PolicyShown:
    return PolicyShown(number=said.number, since=said.since, set_by=said.set_by, **vars(said.policy))
