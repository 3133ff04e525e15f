"""Releases over the API."""

from typing import Any

from tests.api.conftest import Api

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
    assert wanted(api, 422, action="change")["fields"] == ["type_policy", "access"]
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
