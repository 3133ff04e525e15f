"""A project's page Keys, and the tab Keys of a deployment."""

import re
from typing import Any

import pytest

from tests.api.browsing import Visitor, visitor
from tests.api.conftest import Api
from watchkeeper.sdk import Rate
from watchkeeper.sdk.errors import NotFound

PAGE = "/projects/p/keys"
TAB = "/projects/p/deployments/live/keys"
SECRET = re.compile(r"wk_[\w-]{40,}")


@pytest.fixture
def admin(api: Api) -> Visitor:
    return visitor(api, "admin")


def keys(api: Api) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in api.call("GET", "/api/v1/projects/p/keys").json()["items"]}


@pytest.mark.parametrize("path", [PAGE, TAB])
def test_a_key_is_made_with_what_is_ticked_and_its_secret_shown_once(api: Api, admin: Visitor, path: str) -> None:
    form = {"name": "of the mill", "scope-predict": "1", "scope-label": "1", "expires": "2026-12-31"}
    made = admin.send(path, **form)
    assert made.status_code == 201
    (secret,) = SECRET.findall(made.text)
    assert secret not in admin.read(path)
    kept = keys(api)["of the mill"]
    assert kept["scopes"] == ["predict", "label"]
    assert kept["deployment"] == ("d1" if path == TAB else None)
    assert kept["expires"].startswith("2026-12-31T23:59:59")


def test_what_is_wrong_is_said_and_what_was_written_stays(admin: Visitor) -> None:
    refused = admin.send(PAGE, name="x", **{"scope-label": "1", "expires": "yesterday"})
    assert (refused.status_code, "is no date" in refused.text) == (422, True)
    assert re.search(r'name="scope-label" value="1" checked', refused.text)
    assert not re.search(r'name="scope-predict" value="1" checked', refused.text)
    assert "Tick at least one" in admin.send(PAGE, name="x").text
    assert "Give the key a name" in admin.send(PAGE, name=" ", **{"scope-read": "1"}).text
    elsewhere = admin.send(PAGE, name="x", deployment="d9", **{"scope-read": "1"})
    assert "no such deployment in this project" in elsewhere.text


def test_a_deployments_tab_shows_the_keys_that_open_it_and_no_other(api: Api, admin: Visitor) -> None:
    api.call("POST", "/api/v1/projects/p/deployments", json={"name": "other", "champion": "m1"})
    for name, where in (("here", "p.live"), ("there", "p.other")):
        wanted = {"name": name, "deployment": where}
        assert api.call("POST", "/api/v1/projects/p/keys", who="admin", json=wanted).status_code == 201
    tab = admin.read(TAB)
    assert "1 key opens live alone; 1 opens every deployment of P" in tab
    assert "Revoke here" in tab
    assert "Revoke caller" in tab
    assert "Revoke there" not in tab
    assert "of other alone" in admin.read(PAGE)
    foreign = keys(api)["there"]["id"]
    assert admin.send(f"{TAB}/{foreign}/revoke").status_code == 404
    assert keys(api)["there"]["revoked"] is None


@pytest.mark.parametrize("path", [PAGE, TAB])
def test_a_keys_rate_is_asked_for_kept_by_rotation_and_shown(api: Api, admin: Visitor, path: str) -> None:
    form = {"name": "slow", "scope-predict": "1", "rate.calls": "60", "rate.per": "second", "rate.rows": "5000"}
    assert admin.send(path, **form).status_code == 201
    assert keys(api)["slow"]["rate"] == {"calls": 60, "per": "second", "rows": 5000}
    assert "about 60 calls with 5,000 rows a second" in admin.read(path)
    fresh = api.call("POST", f"/api/v1/keys/{keys(api)['slow']['id']}/rotate").json()
    assert fresh["rate"] == {"calls": 60, "per": "second", "rows": 5000}


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("rate.calls", "many", "Write a whole number"),
        ("rate.calls", "0", "from 1 to"),
        ("rate.rows", "1" * 30, "Write a whole number"),
        ("rate.rows", "5", "how many calls"),
        ("rate.per", "fortnight", "use one of second, minute"),
    ],
)
def test_a_rate_that_is_none_is_refused_beside_its_field(
    api: Api, admin: Visitor, field: str, written: str, said: str
) -> None:
    form = {"name": "slow", "scope-predict": "1", **({"rate.calls": "9"} if field == "rate.per" else {})}
    refused = admin.send(PAGE, **form, **{field: written})
    assert (refused.status_code, said in refused.text) == (422, True)
    assert f'name="{field}" value="{written}"' in refused.text or field == "rate.per"
    assert set(keys(api)) == {"caller"}


def test_a_rate_of_the_api_is_checked_and_own_keys_have_one_too(api: Api) -> None:
    for rate, fields in (
        ({"calls": 0}, ["rate.calls"]),
        ({"calls": 10**10}, ["rate.calls"]),
        ({"calls": 1, "per": "day"}, ["rate.per"]),
        ({"calls": 1, "rows": -1}, ["rate.rows"]),
        ({}, ["rate.calls"]),
    ):
        for path in ("/api/v1/projects/p/keys", "/api/v1/me/keys"):
            refused = api.call("POST", path, json={"name": "x", "rate": rate})
            assert (refused.status_code, refused.json()["fields"]) == (422, fields), rate
    own = api.client("viewer").account.keys.create("mine", rate=Rate(3, "second"))
    assert (own.rate, str(own.rate)) == (Rate(3, "second"), "3 calls a second")
    project = api.client("admin").projects.get("p")
    assert project.keys.create("plain").rate is None


