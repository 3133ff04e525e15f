"""A person's own page: name and login, password, keys."""

import re
from typing import Any

import pytest

from tests.api.browsing import Visitor, faults, visitor
from tests.api.conftest import Api

PASSWORD = "correct horse battery"
SECRET = re.compile(r"wk_[\w-]{40,}")


@pytest.fixture
def viewer(api: Api) -> Visitor:
    return visitor(api, "viewer")


def own_keys(api: Api, who: str = "viewer") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.call("GET", "/api/v1/me/keys", who=who).json()["items"]
    return items


def test_it_says_who_one_is_and_where(viewer: Visitor) -> None:
    shown = viewer.read("/account")
    assert "You are a viewer of" in shown
    assert "none yet; you sign in by links" in shown


def test_a_name_and_a_login_are_kept_and_those_of_others_refused(api: Api, viewer: Visitor) -> None:
    taken = viewer.send("/account", name="admin", login="vera")
    assert taken.status_code == 409
    assert "Somebody here is called" in faults(taken.text)["person-name"]
    assert viewer.send("/account", name=" Vera  V ", login="Vera@Home.org").status_code == 303
    assert api.call("GET", "/api/v1/me", who="viewer").json()["user"]["login"] == "vera@home.org"
    other = visitor(api, "contributor").send("/account", name="Carl", login="vera@home.org")
    for odd in ("ADMIN", "ａdmin"):
        assert "is called" in faults(viewer.send("/account", name=odd, login="vera").text)["person-name"]
    assert "somebody else" in faults(other.text)["person-login"]
    passing = visitor(api, "contributor").send("/account", name="Vera@home.org", login="carl")
    assert "is called" in faults(passing.text)["person-name"]
    assert "no spaces" in faults(viewer.send("/account", name="Vera V", login="").text)["person-login"]
    assert ">Vera V</h1>" in viewer.read("/account")


def test_a_password_is_set_then_changed_and_ends_the_other_sessions(api: Api, viewer: Visitor) -> None:
    elsewhere = visitor(api, "viewer")
    assert viewer.send("/account", name="Vera", login="vera").status_code == 303
    uneven = viewer.send("/account/password", new=PASSWORD, again=PASSWORD + "!")
    assert "type the new password twice" in faults(uneven.text)["password-again"]
    assert PASSWORD not in uneven.text
    short = viewer.send("/account/password", new="short", again="short")
    assert "12 to 1,000 characters" in faults(short.text)["password-new"]
    assert elsewhere.get("/account").status_code == 200
    assert viewer.send("/account/password", new=PASSWORD, again=PASSWORD).status_code == 303
    assert elsewhere.get("/account").status_code == 303
    assert viewer.get("/account").status_code == 200
    wrong = viewer.send("/account/password", old="wrong", new=PASSWORD + "!", again=PASSWORD + "!")
    assert "The old password is not that" in faults(wrong.text)["password-old"]
    came = api.call("POST", "/sign-in", who=None, data={"login": "vera", "password": PASSWORD})
    assert came.status_code == 303


def test_a_key_is_made_as_narrow_as_ticked_and_its_secret_shown_once(api: Api, viewer: Visitor) -> None:
    empty = viewer.send("/account/keys", name="laptop", reach="some")
    assert (empty.status_code, "Tick at least one" in empty.text) == (422, True)
    form = {"name": "laptop", "reach": "some", "scope-read": "1", "expires": "2026-03-02"}
    made = viewer.send("/account/keys", **form)
    assert made.status_code == 201
    (secret,) = SECRET.findall(made.text)
    assert secret not in viewer.read("/account")
    (kept,) = [each for each in own_keys(api) if each["name"] == "laptop"]
    assert (kept["scopes"], kept["expires"][:10]) == (["read"], "2026-03-02")
    api.keys["laptop"] = secret
    assert api.call("GET", "/api/v1/projects/p", who="laptop").status_code == 200
    past = viewer.send("/account/keys", **{**form, "expires": "2020-01-01"})
    assert "lies in the past" in faults(past.text)["key-expires"]
    assert 'value="laptop"' in past.text


