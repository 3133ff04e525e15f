"""People: invited by link, given roles, refused the moment these are gone; keys with scopes, and rotated."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.conftest import Api

PASSWORD = "correct horse battery"


def invited(api: Api, role: str = "viewer") -> str:
    answer = api.call("POST", "/api/v1/projects/p/invitations", who="admin", json={"role": role, "note": "Ann"})
    assert answer.status_code == 201
    return str(answer.json()["url"].rpartition("=")[2])


def accepted(api: Api, token: str, *, login: str = "Ann@Home.org", password: str = PASSWORD, name: str = "Ann") -> Any:
    body = {"token": token, "login": login, "password": password, "name": name}
    return api.call("POST", "/api/v1/invitations/accept", who=None, json=body)


def members(api: Api) -> dict[str, str]:
    return {each["name"]: each["role"] for each in api.call("GET", "/api/v1/projects/p/members").json()["items"]}


def test_an_invitation_makes_its_bearer_a_member_once(api: Api) -> None:
    token = invited(api)
    user = accepted(api, token).json()
    assert (user["login"], user["administrator"]) == ("ann@home.org", False)
    assert members(api)["Ann"] == "viewer"
    again = accepted(api, token, login="bob")
    assert (again.status_code, again.json()["code"]) == (401, "invitation-spent")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"password": "short"}, "password-refused"),
        ({"password": "ann@home.org", "login": "ann@home.org"}, "password-refused"),
        ({"login": "two words"}, "login-refused"),
        ({"login": ""}, "login-refused"),
        ({"name": "viewer"}, "login-taken"),
    ],
)
def test_what_can_not_be_taken_leaves_the_invitation_open(api: Api, wrong: dict[str, str], code: str) -> None:
    token = invited(api)
    assert accepted(api, token, **wrong).json()["code"] == code
    assert accepted(api, token).status_code == 201


def test_an_invitation_that_was_withdrawn_or_is_too_old_opens_nothing(api: Api) -> None:
    token = invited(api)
    made = api.call("GET", "/api/v1/projects/p/invitations", who="admin").json()["items"][0]
    api.call("DELETE", f"/api/v1/projects/p/invitations/{made['id']}", who="admin")
    assert accepted(api, token).status_code == 401
    late = invited(api)
    api.assembly.clock.move(days=7)  # type: ignore[attr-defined]
    assert accepted(api, late).status_code == 401


def test_who_may_invite_nobody_any_more_has_invited_nobody(api: Api) -> None:
    token = invited(api, role="admin")
    api.call("PUT", "/api/v1/projects/p/members/user-viewer", json={"role": "admin"})
    api.call("DELETE", "/api/v1/projects/p/members/user-admin")
    assert accepted(api, token).json()["code"] == "invitation-spent"


def test_an_admin_who_is_disabled_is_none_to_leave_a_project_to(api: Api) -> None:
    api.call("PUT", "/api/v1/projects/p/members/user-viewer", json={"role": "admin"})
    api.call("PUT", "/api/v1/users/user-viewer", json={"disabled": True})
    assert api.call("DELETE", "/api/v1/projects/p/members/user-admin").json()["code"] == "last-admin"
    assert api.call("DELETE", "/api/v1/projects/p/members/user-viewer").status_code == 204


def test_a_role_that_is_taken_away_is_gone_with_the_next_request(api: Api) -> None:
    assert api.call("GET", "/api/v1/projects/p", who="contributor").status_code == 200
    before = generation(api)
    path = "/api/v1/projects/p/members/user-contributor"
    assert api.call("PUT", path, who="admin", json={"role": "end_user"}).json()["role"] == "end_user"
    assert api.call("GET", "/api/v1/projects/p", who="contributor").status_code == 404
    assert api.call("DELETE", path, who="admin").status_code == 204
    assert "contributor" not in members(api)
    assert generation(api) == before + 2, "prediction processes look again"


def test_a_project_keeps_its_last_admin(api: Api) -> None:
    path = "/api/v1/projects/p/members/user-admin"
    for answer in (api.call("DELETE", path), api.call("PUT", path, json={"role": "viewer"})):
        assert (answer.status_code, answer.json()["code"]) == (409, "last-admin")
    api.call("PUT", "/api/v1/projects/p/members/user-viewer", json={"role": "admin"})
    assert api.call("DELETE", path).status_code == 204


def test_a_role_that_there_is_none_of_is_refused_with_those_there_are(api: Api) -> None:
    answer = api.call("PUT", "/api/v1/projects/p/members/user-viewer", json={"role": "king"})
    assert (answer.status_code, answer.json()["code"]) == (422, "role-unknown")
    assert "contributor" in answer.json()["detail"]


def test_a_disabled_user_is_nobody_until_enabled_again(api: Api) -> None:
    assert api.call("PUT", "/api/v1/users/user-viewer", json={"disabled": True}).json()["disabled"]
    assert api.call("GET", "/api/v1/me", who="viewer").status_code == 401
    api.call("PUT", "/api/v1/users/user-viewer", json={"disabled": False})
    assert api.call("GET", "/api/v1/me", who="viewer").status_code == 200


def test_a_projects_key_may_do_what_its_scopes_say_and_no_more(api: Api) -> None:
    wanted = {"name": "labeller", "scopes": ["label", "read"]}
    made = api.call("POST", "/api/v1/projects/p/keys", who="admin", json=wanted).json()
    api.keys["labeller"] = made["secret"]
    labels = {"labels": [{"id": "a", "value": 1}]}
    assert api.call("POST", "/api/v1/deployments/d1/labels", who="labeller", json=labels).status_code == 200
    assert api.call("GET", "/api/v1/deployments/d1/usage", who="labeller").status_code == 200
    assert api.call("POST", "/api/v1/projects/p/deployments", who="labeller", json={}).status_code == 403
    assert api.call("POST", "/api/v1/deployments/d1/labels", who="project key", json=labels).status_code == 404


def test_a_deployments_key_reaches_that_one_alone(api: Api) -> None:
    wanted = {"name": "one", "scopes": ["read"], "deployment": "p.live"}
    made = api.call("POST", "/api/v1/projects/p/keys", who="admin", json=wanted).json()
    assert made["deployment"] == "d1"
    api.keys["one"] = made["secret"]
    assert api.call("GET", "/api/v1/deployments/d1/usage", who="one").status_code == 200
    assert api.call("GET", "/api/v1/projects/p", who="one").status_code == 404


def test_a_rotated_key_works_on_until_the_overlap_is_over(api: Api) -> None:
    key = api.keys["the key"]
    fresh = api.call("POST", f"/api/v1/keys/{key}/rotate", who="admin", json={"overlap_seconds": 60}).json()
    api.keys["fresh"] = fresh["secret"]
    assert {api.call("GET", "/api/v1/me", who=who).status_code for who in ("project key", "fresh")} == {200}
    api.assembly.clock.move(seconds=60)  # type: ignore[attr-defined]
    assert api.call("GET", "/api/v1/me", who="project key").status_code == 401
    assert api.call("GET", "/api/v1/me", who="fresh").status_code == 200
    again = api.call("POST", f"/api/v1/keys/{key}/rotate", who="admin")
    assert again.json()["code"] == "key-refused"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/sign-in-links", None),
        ("POST", "/api/v1/me/keys", {"name": "wide"}),
        ("GET", "/api/v1/me/keys", None),
        ("DELETE", "/api/v1/me/keys/k1", None),
        ("PUT", "/api/v1/me/password", {"new": PASSWORD}),
    ],
)
def test_a_key_with_scopes_can_not_make_itself_one_without(api: Api, method: str, path: str, body: Any) -> None:
    made = api.call("POST", "/api/v1/me/keys", who="viewer", json={"name": "n", "scopes": ["read"]}).json()
    api.keys["narrow"] = made["secret"]
    assert api.call("GET", "/api/v1/projects/p", who="narrow").status_code == 200
    answer = api.call(method, path, who="narrow", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "right-missing")


def test_a_key_makes_none_that_outlives_it(api: Api) -> None:
    ends = (api.assembly.clock.now() + timedelta(hours=1)).isoformat()
    brief = api.call("POST", "/api/v1/me/keys", who="viewer", json={"name": "b", "expires": ends}).json()
    api.keys["brief"] = brief["secret"]
    made = api.call("POST", "/api/v1/me/keys", who="brief", json={"name": "lasting"}).json()
    assert made["expires"] == brief["expires"]
    assert api.call("POST", "/api/v1/me/keys", who="viewer", json={"name": "x", "scopes": ["fly"]}).status_code == 422


@pytest.mark.parametrize("overlap", ["1e300", "NaN", "Infinity", "-1"])
def test_an_overlap_that_is_none_is_refused(api: Api, overlap: str) -> None:
    path, content = f"/api/v1/keys/{api.keys['the key']}/rotate", f'{{"overlap_seconds": {overlap}}}'
    headers = {"Content-Type": "application/json"}
    assert api.call("POST", path, who="admin", content=content, headers=headers).status_code == 422


def test_a_password_is_set_and_changed_with_the_old_one(api: Api) -> None:
    def put(old: str, new: str) -> Any:
        return api.call("PUT", "/api/v1/me/password", who="viewer", json={"old": old, "new": new})

    assert put("", PASSWORD).status_code == 204
    assert put("wrong", PASSWORD + "!").json()["code"] == "password-wrong"
    assert put(PASSWORD, "short").json()["code"] == "password-refused"
    assert put(PASSWORD, PASSWORD + "!").status_code == 204


def generation(api: Api) -> int:
    with api.assembly.store.look() as work:
        return work.generations.current()


def test_guessing_the_old_password_is_stopped(api: Api) -> None:
    api.call("PUT", "/api/v1/me/password", who="viewer", json={"new": PASSWORD})
    wrong = {"old": "wrong", "new": PASSWORD + "!"}
    statuses = [api.call("PUT", "/api/v1/me/password", who="viewer", json=wrong).status_code for _ in range(9)]
    assert statuses == [401] * 8 + [429]
