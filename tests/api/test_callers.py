"""Who calls a deployment, and what a key made: over the API, the SDK and the pages."""

import pytest

from tests.api.browsing import visitor
from tests.api.conftest import Api
from watchkeeper.access.identifying import issue_key
from watchkeeper.monitoring.ports import CallerCell
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.projects.project import Project
from watchkeeper.sdk.errors import Unidentified
from watchkeeper.sdk.monitoring.callers import Called

DAY = "2026-02-28"
USAGE = "/projects/p/deployments/live/usage"


@pytest.fixture
def called(api: Api) -> Api:
    """The project's key called most, then a person's, one of another project, one that is gone, and anybody."""
    clock = api.assembly.clock
    with api.assembly.store.work() as work:
        (mine,) = work.keys.of_user("user-viewer")
        work.projects.add(Project("p2", "Q", "q", "", clock.now(), "u1"))
        foreign, _ = issue_key("hidden", keys=work.keys, clock=clock, project="p2")
        for by in DaysOf:
            counts = [(api.keys["the key"], 90, 7), (mine.id, 8, 0), (foreign.id, 4, 0), ("gone", 3, 0), ("", 2, 0)]
            cells = [CallerCell(by, DAY, key, calls, 2 * calls, 1, refused) for key, calls, refused in counts]
            work.callers.add("d1", cells)
    return api


def test_who_called_is_named_as_far_as_the_reader_may_know(called: Api) -> None:
    deployment = called.client("viewer").projects.get("p").deployments.get("live")
    found = deployment.callers(start=DAY, end=DAY)
    assert [(each.name, each.of, each.total.calls) for each in found] == [
        ("caller", "project", 90),
        ("viewer, with viewer", "person", 8),
        ("a key of another project", "elsewhere", 4),
        ("a key that is gone", "nobody", 3),
        ("anybody, without a key", "anybody", 2),
    ]
    assert found[0].total == Called(calls=90, rows=180, errors=1, refused=7)
    assert [(day.isoformat(), of.calls) for day, of in found[0].days] == [(DAY, 90)]
    assert (found[4].key, found[0].key) == (None, called.keys["the key"])
    assert len(deployment.callers(start="2020-01-01", end="2020-01-02")) == 0
    page = visitor(called, "viewer").read(f"{USAGE}?start={DAY}&end={DAY}")
    assert "a key of another project" in page
    assert "hidden" not in page.partition("Who calls")[2].partition("</section>")[0].replace('class="hidden"', "")


def test_a_listed_key_says_how_often_it_called(called: Api) -> None:
    (key,) = called.client("admin").projects.get("p").keys.list()
    assert (key.calls.total, key.calls.last_30_days, key.calls.today, key.calls.refused) == (90, 90, 0, 7)
    page = visitor(called, "admin").read("/projects/p/keys")
    assert "90 in 30 days, 90 in all" in page
    assert "7 more refused by its rate" in page


def test_a_key_says_which_key_made_it_and_goes_with_it_where_that_is_asked_for(api: Api) -> None:
    boss = api.client("admin")
    (root,) = boss.account.keys.list()
    first = boss.account.keys.create("first")
    api.keys["first"] = str(first.secret)
    made = api.client("first")
    second, ours = made.account.keys.create("second"), made.projects.get("p").keys.create("ours")
    api.keys["second"] = str(second.secret)
    third = api.client("second").account.keys.create("third")
    assert [each.made_by for each in (first, second, ours, third)] == [root.id, first.id, first.id, second.id]
    page = visitor(api, "admin").read("/account")
    assert "the 2 keys that it made too" in page
    boss.account.keys.revoke(first)
    assert {each.name for each in boss.account.keys.list() if each.revoked} == {"first"}
    boss.account.keys.revoke(first, with_made=True)
    assert {each.name for each in boss.account.keys.list() if each.revoked} == {"first", "second", "third"}
    assert {each.name: bool(each.revoked) for each in boss.projects.get("p").keys.list()} == {
        "caller": False,
        "ours": True,
    }
    with pytest.raises(Unidentified):
        api.client("second").me()


def test_a_key_made_in_a_session_is_its_links_keys_and_the_page_revokes_them_together(api: Api) -> None:
    admin = visitor(api, "admin")
    with api.assembly.store.look() as work:
        (root,) = work.keys.of_user("user-admin")
    assert admin.send("/account/keys", name="of the page", reach="some", **{"scope-read": "1"}).status_code == 201
    listed = {each["name"]: each for each in api.call("GET", "/api/v1/me/keys", who="admin").json()["items"]}
    assert listed["of the page"]["made_by"] == root.id
    again = api.call("POST", "/api/v1/me/keys", who="admin", json={"name": "by key"}).json()
    assert again["made_by"] == root.id
    assert admin.send(f"/account/keys/{root.id}/revoke", **{"with-made": "yes"}).status_code == 303
    with api.assembly.store.look() as work:
        ended = {key.name for key in work.keys.of_user("user-admin") if key.revoked}
    assert ended == {"admin", "by key", "of the page"}


def test_what_another_has_made_is_not_ended_where_one_may_not(api: Api) -> None:
    """A key of a project that its maker no longer manages stays."""
    boss = api.client("admin")
    first = boss.account.keys.create("first")
    api.keys["first"] = str(first.secret)
    ours = api.client("first").projects.get("p").keys.create("ours")
    with api.assembly.store.work() as work:
        work.members.change(project="p1", user="user-admin", role="viewer")
    boss.account.keys.revoke(first, with_made=True)
    with api.assembly.store.look() as work:
        kept = work.keys.get(ours.id)
    assert kept is not None
    assert kept.revoked is None
