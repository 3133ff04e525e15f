"""Large calls as Arrow IPC streams, answered in kind."""

import json
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from tests.unit.plane.conftest import Reply, World
from watchkeeper.server.plane import asking
from watchkeeper.server.plane.protocols import arrow

MEDIA = {"content-type": "application/vnd.apache.arrow.stream"}
GOOD = {"size": [2.0, 3.0], "rooms": [1, 2]}


def stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=1)
    return sink.getvalue().to_pybytes()


def call(world: World, columns: dict[str, Any]) -> Reply:
    return world.call(stream(pa.table(columns)), headers=MEDIA)


def answered(reply: Reply) -> pa.Table:
    assert (reply.status, reply.headers["content-type"]) == (200, MEDIA["content-type"])
    return pa.ipc.open_stream(reply.body).read_all()


def test_a_table_is_answered_with_a_table(world: World) -> None:
    table = answered(call(world, GOOD))
    (frame,) = world.record.frames
    assert table.to_pydict() == {"id": frame.ids, "value": [4.0, 6.0]}
    assert table.schema.metadata == {b"release": b"1", b"violations": b"[]"}
    assert frame.inputs == {"size": [2.0, 3.0], "rooms": [1.0, 2.0]}


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_it_says_what_the_same_rows_in_json_say(world: World, missing: float | None) -> None:
    odd = {"size": [missing, float("nan"), 99.0], "rooms": pa.array(["1", "x", "3"]).dictionary_encode()}
    table = answered(call(world, odd))
    rows = [{"size": None, "rooms": "1"}, {"size": None, "rooms": "x"}, {"size": 99.0, "rooms": "3"}]
    said = world.call({"rows": rows}).json
    assert table["value"].to_pylist() == [each["value"] for each in said["predictions"]]
    violations = json.loads((table.schema.metadata or {})[b"violations"])
    assert violations == [list(each.values()) for each in said["violations"]]


def test_ids_and_times_come_as_columns(world: World) -> None:
    moments = [datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC)]
    answered(call(world, {**GOOD, "watchkeeper.id": ["a", "b"], "watchkeeper.at": moments}))
    answered(call(world, {**GOOD, "at": [each.replace(tzinfo=None) for each in moments]}))
    assert [frame.at[0] for frame in world.record.frames] == [1577836800000000] * 2
    assert world.record.frames[0].ids == ["a", "b"]


@pytest.mark.parametrize("cut", [0, 1, 40, -1, -60])
def test_a_stream_cut_short_is_refused(world: World, cut: int) -> None:
    reply = world.call(stream(pa.table(GOOD))[:cut], headers=MEDIA)
    whole = cut == -1  # the last byte is but a part of the mark of the end
    assert (reply.status, reply.json["fields"]) == (422, ["body"]) or (whole and reply.status == 200)


def test_garbage_and_a_column_that_is_there_twice_are_refused(world: World) -> None:
    assert world.call(b"\xff" * 50, headers=MEDIA).json["code"] == "rows-refused"
    twice = pa.Table.from_arrays([pa.array([1.0]), pa.array([2.0])], names=["size", "size"])
    assert world.call(stream(twice), headers=MEDIA).json["fields"] == ["size"]
    assert call(world, {"size": pa.array([], pa.float64())}).json["fields"] == ["rows"]
    assert call(world, {"size": [[1.0]], "rooms": [{"a": 1}]}).status == 200


@pytest.mark.parametrize("behind", [b"junk", stream(pa.table(GOOD))])
def test_what_stands_behind_the_end_is_refused_and_not_passed_over(world: World, behind: bytes) -> None:
    reply = world.call(stream(pa.table(GOOD)) + behind, headers=MEDIA)
    assert (reply.status, reply.json["fields"]) == (422, ["body"])


@pytest.mark.parametrize(
    "kind", [pa.timestamp("us", "UTC"), pa.timestamp("s", "UTC"), pa.timestamp("ns", "Mars/Utopia")], ids=str
)
def test_moments_that_no_calendar_has_are_refused_by_their_column(world: World, kind: pa.DataType) -> None:
    moments = pa.array([2**62, 1], pa.int64()).cast(kind)
    reply = call(world, {**GOOD, "at": moments})
    assert (reply.status, reply.json["fields"]) == (422, ["at"])


def test_a_columns_name_that_is_no_text_is_refused(world: World) -> None:
    reply = world.call(stream(pa.table(GOOD)).replace(b"rooms", b"r\xffoms"), headers=MEDIA)
    assert (reply.status, reply.json["fields"]) == (422, ["body"])


def test_ten_thousand_columns_are_read_at_once() -> None:
    class Coercer:
        def columns(self, columns: dict[str, Any], count: int) -> str:
            return f"{len(columns)} columns of {count}"

    body = stream(pa.table({f"column {place}": [1.0] for place in range(10_000)}))
    began = time.perf_counter()
    asked, found = arrow.ArrowStream().read(body, SimpleNamespace(coercer=Coercer()))  # type: ignore[arg-type]
    assert (asked.count, str(found), time.perf_counter() - began < 20.0) == (1, "10000 columns of 1", True)


def test_more_rows_than_are_taken_are_refused_before_they_are_all_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_ROWS", 1)
    monkeypatch.setattr(arrow, "MOST_ROWS", 1)
    assert call(world, GOOD).json["fields"] == ["rows"]


def test_columns_in_json_are_the_same_rows(world: World) -> None:
    reply = world.call({"columns": {"size": [2.0, 3.0], "rooms": [1, 2]}, "ids": ["a", None]})
    assert [each["value"] for each in reply.json["predictions"]] == [4.0, 6.0]
    assert world.call({"columns": {"size": [2.0, 3.0], "rooms": [1]}}).json["fields"] == ["rooms"]
    assert world.call({"columns": {"size": 2}}).json["fields"] == ["size"]
    assert world.call({"columns": {}}).json["fields"] == ["rows"]
