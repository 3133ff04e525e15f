"""A drift policy tried on the past: over the API, the SDK, the command line and the page."""

from datetime import date

import pytest

from tests.api.conftest import Api
from tests.api.journals import answered, collector_of
from tests.fakes.clock import StillClock
from tests.storage.test_verdicts import ago, calls
from watchkeeper.monitoring.verdicts.issuing import issue
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Refused

MOVED = (4, 3, 1)
"""How many days ago the sizes lay higher, of the last eight."""


@pytest.fixture
def live(api: Api) -> Deployment:
    answered(api, *(calls(day, moved=2.5 * (day in MOVED)) for day in range(8, 0, -1)))
    return api.client("viewer").projects.get("p").deployments.get("live")


def on(days: int) -> date:
    return date.fromisoformat(ago(days))


def test_an_alarm_takes_as_many_days_in_a_row_as_the_policy_asks_for(live: Deployment) -> None:
    twice, once = live.backtest(8, in_a_row=2), live.backtest(8, in_a_row=1)
    assert [(each.column, each.began, each.raised, each.ended, each.days) for each in twice.alarms] == [
        ("size", on(4), on(3), on(3), 2)
    ]
    assert [(each.began, each.raised, each.days) for each in once.alarms] == [(on(4), on(4), 2), (on(1), on(1), 1)]
    assert (twice.alarms_a_month, once.alarms_a_month) == (30 / 8, 60 / 8)
    assert [day for day, names in once.drifted.items() if names] == [on(day) for day in MOVED]
    assert once.to_pandas()["column"].tolist() == ["size", "size"]


def test_what_was_over_before_the_period_raises_nothing_in_it(api: Api) -> None:
    """The weeks that end on its days still hold the days that drifted."""
    answered(api, *(calls(day, moved=2.5 * (5 <= day <= 8)) for day in range(20, 0, -1)))
    live = api.client("viewer").projects.get("p").deployments.get("live")
    assert [(each.began, each.ended) for each in live.backtest(20).alarms] == [(on(8), on(5))]
    assert live.backtest(start=on(4), end=on(1)).alarms == ()
    inside = live.backtest(start=on(6), end=on(1))
    assert [(each.began, each.raised, each.ended, each.days, each.stood) for each in inside.alarms] == [
        (on(6), on(6), on(5), 2, True)
    ]
    assert inside.alarms_a_month == 0.0


def test_what_is_not_given_is_as_it_is_in_force_and_nothing_is_changed(live: Deployment) -> None:
    before = live.drift_policy
    found = live.backtest(8, alarm_days=20)
    assert (found.policy["alarm_days"], found.policy["in_a_row"]) == (20, before.in_a_row)
    assert found.expected == pytest.approx(8 / 20)
    assert live.drift_policy == before


def test_the_policy_in_force_gives_the_verdicts_that_were_issued(api: Api, live: Deployment) -> None:
    with api.assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    clock = api.assembly.clock
    assert isinstance(clock, StillClock)
    clock.move(minutes=5)
    assert issue(deployment, collector_of(api)) == 8
    issued = {each.day: each.verdict for each in live.drift(days=8).days}
    assert live.backtest(8).verdicts == issued


def test_a_floor_above_the_change_makes_it_immaterial(live: Deployment) -> None:
    found = live.backtest(8, shape=5.0, unseen=5.0)
    assert found.alarms == ()
    assert [day for day, verdict in found.verdicts.items() if verdict == "immaterial"] == [on(day) for day in MOVED]


def test_a_period_without_rows_has_no_alarms(live: Deployment) -> None:
    found = live.backtest(start=on(30), end=on(20))
    assert (found.verdicts, found.alarms, found.alarms_a_month) == ({}, (), 0.0)


def test_what_is_no_policy_or_too_long_is_refused_by_name(live: Deployment) -> None:
    with pytest.raises(Refused, match="from 1 to 31") as failure:
        live.backtest(in_a_row=99)
    assert failure.value.code == "policy-refused"
    with pytest.raises(Refused, match="400 that are tried at once") as failure:
        live.backtest(start=on(800), end=on(1))
    assert failure.value.code == "too-many-days"