def test_a_form_without_its_choice_makes_no_wide_key(api: Api, viewer: Visitor) -> None:
    assert viewer.send("/account/keys", name="wide").status_code == 422
    assert viewer.send("/account/keys", name="wide", reach="all").status_code == 201
    assert [each["scopes"] for each in own_keys(api) if each["name"] == "wide"] == [[]]


def test_who_revokes_a_wide_key_is_offered_to_end_those_made_with_it_too(api: Api, viewer: Visitor) -> None:
    assert "that it made too" not in viewer.read("/account")
    for name in ("narrow", "narrower"):
        viewer.send("/account/keys", **{"name": name, "reach": "some", "scope-read": "1"})
    page = viewer.read("/account")
    assert page.count("Revoke the 2 keys that it made too") == 1
    assert "narrow, narrower, and what these made" in page
    (wide,) = [each for each in own_keys(api) if each["name"] == "viewer"]
    assert viewer.send(f"/account/keys/{wide['id']}/revoke").status_code == 303
    with api.assembly.store.look() as work:
        kept = {key.name: key.revoked is None for key in work.keys.of_user("user-viewer")}
    assert kept == {"viewer": False, "narrow": True, "narrower": True}


def test_a_key_is_rotated_with_an_overlap_and_revoked(api: Api, viewer: Visitor) -> None:
    made = api.call("POST", "/api/v1/me/keys", who="viewer", json={"name": "old"}).json()
    api.keys["old"] = made["secret"]
    odd = viewer.send(f"/account/keys/{made['id']}/rotate", overlap="1")
    assert (odd.status_code, "Choose when" in odd.text) == (422, True)
    fresh = viewer.send(f"/account/keys/{made['id']}/rotate", overlap="3600")
    (api.keys["fresh"],) = SECRET.findall(fresh.text)
    api.assembly.clock.move(seconds=3_600)  # type: ignore[attr-defined]
    assert [api.call("GET", "/api/v1/me", who=who).status_code for who in ("old", "fresh")] == [401, 200]
    (kept,) = [each for each in own_keys(api) if each["name"] == "old" and each["id"] != made["id"]]
    assert viewer.send(f"/account/keys/{kept['id']}/revoke").status_code == 303
    assert api.call("GET", "/api/v1/me", who="fresh").status_code == 401


def test_somebody_elses_key_is_neither_rotated_nor_revoked(api: Api, viewer: Visitor) -> None:
    other = own_keys(api, "admin")[0]["id"]
    assert viewer.send(f"/account/keys/{other}/rotate", overlap="0").status_code == 404
    assert viewer.send(f"/account/keys/{api.keys['the key']}/rotate", overlap="0").status_code == 404
    viewer.send(f"/account/keys/{other}/revoke")
    assert api.call("GET", "/api/v1/me", who="admin").status_code == 200


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/keys", "/account/keys/k/revoke"])
def test_a_form_without_its_token_changes_nothing(viewer: Visitor, path: str) -> None:
    assert viewer.forge(path, name="x", new=PASSWORD, again=PASSWORD, reach="all").status_code == 403


def test_a_projects_key_has_no_account(api: Api) -> None:
    for method, path, body in (
        ("PUT", "/api/v1/me", {"name": "x"}),
        ("PUT", "/api/v1/me/password", {"new": PASSWORD}),
        ("POST", "/api/v1/me/keys", {"name": "x"}),
        ("POST", f"/api/v1/me/keys/{api.keys['the key']}/rotate", {}),
    ):
        answer = api.call(method, path, who="project key", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "right-missing")


def test_a_rotation_makes_no_key_that_outlives_the_one_that_asked(api: Api) -> None:
    made = api.call("POST", "/api/v1/me/keys", who="viewer", json={"name": "lasting"}).json()
    ends = {"name": "brief", "expires": "2026-03-02T00:00:00Z"}
    brief = api.call("POST", "/api/v1/me/keys", who="viewer", json=ends).json()
    api.keys["brief"] = brief["secret"]
    fresh = api.call("POST", f"/api/v1/me/keys/{made['id']}/rotate", who="brief", json={"overlap_seconds": 0}).json()
    assert fresh["expires"] == brief["expires"]
