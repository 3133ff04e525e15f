"""The door: an invitation's page, and signing in with a login and a password."""

from typing import Any

import pytest
from fastapi import Request

from tests.api.browsing import faults
from tests.api.conftest import Api
from watchkeeper.access.signing_in import MOST_TRIES
from watchkeeper.server.api.gate import caller_address

PASSWORD = "correct horse battery"


def token(api: Api) -> str:
    made = api.call("POST", "/api/v1/projects/p/invitations", who="admin", json={"role": "viewer"}).json()
    return str(made["url"].rpartition("=")[2])


def take_up(api: Api, secret: str, password: str = PASSWORD) -> Any:
    form = {"token": secret, "login": "ann", "name": "Ann", "password": password}
    return api.call("POST", "/invitations", who=None, data=form)


def sign_in(api: Api, password: str, login: str = "ann") -> Any:
    return api.call("POST", "/sign-in", who=None, data={"login": login, "password": password})


def test_an_invitation_is_taken_up_on_its_page_and_signs_in(api: Api) -> None:
    secret = token(api)
    page = api.call("GET", "/invitations", who=None, params={"token": secret})
    assert page.status_code == 200
    assert "You are invited to P" in page.text
    short = take_up(api, secret, password="short")
    assert short.status_code == 422
    assert "12 to 1,000 characters" in faults(short.text)["door-password"]
    assert 'value="ann"' in short.text
    assert 'value="short"' not in short.text
    joined = take_up(api, secret)
    assert (joined.status_code, joined.headers["location"]) == (303, "/projects")
    assert "watchkeeper_session" in joined.headers["set-cookie"]
    again = api.call("GET", "/invitations", who=None, params={"token": secret})
    assert (again.status_code, again.headers["location"]) == (303, "/sign-in")


def test_a_login_and_its_password_open_the_console_and_wrong_ones_do_not(api: Api) -> None:
    take_up(api, token(api))
    assert sign_in(api, PASSWORD).status_code == 303
    wrong = sign_in(api, "wrong")
    assert wrong.status_code == 401
    assert "fit together" in wrong.text


def test_a_form_that_another_site_sends_signs_nobody_in(api: Api) -> None:
    secret, foreign = token(api), {"Sec-Fetch-Site": "cross-site"}
    form = {"token": secret, "login": "ann", "name": "Ann", "password": PASSWORD}
    assert api.call("POST", "/invitations", who=None, data=form, headers=foreign).status_code == 403
    take_up(api, secret)
    known = {"login": "ann", "password": PASSWORD}
    assert api.call("POST", "/sign-in", who=None, data=known, headers=foreign).status_code == 403


def test_guessing_is_stopped(api: Api) -> None:
    take_up(api, token(api))
    assert {sign_in(api, "wrong").status_code for _ in range(MOST_TRIES)} == {401}
    assert sign_in(api, PASSWORD).status_code == 429


def test_who_is_signed_in_joins_with_a_button(api: Api) -> None:
    secret = token(api)
    cookie = {"Cookie": f"watchkeeper_session={session_of(api, 'stranger')}"}
    page = api.call("GET", "/invitations", who=None, params={"token": secret}, headers=cookie).text
    assert "Join P as stranger" in page
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    unproved = api.call("POST", "/invitations", who=None, data={"token": secret}, headers=cookie)
    assert unproved.status_code == 403
    joined = api.call("POST", "/invitations", who=None, data={"token": secret, "csrf": csrf}, headers=cookie)
    assert joined.status_code == 303
    assert api.call("GET", "/api/v1/projects/p", who="stranger").status_code == 200


def session_of(api: Api, who: str) -> str:
    link = api.call("POST", "/api/v1/sign-in-links", who=who).json()["url"]
    answer = api.call("POST", "/sign-in", who=None, data={"token": link.rpartition("=")[2]})
    return str(answer.headers["set-cookie"].partition("=")[2].partition(";")[0])


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:9::1", "2001:db8:1:2::/64"),
        ("a proxy's name", "a proxy's name"),
    ],
)
def test_an_address_is_that_of_a_household(host: str, known: str) -> None:
    assert caller_address(Request({"type": "http", "client": (host, 1)})) == known
