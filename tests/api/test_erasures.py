"""Columns that are hashed, rows that are erased: over the API, in the SDK and in the shell's words."""

from typing import Any

import pytest
from msgspec.structs import replace

from tests.api.conftest import Api
from tests.api.journals import answered, collector_of
from tests.storage.worlds import call
from watchkeeper.monitoring.keeping.erasing import erase
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Conflict, Forbidden, Refused, Unavailable

PATH = "/api/v1/deployments/d1/journal"


@pytest.fixture
def deployment(api: Api) -> Deployment:
    frame = call("a", rows=6)
    answered(api, frame, replace(frame, role="challenger", model="m2", inputs={}, owes=None))
    return api.client("admin").projects.get("p").deployments.get("live")


def work_through(api: Api) -> None:
    with api.assembly.store.look() as work:
        found = work.deployments.get("d1")
    assert found is not None
    erase(found, collector_of(api))


def names(deployment: Deployment, **chosen: Any) -> list[Any]:
    return sorted(deployment.journal(**chosen).to_arrow()["id"].to_pylist())


def test_rows_are_erased_by_ids_and_by_conditions_and_that_is_written_down(api: Api, deployment: Deployment) -> None:
    waiting = deployment.journal.erase(["a-0", "a-1"], wait=False)
    assert (waiting.state, waiting.given, waiting.rows) == ("waiting", 2, None)
    deployment.journal.erase(where={"size": (">=", 5), "town": "Lyon"}, wait=False)
    work_through(api)
    assert names(deployment) == names(deployment, role="challenger") == ["a-2", "a-3", "a-4"]
    told = {each.given: each for each in deployment.journal.erasures()}
    assert {given: (each.rows, each.state, each.asked_by) for given, each in told.items()} == {
        2: (4, "done", "admin"),
        0: (2, "done", "admin"),
    }
    assert told[0].where == (["size", ">=", 5], ["town", "=", "Lyon"])
    assert deployment.usage().total["champion"].rows == 6


def test_waiting_for_an_erasure_ends_with_it_or_says_that_it_goes_on(api: Api, deployment: Deployment) -> None:
    with pytest.raises(Unavailable, match="goes on"):
        deployment.journal.erase(["a-0"], within=0.0)
    deployment._caller.pause = lambda _: work_through(api)
    assert deployment.journal.erase(["a-1"]).rows == 2
    assert names(deployment) == ["a-2", "a-3", "a-4", "a-5"]


def test_an_erasure_that_finds_too_much_is_a_conflict(
    api: Api, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchkeeper.monitoring.keeping.erasing.MOST_ROWS", 2)
    deployment._caller.pause = lambda _: work_through(api)
    with pytest.raises(Conflict, match="shorter period"):
        deployment.journal.erase(where={"size": ("!=", None)})
    assert len(names(deployment)) == 6


def test_an_input_is_hashed_from_now_on_by_those_who_may(api: Api, deployment: Deployment) -> None:
    assert {each.column: each.journalled for each in deployment.journal.columns()} == {"size": "full", "town": "full"}
    changed = {each.column: each for each in deployment.journal.change({"town": "hashed", "size": "left_out"})}
    assert (changed["town"].journalled, changed["town"].set_by) == ("hashed", "admin")
    answered(api, call("b", rows=2, owes=None))
    rows = {row["id"]: row for row in deployment.journal().newest(9)}
    assert (rows["a-0"]["input.town"], len(rows["b-0"]["input.town"])) == ("Lyon", 64)
    assert "input.size" not in rows["b-0"]
    assert names(deployment, where={"town": rows["b-0"]["input.town"]}) == ["b-0", "b-1"]
    assert deployment.distribution().feature("town").rows == 8
    contributor = api.client("contributor").projects.get("p").deployments.get("live")
    with pytest.raises(Forbidden):
        contributor.journal.change({"town": "full"})
    with pytest.raises(Forbidden):
        contributor.journal.erase(["a-0"])
    assert len(contributor.journal.columns()) == 2
    with pytest.raises(Refused, match="no input 'colour'"):
        deployment.journal.change({"colour": "hashed"})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "nothing-to-erase"),
        ({"ids": []}, "nothing-to-erase"),
        ({"ids": ["a"], "start": "2026-01-01"}, "nothing-to-erase"),
        ({"where": [["colour", "=", 1]]}, "no-column"),
        ({"ids": [7]}, "invalid-request"),
        ({"start": "soon"}, "invalid-request"),
    ],
)
def test_an_erasure_that_does_not_say_which_rows_is_a_problem(api: Api, body: dict[str, Any], code: str) -> None:
    said = api.call("POST", f"{PATH}/erasures", json=body)
    assert (said.status_code, said.json()["code"]) == (422, code)
    assert api.call("GET", f"{PATH}/erasures").json() == {"items": [], "next": None}
    assert api.call("GET", f"{PATH}/erasures/x1").json()["code"] == "no-erasure"
