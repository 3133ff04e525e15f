"""Releases over the API."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.api.conftest import Api
from watchkeeper.sdk import Split
from watchkeeper.sdk.errors import Refused
from watchkeeper.serving.setting import SETTINGS

HERE = "/api/v1/deployments/d1/releases"


def wanted(api: Api, status: int, **body: Any) -> dict[str, Any]:
    answer = api.call("POST", HERE, json=body, who="contributor")
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_release_is_made_and_listed_with_who_when_and_why(api: Api) -> None:
    made = wanted(api, 201, action="swap", reason="m2 is better", expected=1)
    assert (made["number"], made["champion"]["model"], made["challenger"]["model"]) == (2, "m2", "m1")
    found = api.call("GET", HERE, who="viewer").json()["items"]
    assert found[0] == made
    assert [(each["number"], each["kind"], each["in_force"]) for each in found] == [
        (2, "swapped", True),
        (1, "created", False),
    ]
    assert (made["reason"], made["created_by"]) == ("m2 is better", "contributor")
    assert api.call("GET", "/api/v1/deployments/d1").json()["release"] == 2


def test_each_action_sets_what_it_says(api: Api) -> None:
    assert wanted(api, 201, action="promote", keep=True)["challenger"]["model"] == "m1"
    assert wanted(api, 201, action="promote")["challenger"] is None
    assert wanted(api, 201, action="challenge", challenger="m2")["challenger"]["model"] == "m2"
    assert wanted(api, 201, action="change", type_policy="strict")["type_policy"] == "strict"
    assert wanted(api, 201, action="roll_back", to=1)["type_policy"] == "best_effort"


def test_releases_are_read_page_by_page(api: Api) -> None:
    for _ in range(4):
        wanted(api, 201, action="swap")
    first = api.call("GET", f"{HERE}?limit=2").json()
    second = api.call("GET", f"{HERE}?limit=2&cursor={first['next']}").json()
    assert [each["number"] for each in first["items"] + second["items"]] == [5, 4, 3, 2]


def test_a_release_that_somebody_else_replaced_meanwhile_is_not_built_upon(api: Api) -> None:
    wanted(api, 201, action="swap", expected=1)
    refused = wanted(api, 409, action="swap", expected=1)
    assert (refused["code"], refused["fields"]) == ("release-moved", ["expected"])
    assert "Release 2" in refused["detail"]


def test_an_action_that_says_too_little_is_refused(api: Api) -> None:
    assert wanted(api, 422, action="challenge")["fields"] == ["challenger"]
    assert wanted(api, 422, action="change")["fields"] == list(SETTINGS)
    assert wanted(api, 422, action="change", type_policy="lax")["code"] == "unknown-type-policy"
    assert wanted(api, 409, action="roll_back")["code"] == "no-earlier-release"


def test_only_an_admin_opens_a_deployment_and_anybody_who_writes_closes_it(api: Api) -> None:
    assert wanted(api, 403, action="change", access="public")["code"] == "right-missing"
    body = {"action": "change", "access": "public", "type_policy": "strict"}
    opened = api.call("POST", HERE, json=body, who="admin").json()
    assert (opened["access"], opened["reason"]) == ("public", "Type policy strict. Open to anybody, without a key.")
    assert api.call("GET", "/api/v1/deployments/d1").json()["access"] == "public"
    assert wanted(api, 201, action="change", access="everyone")["access"] == "everyone"
    assert wanted(api, 422, action="change", access="all")["code"] == "unknown-access"


def test_rolling_back_restores_everything_and_lets_nobody_in(api: Api) -> None:
    api.call("POST", HERE, json={"action": "change", "access": "public"}, who="admin")
    wanted(api, 201, action="change", type_policy="strict")
    wanted(api, 201, action="change", access="members")
    back = wanted(api, 201, action="roll_back", to=2)
    assert (back["access"], back["type_policy"]) == ("members", "best_effort")


def test_the_share_that_a_challenger_sees_is_set_and_rolled_back(api: Api) -> None:
    made = wanted(api, 201, action="change", shadow=0.25)
    assert (made["shadow"], made["reason"]) == (0.25, "The challenger sees 25 % of the rows.")
    assert api.call("GET", "/api/v1/deployments/d1").json()["shadow"] == 0.25
    assert wanted(api, 201, action="roll_back")["shadow"] == 1.0


@pytest.mark.parametrize("body", [{"shadow": 0}, {"shadow": 1.01}, {"shadow": -1}])
def test_what_is_no_share_is_refused_by_name(api: Api, body: dict[str, float]) -> None:
    refused = wanted(api, 422, action="change", **body)
    assert (refused["code"], refused["fields"]) == ("bad-share", ["shadow"])


@pytest.mark.parametrize("threshold", [0, 1, 2.5])
def test_what_is_no_probability_is_no_threshold(api: Api, threshold: float) -> None:
    refused = wanted(api, 422, action="change", threshold=threshold)
    assert (refused["code"], refused["fields"]) == ("bad-threshold", ["threshold"])


def test_a_threshold_is_for_classes_alone(api: Api) -> None:
    assert wanted(api, 201, action="change", threshold=0.3)["threshold"] == 0.3
    with api.assembly.store.work() as work:
        found = work.experiments.model("m1")
        assert found is not None
        work.experiments.replace_model(replace(found, card={"signature": {"task": "regression", "inputs": []}}))
    refused = wanted(api, 422, action="change", threshold=0.4)
    assert "answers numbers" in refused["detail"]


def test_a_split_is_set_kept_by_other_changes_and_ended(api: Api) -> None:
    split = {"share": 0.05, "column": "town", "ramp": [{"after": "1h", "share": 1}]}
    made = wanted(api, 201, action="change", split=split)
    sentence = "5 % of calls, by town, answered by the challenger; 100 % after 1 h"
    assert (made["split"]["sentence"], made["reason"]) == (sentence, f"{sentence}.")
    assert api.call("GET", "/api/v1/deployments/d1").json()["split"] == made["split"]
    api.assembly.clock.move(minutes=30)  # type: ignore[attr-defined]
    kept = wanted(api, 201, action="change", shadow=0.5, split=split)
    assert (kept["split"], kept["reason"]) == (made["split"], "The challenger sees 50 % of the rows.")
    assert kept["created"] != made["created"]
    assert wanted(api, 201, action="change", type_policy="strict")["split"]["begun"] == made["split"]["begun"]
    ended = wanted(api, 201, action="change", split=None)
    assert (ended["split"], ended["reason"]) == (None, "The champion answers all calls.")
    back = wanted(api, 201, action="roll_back")
    assert {**back["split"], "begun": None} == {**made["split"], "begun": None}
    assert back["split"]["begun"] == back["created"]  # it ramps anew


@pytest.mark.parametrize("action", [{"action": "promote", "keep": True}, {"action": "swap"}])
def test_who_takes_over_answers_all_calls(api: Api, action: dict[str, Any]) -> None:
    wanted(api, 201, action="change", split={"share": 0.5})
    assert wanted(api, 201, **action)["split"] is None


def test_another_challenger_answers_nobody_yet(api: Api) -> None:
    wanted(api, 201, action="change", split={"share": 0.5})
    assert wanted(api, 201, action="challenge", challenger=None)["split"] is None


def test_a_split_needs_a_challenger_and_a_column_that_is_there(api: Api) -> None:
    refused = wanted(api, 422, action="change", split={"share": 0.5, "column": "twon"})
    assert (refused["code"], refused["fields"]) == ("bad-split", ["split.column"])
    assert "size, town" in refused["detail"]
    wanted(api, 201, action="challenge", challenger=None)
    assert wanted(api, 409, action="change", split={"share": 0.5})["code"] == "no-challenger"


def test_a_challenger_with_inputs_of_its_own_answers_no_callers(api: Api) -> None:
    with api.assembly.store.work() as work:
        found = work.experiments.model("m2")
        assert found is not None
        inputs = [{"name": "size", "kind": "integer"}, {"name": "garden", "kind": "boolean"}]
        work.experiments.replace_model(replace(found, card={"signature": {"inputs": inputs}}))
    refused = wanted(api, 422, action="change", split={"share": 0.5})
    assert (refused["code"], refused["fields"]) == ("inputs-differ", ["split"])
    assert "'garden'" in refused["detail"]


def test_the_sdk_says_a_split_as_the_api_does(api: Api) -> None:
    deployment = api.client("contributor").projects.get("p").deployments.get("live")
    deployment.change(split=Split(0.1, header="X-Customer", ramp={"30m": 0.5, timedelta(hours=1): 1.0}))
    split = deployment.split
    assert split is not None
    assert split.ramp == {1_800.0: 0.5, 3_600.0: 1.0}
    assert split.sentence.startswith("10 % of calls, by the header X-Customer, answered by the challenger")
    assert deployment.change(shadow=0.5).split == split
    assert (
        deployment.change(split=0.2).releases.list()[0].glance()["split"] == "20 % of calls, answered by the challenger"
    )
    assert deployment.change(split=None).split is None
    with pytest.raises(Refused, match="no share"):
        deployment.change(split=2.0)


def test_only_an_admin_gives_a_deployment_a_process_of_its_own_and_anybody_who_writes_takes_it_back(api: Api) -> None:
    assert wanted(api, 403, action="change", isolation="process")["code"] == "right-missing"
    body = {"action": "change", "isolation": "process"}
    made = api.call("POST", HERE, json=body, who="admin").json()
    assert (made["isolation"], made["reason"]) == ("process", "Answered by a prediction process of its own.")
    assert api.call("GET", "/api/v1/deployments/d1").json()["isolation"] == "process"
    assert wanted(api, 201, action="change", type_policy="strict")["isolation"] == "process"
    assert wanted(api, 201, action="change", isolation="shared")["isolation"] == "shared"
    refused = wanted(api, 422, action="change", isolation="container")
    assert (refused["code"], refused["fields"]) == ("unknown-isolation", ["isolation"])


def test_a_deployment_begins_with_the_settings_that_were_asked_for(api: Api) -> None:
    here = "/api/v1/projects/p1/deployments"
    wished = {"champion": "m1", "challenger": "m2", "shadow": 0.5, "split": {"share": 0.2, "column": "town"}}
    made = api.call("POST", here, json={"name": "second", **wished}, who="contributor").json()
    assert (made["shadow"], made["threshold"], made["split"]["column"]) == (0.5, 0.5, "town")
    assert made["split"]["begun"] == made["created"]
    for more, code in (
        ({"challenger": None}, "no-challenger"),
        ({"shadow": 3}, "bad-share"),
        ({"split": {"share": 0.2, "column": "twon"}}, "bad-split"),
        ({"type_policy": "lax"}, "unknown-type-policy"),
        ({"threshold": 7}, "bad-threshold"),
    ):
        refused = api.call("POST", here, json={"name": "third", **wished, **more}, who="contributor")
        assert (refused.status_code >= 400, refused.json()["code"]) == (True, code)


def test_a_deployment_that_an_admin_makes_may_begin_with_a_process_of_its_own(api: Api) -> None:
    here = "/api/v1/projects/p1/deployments"
    wished = {"name": "second", "champion": "m1", "isolation": "process"}
    refused = api.call("POST", here, json=wished, who="contributor")
    assert (refused.status_code, refused.json()["code"]) == (403, "right-missing")
    deployments = api.client("admin").projects.get("p").deployments
    assert deployments.create("second", champion="m1", isolation="process", wait=False).isolation == "process"
    assert deployments.create("third", champion="m1", wait=False).isolation == "shared"
