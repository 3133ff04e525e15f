"""Calls that can't be answered: a named error that says where and what to do, and a record of it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.plane.conftest import ADDRESS, FOREIGN, KEY, World, routing
from watchkeeper.access.key import digest_of
from watchkeeper.server.plane import call as calls
from watchkeeper.serving.routing import Caller, ModelPlace

GOOD = {"size": 2.0, "rooms": 3}


@pytest.mark.parametrize(
    ("body", "status", "code", "fields"),
    [
        (b"", 400, "not-json", ["body"]),
        (b"{", 400, "not-json", ["body"]),
        (b"size=2", 400, "not-json", ["body"]),
        (b'{"size": "\xff"}', 400, "not-json", ["body"]),
        (b"[" * 15_000, 400, "not-json", ["body"]),
        (b'{"size": NaN, "rooms": 1}', 422, "rows-refused", ["size"]),
        (b'{"rows": [{"size": 1, "rooms": -Infinity}]}', 422, "rows-refused", ["rooms"]),
        (b'{"size": 1e999, "rooms": 1}', 422, "rows-refused", ["size"]),
        (b"[1, 2]", 422, "rows-refused", ["body"]),
        (b"null", 422, "rows-refused", ["body"]),
        (b'{"rows": "x"}', 422, "rows-refused", ["rows"]),
        (b'{"rows": [{}], "ids": ["a\\u0000b"]}', 422, "rows-refused", ["ids[0]"]),
        (b'{"rows": []}', 422, "rows-refused", ["rows"]),
        (b'{"rows": [{}, 3]}', 422, "rows-refused", ["rows[1]"]),
        (b'{"rows": [{}], "ids": ["a", "b"]}', 422, "rows-refused", ["ids"]),
        (b'{"rows": [{}], "ids": [""]}', 422, "rows-refused", ["ids[0]"]),
        (b'{"rows": [{}], "ids": [7]}', 422, "rows-refused", ["ids[0]"]),
        (b'{"rows": [{}], "at": ["soon"]}', 422, "rows-refused", ["at[0]"]),
        (b'{"rows": [{}], "at": 5}', 422, "rows-refused", ["at"]),
    ],
)
def test_a_body_that_is_no_rows_is_refused_by_name_and_recorded(
    world: World, body: bytes, status: int, code: str, fields: list[str]
) -> None:
    reply = world.call(body)
    assert (reply.status, reply.json["code"], reply.json["fields"]) == (status, code, fields)
    assert reply.headers["content-type"] == "application/problem+json"
    (frame,) = world.record.frames
    assert (frame.kind, frame.ids, frame.owes) == ("refused", [], None)
    assert world.call(GOOD).status == 200


def test_a_call_over_too_many_days_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MOST_DAYS", 2)
    days = ["2024-01-01", "2024-01-02", "2024-01-03"]
    assert world.call({"rows": [GOOD] * 2, "at": days[:2]}).status == 200
    assert world.call({"rows": [GOOD] * 3, "at": days}).json["fields"] == ["at"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read_and_after(world: World) -> None:
    large = b'{"size": "' + b"x" * 30_000 + b'"}'
    for headers in ({"content-length": str(len(large))}, {}):
        reply = world.call(large, headers=headers)
        assert (reply.status, reply.json["code"]) == (413, "body-too-large")
        assert "20,000 bytes" in reply.json["detail"]


def test_a_compressed_body_is_refused(world: World) -> None:
    assert world.call(GOOD, headers={"content-encoding": "gzip"}).json["fields"] == ["content-encoding"]


@pytest.mark.parametrize("key", [None, "", "wk_nobody", "Bearer", KEY[:-1]])
def test_without_a_key_that_works_nothing_is_said(world: World, key: str | None) -> None:
    reply = world.call(GOOD, key=key)
    assert (reply.status, reply.json["code"]) == (401, "unknown-key")
    assert reply.headers["www-authenticate"] == "Bearer"
    assert world.record.frames == []


def test_a_key_with_a_space_behind_it_is_the_same_key(world: World) -> None:
    assert world.call(GOOD, key=f"{KEY} ").status == 200


def test_an_expired_key_is_refused_from_the_moment_it_expires(world: World) -> None:
    caller = Caller("k1", digest_of(KEY), frozenset({"p1"}), world.clock.now())
    world.source.change(callers={digest_of(KEY): caller})
    world.table.look()
    assert world.call(GOOD).status == 401


def test_a_foreign_deployment_and_an_unknown_one_answer_alike(world: World) -> None:
    foreign, unknown = world.call(GOOD, key=FOREIGN), world.call(GOOD, key=FOREIGN, address="homes.rents")
    assert (foreign.status, foreign.json) == (404, unknown.json)
    assert foreign.json["code"] == "no-deployment"


def test_another_method_is_refused(world: World) -> None:
    assert world.call(GOOD, method="GET").status == 405
    assert world.get("/v1/nothing").json["code"] == "not-found"


def test_a_strict_deployment_refuses_wrong_types_by_name(world: World) -> None:
    world.source.change(routes=routing(type_policy="strict").routes)
    world.table.look()
    reply = world.call({"size": "2", "colour": "red"})
    assert (reply.status, reply.json["code"]) == (422, "types-refused")
    assert reply.json["fields"] == ["size", "rooms", "colour"]


def test_a_model_that_fails_on_some_rows_is_said_and_the_next_call_is_answered(world: World) -> None:
    reply = world.call({"size": 6.66, "rooms": 0})
    assert (reply.status, reply.json["code"]) == (500, "model-failed")
    (frame,) = world.record.frames
    assert (frame.kind, frame.error) == ("failed", reply.json["detail"])
    assert world.call(GOOD).status == 200


def test_a_champion_that_cannot_be_loaded_is_said_with_the_reason(world: World) -> None:
    route = replace(world.source.now.routes[ADDRESS], champion=ModelPlace("m3", "no number", "linear"))
    world.source.change(routes={})
    world.table.look()
    world.source.change(routes={ADDRESS: route, "d1": route})
    world.table.look()
    reply = world.call(GOOD)
    assert (reply.status, reply.json["code"]) == (503, "not-loaded")
    assert "could not convert" in reply.json["detail"]


@pytest.mark.parametrize("body", [{"size": 2.0}, {"size": 2.0, "rooms": 1, "more": 3}, {"size": None, "rooms": 1}])
def test_a_best_effort_deployment_answers_and_reports(world: World, body: dict[str, Any]) -> None:
    reply = world.call(body)
    assert reply.status == 200
    assert len(reply.json["violations"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"size": 1, "rooms": 2, "size": 3}', "size"),
        (b'{"rows": [{"size": 1, "rooms": 2}, {"size": 1, "rooms": 2, "rooms": 2}]}', "rooms"),
        (b'{"rows": [{"size": 1, "rooms": 2}], "rows": [{"size": 1, "rooms": 3}]}', "rows"),
        (b'{"rows": [{"size": 1, "rooms": 2}], "ids": ["a"], "ids": ["b"]}', "ids"),
        (b'{"columns": {"size": [1], "size": [2], "rooms": [3]}}', "size"),
        (b'{"size": 1, "rooms": 2, "at": "2024-01-01T00:00:00Z", "at": "2024-01-02T00:00:00Z"}', "at"),
    ],
)
def test_a_name_that_stands_twice_is_refused_in_whatever_form(world: World, body: bytes, field: str) -> None:
    reply = world.call(body)
    assert (reply.status, reply.json["fields"]) == (422, [field])
    assert [frame.kind for frame in world.record.frames] == ["refused"]


def test_a_quote_within_a_text_is_no_second_name(world: World) -> None:
    reply = world.call(b'{"rows": [{"size": 1, "rooms": 2}], "ids": ["a\\"b"]}')
    assert reply.status == 200
    assert reply.json["predictions"][0]["id"] == 'a"b'


@pytest.mark.parametrize("holds", ["rows", "columns"])
def test_what_means_nothing_beside_the_rows_is_refused_by_name(world: World, holds: str) -> None:
    held = {"rows": [GOOD], "columns": {name: [value] for name, value in GOOD.items()}}[holds]
    reply = world.call({holds: held, "id": ["a"], "ids": ["b"]})
    assert (reply.status, reply.json["fields"]) == (422, ["id"])
    assert world.call({holds: held, "ids": ["b"], "at": ["2024-01-01T00:00:00Z"]}).status == 200
