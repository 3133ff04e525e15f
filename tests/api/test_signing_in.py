"""The door: an invitation's page, and signing in with a login and a password."""

from typing import Any

from tests.api.conftest import Api
from watchkeeper.access.signing_in import MOST_FAILURES

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
    assert "12 to 1,000 characters" in short.text
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


def test_guessing_is_stopped(api: Api) -> None:
    take_up(api, token(api))
    assert {sign_in(api, "wrong").status_code for _ in range(MOST_FAILURES)} == {401}
    assert sign_in(api, PASSWORD).status_code == 429
