"""How drift is judged: set, read and kept, over the API, the SDK and the command line."""

import pytest

from tests.api.conftest import Api
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Conflict, Forbidden, Refused

PATH = "/api/v1/deployments/d1/drift/policy"


def live(api: Api, who: str = "contributor") -> Deployment:
    return api.client(who).projects.get("p").deployments.get("live")


def test_every_deployment_starts_with_one_false_alarm_in_a_hundred_days(api: Api) -> None:
    found = live(api).drift_policy
    assert (found.number, found.alarm_days, found.in_a_row, found.lateness_days) == (0, 100, 2, 3)
    assert (found.judged_by, found.since, found.set_by) == ("evidence", None, "")
    assert live(api).drift_policies() == []


def test_what_is_given_changes_and_each_policy_is_kept_with_who_set_it(api: Api) -> None:
    live(api).judge_drift(alarm_days=365, shape=0.05)
    found = live(api).judge_drift(judged_by="psi")
    assert (found.number, found.alarm_days, found.shape, found.judged_by) == (2, 365, 0.05, "psi")
    assert live(api).drift_policy == found
    assert [(each.number, each.set_by) for each in live(api).drift_policies()] == [
        (2, "contributor"),
        (1, "contributor"),
    ]
    assert live(api).judge_drift(judged_by="psi").number == 2


def test_a_change_of_a_policy_that_was_changed_meanwhile_is_refused(api: Api) -> None:
    live(api).judge_drift(shape=0.05)
    with pytest.raises(Conflict, match="has the number 1 by now, and the change is of number 0"):
        live(api).judge_drift(alarm_days=365, number=0)
    assert live(api).judge_drift(alarm_days=365, number=1).number == 2


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"alarm_days": 0}, "from 1 to 10000"),
        ({"alarm_days": 2.5}, "a whole number"),
        ({"shape": "much"}, "a number from 0.0 to 5.0"),
        ({"in_a_row": True}, "from 1 to 31"),
        ({"judged_by": "feeling"}, "evidence or psi"),
        ({"lateness_days": None}, "from 0 to 366"),
    ],
)
def test_what_is_no_policy_is_refused_with_what_would_be(api: Api, given: dict[str, object], says: str) -> None:
    answer = api.call("PATCH", PATH, json=given)
    assert (answer.status_code, answer.json()["code"]) == (422, "policy-refused")
    assert says in answer.json()["detail"]


def test_who_may_not_write_may_not_set_it(api: Api) -> None:
    with pytest.raises(Forbidden):
        live(api, "viewer").judge_drift(in_a_row=3)
    with pytest.raises(Refused):
        live(api).judge_drift(in_a_row=99)
