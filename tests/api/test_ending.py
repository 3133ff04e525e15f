"""What is taken away ends at once: sessions, links, roles, keys; and a narrow key sees little to begin with."""

from typing import Any

import pytest

from tests.api.browsing import visitor
from tests.api.conftest import Api

PASSWORD = "correct horse battery"


def made(api: Api, who: str, name: str, **wanted: Any) -> dict[str, Any]:
    """A personal key of theirs, in `api.keys` by its name."""
    found: dict[str, Any] = api.call("POST", "/api/v1/me/keys", who=who, json={"name": name, **wanted}).json()
    api.keys[name] = found["secret"]
    return found


def test_a_session_ends_with_the_key_whose_link_began_it(api: Api) -> None:
    key = made(api, "viewer", "laptop")
    by_laptop, by_another = visitor(api, "laptop"), visitor(api, "viewer")
    api.call("DELETE", f"/api/v1/me/keys/{key['id']}", who="viewer")
    gone = by_laptop.get("/account")
    assert (gone.status_code, gone.headers["location"]) == (303, "/sign-in")
    assert by_another.get("/account").status_code == 200


def test_a_session_ends_when_its_key_expires_and_makes_no_key_that_outlives_it(api: Api) -> None:
    key = made(api, "viewer", "brief", expires="2026-03-01T13:00:00Z")
    by_brief = visitor(api, "brief")
    assert by_brief.send("/account/keys", name="lasting", reach="all").status_code == 201
    (lasting,) = [
        each for each in api.call("GET", "/api/v1/me/keys", who="viewer").json()["items"] if each["name"] == "lasting"
    ]
    assert lasting["expires"] == key["expires"]
    api.assembly.clock.move(seconds=3_599)  # type: ignore[attr-defined]
    assert by_brief.get("/account").status_code == 200
    api.assembly.clock.move(seconds=1)  # type: ignore[attr-defined]
    assert by_brief.get("/account").status_code == 303


def test_a_link_opens_nothing_once_the_password_is_another_or_its_user_disabled(api: Api) -> None:
    def opens(link: str) -> int:
        return api.call("POST", "/sign-in", who=None, data={"token": link.partition("token=")[2]}).status_code

    links = [api.call("POST", "/api/v1/sign-in-links", who="viewer").json()["url"] for _ in range(3)]
    assert opens(links[0]) == 303
    assert api.call("PUT", "/api/v1/me/password", who="viewer", json={"new": PASSWORD}).status_code == 204
    assert opens(links[1]) == 401
    late = api.call("POST", "/api/v1/sign-in-links", who="viewer").json()["url"]
    for disabled in (True, False):
        api.call("PUT", "/api/v1/users/user-viewer", json={"disabled": disabled})
    assert opens(late) == 401


def test_a_role_that_is_taken_away_in_mid_session_is_said_on_the_page_and_named_by_the_api(api: Api) -> None:
    somebody = visitor(api, "contributor")
    assert somebody.get("/projects/p/members").status_code == 200
    path = "/api/v1/projects/p/members/user-contributor"
    api.call("PUT", path, who="admin", json={"role": "viewer"})
    less = somebody.send("/projects/p/deployments/live/releases", action="swap", expected="1")
    assert (less.status_code, "lacks the right to write" in less.text) == (403, True)
    api.call("DELETE", path, who="admin")
    gone = somebody.get("/projects/p/members")
    assert gone.status_code == 404
    assert "roles can be changed at any time" in gone.text
    refused = api.call("GET", "/api/v1/projects/p", who="contributor")
    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_session_that_has_ended_is_led_to_the_door(api: Api, method: str) -> None:
    somebody = visitor(api, "viewer")
    api.call("PUT", "/api/v1/users/user-viewer", json={"disabled": True})
    answer = somebody.get("/account") if method == "GET" else somebody.forge("/account", name="x")
    assert answer.status_code == (303 if method == "GET" else 401)
    assert "/sign-in" in (answer.headers.get("location") or answer.text)


def test_a_key_works_with_a_space_behind_it_and_not_a_second_too_long(api: Api) -> None:
    made(api, "viewer", "brief", expires="2026-03-01T13:00:00Z")
    spaced = {"Authorization": f"Bearer {api.keys['brief']}  "}
    assert api.call("GET", "/api/v1/me", who=None, headers=spaced).status_code == 200
    api.assembly.clock.move(seconds=3_600)  # type: ignore[attr-defined]
    late = api.call("GET", "/api/v1/me", who="brief")
    assert (late.status_code, late.json()["code"]) == (401, "unknown-key")


def test_a_key_of_another_project_sees_nothing_here(api: Api) -> None:
    api.call("POST", "/api/v1/projects", json={"name": "Q"})
    wanted = {"name": "q", "scopes": ["predict", "label", "read"]}
    api.keys["q"] = api.call("POST", "/api/v1/projects/q/keys", json=wanted).json()["secret"]
    for path in ("/api/v1/projects/p", "/api/v1/deployments/d1", "/api/v1/deployments/d1/usage", "/api/v1/models/m1"):
        assert api.call("GET", path, who="q").status_code == 404
    labels = {"labels": [{"id": "a", "value": 1}]}
    assert api.call("POST", "/api/v1/deployments/d1/labels", who="q", json=labels).status_code == 404


def test_lists_show_a_narrow_key_only_what_it_may_read(api: Api) -> None:
    def projects(who: str) -> list[str]:
        return [each["slug"] for each in api.call("GET", "/api/v1/projects", who=who).json()["items"]]

    api.call("POST", "/api/v1/projects", json={"name": "Q"})
    for name, wanted in {"reads": {"scopes": ["read"]}, "calls": {"scopes": ["predict"]}}.items():
        made(api, "administrator", f"personal {name}", **wanted)
        body = {"name": name, **wanted}
        api.keys[name] = api.call("POST", "/api/v1/projects/p/keys", json=body).json()["secret"]
    body = {"name": "one", "scopes": ["read"], "deployment": "d1"}
    api.keys["one"] = api.call("POST", "/api/v1/projects/p/keys", json=body).json()["secret"]
    assert [projects(who) for who in ("reads", "calls", "one")] == [["p"], [], []]
    assert [projects(who) for who in ("personal reads", "personal calls")] == [["p", "q"], []]
    assert [projects(who) for who in ("viewer", "end_user", "stranger")] == [["p"], [], []]
    assert api.call("GET", "/api/v1/deployments/d1", who="one").status_code == 200
    assert api.call("GET", "/api/v1/projects/p/deployments", who="one").status_code == 404


def test_an_end_user_is_told_what_they_may_do(api: Api) -> None:
    shown = visitor(api, "end_user").read("/projects")
    assert "You may call the deployments of P" in shown
    assert "/projects/p" not in shown
    assert "You are an end user of P" in visitor(api, "end_user").read("/account")
    assert "Ask an admin of one for an invitation" in visitor(api, "stranger").read("/projects")
