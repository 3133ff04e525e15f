"""The Members section of a project: who sees what, and what each form does."""

import re

import pytest

from tests.api.browsing import Visitor, faults, visitor
from tests.api.conftest import Api

PAGE = "/projects/p/members"


@pytest.fixture
def admin(api: Api) -> Visitor:
    return visitor(api, "admin")


def roles(api: Api) -> dict[str, str]:
    return {each["user"]: each["role"] for each in api.call("GET", "/api/v1/projects/p/members").json()["items"]}


def test_an_admin_sees_people_with_their_roles_in_words_and_what_each_button_does(admin: Visitor) -> None:
    shown = admin.read(PAGE)
    assert "4 people belong to P" in shown
    assert "looks at everything but raw rows and calls deployments" in shown
    assert "viewer will no longer see P" in shown
    assert "The only admin stays" in shown
    assert "Remove yourself" not in shown


def test_a_viewer_reads_who_belongs_and_is_given_no_form(api: Api) -> None:
    shown = visitor(api, "viewer").read(PAGE)
    assert "4 people belong to P" in shown
    assert PAGE not in re.findall(r'<form method="post" action="([^"]+)"', shown)
    assert "/projects/p/keys" not in shown
    with api.assembly.store.look() as work:
        assert work.invitations.of_project("p1") == []


@pytest.mark.parametrize("who", ["contributor", "viewer", "end_user", "stranger"])
def test_who_may_not_manage_changes_nobody(api: Api, who: str) -> None:
    somebody, before = visitor(api, who), roles(api)
    for path in (
        PAGE,
        f"{PAGE}/user-viewer/role",
        f"{PAGE}/user-viewer/remove",
        "/projects/p/invitations",
        "/projects/p/invitations/i1/withdraw",
    ):
        assert somebody.send(path, role="admin", login="x").status_code in {403, 404}
    assert roles(api) == before


def test_an_invitation_is_shown_once_with_what_it_does_and_until_when(api: Api, admin: Visitor) -> None:
    made = admin.send("/projects/p/invitations", role="contributor", note="Ann\0 <3")
    assert made.status_code == 201
    (link,) = re.findall(r"http://[^<]*/invitations\?token=[\w-]+", made.text)
    assert "Whoever opens it becomes a contributor of P, once, until 8 March 2026, 12:00:00 UTC" in made.text
    again = admin.read(PAGE)
    assert link not in again
    assert "Ann &lt;3" in again
    token = link.partition("token=")[2]
    assert api.call("GET", "/invitations", who=None, params={"token": token}).status_code == 200
    (path,) = re.findall(r'action="(/projects/p/invitations/\w+/withdraw)"', again)
    assert admin.send(path).status_code == 303
    assert "Open invitations" not in admin.read(PAGE)
    assert api.call("GET", "/invitations", who=None, params={"token": token}).status_code == 303


def test_an_invitation_whose_maker_may_invite_nobody_any_more_says_so(api: Api, admin: Visitor) -> None:
    api.call("PUT", "/api/v1/projects/p/members/user-viewer", json={"role": "admin"})
    visitor(api, "viewer").send("/projects/p/invitations", role="viewer")
    assert "so it opens nothing" not in admin.read(PAGE)
    api.call("PUT", "/api/v1/projects/p/members/user-viewer", json={"role": "viewer"})
    assert "so it opens nothing" in admin.read(PAGE)


def test_a_role_is_changed_and_a_member_removed(api: Api, admin: Visitor) -> None:
    assert admin.send(f"{PAGE}/user-viewer/role", role="contributor").headers["location"] == PAGE
    assert roles(api)["user-viewer"] == "contributor"
    assert admin.send(f"{PAGE}/user-viewer/remove").status_code == 303
    assert "user-viewer" not in roles(api)
    gone = admin.send(f"{PAGE}/user-viewer/remove")
    assert (gone.status_code, "no member of this project" in gone.text) == (404, True)


def test_a_member_is_added_by_login_and_what_is_wrong_stands_beside_its_field(api: Api, admin: Visitor) -> None:
    refused = admin.send(PAGE, login='nobody"@x', role="viewer")
    assert refused.status_code == 404
    assert 'value="nobody&#34;@x"' in refused.text
    assert "There is no user" in faults(refused.text)["add-login"]
    assert 'aria-invalid="true" aria-describedby="add-login-fault"' in refused.text
    api.call("PUT", "/api/v1/me", who="stranger", json={"name": "stranger", "login": "sam@home.org"})
    assert "is no role" in admin.send(PAGE, login="sam@home.org", role="king").text
    assert admin.send(PAGE, login=" Sam@home.org ", role="viewer").status_code == 303
    assert roles(api)["user-stranger"] == "viewer"


def test_the_last_admin_stays_and_one_who_leaves_is_led_to_the_projects(admin: Visitor) -> None:
    for path, form in ((f"{PAGE}/user-admin/remove", {}), (f"{PAGE}/user-admin/role", {"role": "viewer"})):
        kept = admin.send(path, **form)
        assert (kept.status_code, "last admin" in kept.text) == (409, True)
    admin.send(f"{PAGE}/user-viewer/role", role="admin")
    assert admin.send(f"{PAGE}/user-admin/remove").headers["location"] == "/projects"


def test_a_form_without_its_token_changes_nobody(api: Api, admin: Visitor) -> None:
    before = roles(api)
    for path in (PAGE, f"{PAGE}/user-viewer/role", f"{PAGE}/user-viewer/remove", "/projects/p/invitations"):
        assert admin.forge(path, role="admin", csrf="0").status_code == 403
    assert roles(api) == before