@pytest.mark.parametrize("path", [PAGE, TAB])
def test_a_keys_rate_is_changed_where_it_is_shown_and_who_did_it_too(api: Api, admin: Visitor, path: str) -> None:
    key = api.keys["the key"]
    done = admin.send(f"{path}/{key}/rate", **{"rate.calls": "60", "rate.per": "minute"})
    assert (done.status_code, done.headers["location"]) == (303, path)
    assert keys(api)["caller"]["rate"] == {"calls": 60, "per": "minute", "rows": None}
    shown = admin.read(path)
    assert "about 60 calls a minute, set" in shown
    assert "by admin; as often as it likes before" in shown
    assert 'name="rate.calls" value="60"' in shown
    refused = admin.send(f"{path}/{key}/rate", **{"rate.rows": "5"})
    assert (refused.status_code, "how many calls" in refused.text) == (422, True)
    assert re.search(r'<details class="confirm" open><summary>Change rate', refused.text)
    assert admin.send(f"{path}/{key}/rate").status_code == 303
    assert keys(api)["caller"]["rate"] is None
    assert "about 60 calls a minute before" in admin.read(path)


def test_a_rate_is_changed_from_python_for_the_old_secret_too(api: Api) -> None:
    project = api.client("admin").projects.get("p")
    old = project.keys.create("till", rate=Rate(60))
    fresh = project.keys.rotate(old)
    secret = fresh.secret
    assert fresh.change_rate(Rate(5, "second", rows=100)).rate == Rate(5, "second", rows=100)
    assert fresh.secret == secret
    assert [each.rate for each in project.keys.list() if each.name == "till"] == [Rate(5, "second", rows=100)] * 2
    (change,) = project.keys.change_rate(old, Rate(5, "second", rows=100)).rate_changes
    assert (change.by, change.before, change.after) == ("admin", Rate(60), Rate(5, "second", rows=100))
    assert project.keys.change_rate(old.id, None).rate is None
    mine = api.client("viewer").account.keys.create("mine")
    assert mine.change_rate(Rate(3)).rate == Rate(3)
    assert api.client("viewer").account.keys.change_rate(mine, None).rate is None
    with pytest.raises(NotFound):
        api.client("contributor").account.keys.change_rate(mine, None)
    wrong = api.call("PUT", f"/api/v1/keys/{old.id}/rate", who="admin", json={"rate": {"calls": 0}})
    assert (wrong.status_code, wrong.json()["fields"]) == (422, ["rate.calls"])
    assert api.call("PUT", f"/api/v1/keys/{old.id}/rate", who="contributor", json={"rate": None}).status_code == 403


@pytest.mark.parametrize("path", [PAGE, TAB])
def test_a_key_is_rotated_and_revoked_where_it_is_shown(api: Api, admin: Visitor, path: str) -> None:
    key = api.keys["the key"]
    (api.keys["fresh"],) = SECRET.findall(admin.send(f"{path}/{key}/rotate", overlap="86400").text)
    assert [api.call("GET", "/api/v1/me", who=who).status_code for who in ("project key", "fresh")] == [200, 200]
    gone = admin.send(f"{path}/{key}/revoke")
    assert (gone.status_code, gone.headers["location"]) == (303, path)
    assert api.call("GET", "/api/v1/me", who="project key").status_code == 401
    again = admin.send(f"{path}/{key}/rotate", overlap="0")
    assert (again.status_code, "works no longer" in again.text) == (422, True)


def test_a_personal_key_is_none_of_the_projects(api: Api, admin: Visitor) -> None:
    mine = api.call("GET", "/api/v1/me/keys", who="viewer").json()["items"][0]["id"]
    for step in ("rotate", "rate", "revoke"):
        assert admin.send(f"{PAGE}/{mine}/{step}", overlap="0").status_code == 404
    assert api.call("GET", "/api/v1/me", who="viewer").status_code == 200


@pytest.mark.parametrize("who", ["contributor", "viewer"])
def test_who_may_not_manage_sees_neither_the_tab_nor_the_page(api: Api, who: str) -> None:
    somebody = visitor(api, who)
    assert TAB not in somebody.read("/projects/p/deployments/live/releases")
    assert {somebody.get(path).status_code for path in (PAGE, TAB)} == {403}
    for path in (
        PAGE,
        TAB,
        f"{PAGE}/{api.keys['the key']}/revoke",
        f"{TAB}/{api.keys['the key']}/rotate",
        f"{PAGE}/{api.keys['the key']}/rate",
    ):
        assert somebody.send(path, name="x", **{"scope-predict": "1"}).status_code == 403


@pytest.mark.parametrize("path", [PAGE, TAB])
def test_a_form_without_its_token_makes_no_key(api: Api, admin: Visitor, path: str) -> None:
    assert admin.forge(path, name="forged", **{"scope-predict": "1"}).status_code == 403
    assert admin.forge(f"{path}/{api.keys['the key']}/revoke").status_code == 403
    assert set(keys(api)) == {"caller"}
