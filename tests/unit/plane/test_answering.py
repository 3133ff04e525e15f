"""A call with good rows: what the caller gets, and what is recorded before."""

import pytest

from tests.unit.plane.conftest import ADDRESS, Board, Kept, World
from watchkeeper.serving.frames import Frame


def test_one_row_gets_one_answer(world: World) -> None:
    reply = world.call({"size": 2.0, "rooms": 3, "at": "2020-01-01T00:00:00Z"})
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    (frame,) = world.record.frames
    assert reply.json == {"id": frame.call, "value": 6.0, "release": 1, "violations": []}


def test_many_rows_get_their_answers_in_order_and_keep_their_own_ids(world: World) -> None:
    rows = [{"size": float(number), "rooms": 0} for number in range(4)]
    reply = world.call({"rows": rows, "ids": ["a", None, "c", "d"], "at": ["2020-01-01T00:00:00Z"] * 4})
    (frame,) = world.record.frames
    assert [each["value"] for each in reply.json["predictions"]] == [1.0, 2.0, 3.0, 4.0]
    assert [each["id"] for each in reply.json["predictions"]] == ["a", f"{frame.call}-1", "c", "d"]
    assert frame.own_ids == [True, False, True, True]


def test_a_row_without_a_time_apart_has_its_own_or_that_of_its_call(world: World) -> None:
    rows = [{"size": 1, "rooms": 0, "at": "2021-01-01T00:00:00Z"}] * 2 + [{"size": 1, "rooms": 0}]
    world.call({"rows": rows, "at": ["2020-01-01T00:00:00Z", None, None]})
    (frame,) = world.record.frames
    assert [moment // 1_000_000 for moment in frame.at] == [1577836800, 1609459200, frame.received // 1_000_000_000]


def test_a_large_call_is_answered_like_a_small_one(world: World) -> None:
    reply = world.call({"rows": [{"size": number / 100, "rooms": 0} for number in range(300)]})
    assert [each["value"] for each in reply.json["predictions"]] == [1 + number / 100 for number in range(300)]


def test_the_record_says_all_that_is_needed_to_answer_again(world: World) -> None:
    world.call({"size": 2.0, "rooms": "3", "at": "2020-01-01T00:00:00Z"})
    (frame,) = world.record.frames
    assert frame == Frame(
        kind="answered",
        deployment="d1",
        release=1,
        role="champion",
        model="m1",
        key="k1",
        call=frame.call,
        received=frame.received,
        milliseconds=frame.milliseconds,
        ids=[frame.call],
        at=[1577836800000000],
        inputs={"size": [2.0], "rooms": [3.0]},
        outputs=[6.0],
        violations=[(0, "rooms", "wrong-type", "3")],
        owes="m2",
    )


def test_a_row_that_says_no_time_happened_when_it_arrived(world: World) -> None:
    world.call({"size": 2.0, "rooms": 3})
    (frame,) = world.record.frames
    assert frame.at == [frame.received // 1000]


def test_an_answer_that_cannot_be_recorded_does_not_leave(world: World) -> None:
    world.record.full = True
    reply = world.call({"size": 2.0, "rooms": 3})
    assert (reply.status, reply.json["code"]) == (503, "journal-full")
    assert reply.headers["retry-after"] == "1"


def test_a_deployment_answers_to_its_id_as_well(world: World) -> None:
    assert world.call({"size": 2.0, "rooms": 3}, address="d1").json["value"] == 6.0
    assert world.call({"size": 2.0, "rooms": 3}, address=ADDRESS.replace(".", "%2E")).json["value"] == 6.0


@pytest.mark.parametrize(("kept", "board"), [(Kept(), Board())])
def test_calls_are_counted_by_status(world: World, kept: Kept, board: Board) -> None:
    del kept, board
    world.call({"size": 2.0, "rooms": 3})
    world.call(b"[]")
    world.call({"size": 1}, key=None)
    figures = world.figures()
    assert figures["watchkeeper_calls_total", ADDRESS, "1", "champion", "200"] == 1
    assert figures["watchkeeper_calls_total", ADDRESS, "1", "champion", "422"] == 1
    assert figures["watchkeeper_errors_total", "rows-refused", ADDRESS, "1", "champion"] == 1
    assert figures["watchkeeper_calls_turned_away_total", "unknown-key", "401"] == 1
