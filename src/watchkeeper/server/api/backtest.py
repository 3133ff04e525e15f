"""A drift policy, tried on the past."""

from dataclasses import asdict
from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from watchkeeper.access.role import Right
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.policy import Convention, in_force, known_policy
from watchkeeper.monitoring.verdicts.backtesting import MOST_DAYS, Backtest, backtest
from watchkeeper.server.api.drift_policy import PATH, PolicyWanted
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.period import Period
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly

router = APIRouter(tags=["monitoring"])


class BacktestWanted(PolicyWanted):
    """A policy and a period: so many days, back from the newest with rows, or from a start to an end."""

    days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    start: date | None = None
    end: date | None = None


class PolicyTried(BaseModel):
    alarm_days: int
    in_a_row: int
    shape: float
    missing: float
    unseen: float
    lateness_days: int
    ahead_hours: int
    judged_by: Convention


class AlarmShown(BaseModel):
    """One that `stood` when the period began was raised before: its days are those of the period."""

    column: str
    began: str
    raised: str
    ended: str
    days: int
    stood: bool


class DayTried(BaseModel):
    day: str
    verdict: Verdict | None
    drifted: tuple[str, ...]


class BacktestShown(BaseModel):
    """`days` are those with rows. `expected` is how many of them would have a false verdict with no drift anywhere."""

    policy: PolicyTried
    start: str
    end: str
    days: list[DayTried]
    alarms: list[AlarmShown]
    alarms_a_month: float
    expected: float


@router.post(f"{PATH}/backtest", **needs(Right.READ))
def post_backtest(deployment: str, wanted: BacktestWanted, assembly: TheAssembly) -> BacktestShown:
    """Which verdicts and alarms the days of a period would have had under another policy; what is not given is as it is
    in force. Nothing is changed."""
    given = wanted.model_dump(exclude_unset=True, exclude={"days", "start", "end"})
    found = tried(deployment, given, assembly, period=Period(wanted.days, wanted.start, wanted.end))
    return show_backtest(found)


def tried(
    deployment: str,
    given: dict[str, Any],
    assembly: Assembly,
    *,
    period: Period,
) -> Backtest:
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        policy = known_policy(given, before=in_force(work.policies.said(found.id)).policy)
        first, last = period.of(found, work, assembly)
        return backtest(found, policy, start=first, end=last, work=work, places=assembly.places)


def show_backtest(found: Backtest) -> BacktestShown:
    return BacktestShown(
        policy=PolicyTried(**vars(found.policy)),
        start=found.start,
        end=found.end,
        days=[DayTried(day=day, verdict=verdict, drifted=drifted) for day, verdict, drifted in found.days],
        alarms=[AlarmShown(**asdict(each)) for each in found.alarms],
        alarms_a_month=found.alarms_a_month,
        expected=found.expected,
    )
