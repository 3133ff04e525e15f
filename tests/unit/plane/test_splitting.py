"""A challenger that answers a share of the calls."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from tests.unit.plane.conftest import ADDRESS, World, routing
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.routing import ModelPlace
from watchkeeper.serving.split import Split, Stage

ROW = {"size": 1.0, "rooms": 1.0, "at": "2026-01-01T00:00:00Z"}
CHAMPION, CHALLENGER = 3.0, 102.0
"""What the two say to it: they add 1 and 100."""


def split_by(world: World, **of: Any) -> None:
    world.source.change(routes=routing(split=Split(**of), passed_over=frozenset({"customer"})).routes)
    world.table.look()


def answered_beside(world: World) -> list[Frame]:
    async def beside() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(world.plane._challenging.answer(), 0.2)

    before = len(world.record.frames)
    asyncio.run(beside())
    return world.record.frames[before:]


def test_the_challenger_answers_its_share_and_the_champion_the_same_rows_unseen(world: World) -> None:
    split_by(world, share=1.0)
    said = world.call(ROW).json
    assert said["value"] == CHALLENGER
    (led,) = world.record.frames
    assert (led.role, led.model, led.owes, led.part, led.unseen) == ("challenger", "m2", "m1", "answered", False)
    assert led.inputs == {"size": (1.0,), "rooms": (1.0,)}
    (beside,) = answered_beside(world)
    assert (beside.role, beside.model, beside.part, beside.unseen) == ("champion", "m1", "unseen", True)
    assert (beside.call, beside.ids, beside.outputs, beside.inputs) == (led.call, led.ids, [CHAMPION], led.inputs)


def test_what_the_champion_answers_is_owed_by_the_challenger_as_ever(world: World) -> None:
    split_by(world, share=1e-9)
    assert world.call(ROW).json["value"] == CHAMPION
    (led,) = world.record.frames
    assert (led.role, led.owes, led.part, led.unseen) == ("champion", "m2", "answered", False)
    (beside,) = answered_beside(world)
    assert (beside.role, beside.part, beside.unseen, beside.inputs) == ("challenger", "unseen", True, {})


def test_one_customer_is_always_answered_by_one_model(world: World) -> None:
    split_by(world, share=0.5, column="customer")
    said: dict[Any, float] = {}
    for customer in (*range(20), *map(str, range(20)), *map(float, range(20))):
        value = world.call({**ROW, "customer": customer}).json["value"]
        assert said.setdefault(int(customer), value) == value
    assert set(said.values()) == {CHAMPION, CHALLENGER}


def test_one_value_of_a_header_is_always_answered_by_one_model(world: World) -> None:
    split_by(world, share=0.5, header="X-Customer")
    said: dict[Any, float] = {}
    for customer in [str(number) for number in range(20)] * 2:
        value = world.call(ROW, headers={"x-customer": customer}).json["value"]
        assert said.setdefault(customer, value) == value
    assert set(said.values()) == {CHAMPION, CHALLENGER}


def test_a_column_and_a_header_with_one_value_draw_alike(world: World) -> None:
    customers = [str(number) for number in range(20)]
    split_by(world, share=0.5, header="X-Customer")
    by_header = [world.call(ROW, headers={"x-customer": each}).json["value"] for each in customers]
    split_by(world, share=0.5, column="customer")
    assert [world.call({**ROW, "customer": each}).json["value"] for each in customers] == by_header


def test_calls_of_nobody_are_drawn_each_for_itself(world: World) -> None:
    for of in ({}, {"column": "customer"}, {"header": "X-Customer"}):
        split_by(world, share=0.5, **of)
        assert {world.call(ROW).json["value"] for _ in range(40)} == {CHAMPION, CHALLENGER}


def test_a_retry_with_an_id_of_its_own_meets_the_same_model(world: World) -> None:
    split_by(world, share=0.5)
    for number in range(20):
        body = {"rows": [ROW], "ids": [f"order {number}"]}
        assert len({world.call(body).json["predictions"][0]["value"] for _ in range(3)}) == 1


def test_rows_of_one_call_are_answered_each_by_its_own_model_in_their_order(world: World) -> None:
    split_by(world, share=0.5, column="customer")
    drawn = Split(0.5).drawn([str(number) for number in range(12)], deployment="d1", moment=datetime.now(UTC))
    assert {*drawn} == {True, False}
    alone = [CHALLENGER if challenger else CHAMPION for challenger in drawn]
    rows = [{**ROW, "size": number / 2, "customer": number} for number in range(12)]
    rows[3]["size"], rows[4]["size"] = 99.0, None
    said = world.call({"rows": rows, "ids": [f"r{number}" for number in range(12)]}).json
    found = [each["value"] for each in said["predictions"]]
    sizes = [0.0, 0.5, 1.0, 99.0, 0.0, *(number / 2 for number in range(5, 12))]
    assert found == [value - 1.0 + size for value, size in zip(alone, sizes, strict=True)]
    assert [each["id"] for each in said["predictions"]] == [f"r{number}" for number in range(12)]
    assert [(each["row"], each["violation"]) for each in said["violations"]] == [
        (3, "out-of-range"),
        (4, "missing-value"),
    ]
    led = {frame.role: frame for frame in world.record.frames}
    assert len({frame.call for frame in led.values()}) == 2
    assert sorted(name for frame in led.values() for name in frame.ids) == sorted(f"r{n}" for n in range(12))
    for frame in led.values():
        for place, column, _, _ in frame.violations:
            assert (frame.ids[place], column) in {("r3", "size"), ("r4", "size")}
    beside = answered_beside(world)
    assert sorted((frame.call, frame.role) for frame in beside) == sorted(
        (frame.call, "challenger" if role == "champion" else "champion") for role, frame in led.items()
    )
    every = [(name, frame.role) for frame in world.record.frames for name in frame.ids]
    assert len(every) == len(set(every)) == 24


def test_where_the_challenger_fails_the_champion_answers(world: World) -> None:
    places = {"champion": ModelPlace("m1", "1", "linear"), "challenger": ModelPlace("m3", "nothing", "linear")}
    world.source.change(routes=routing(split=Split(1.0), **places).routes)
    world.table.look()
    assert world.call(ROW).json["value"] == CHAMPION
    (led,) = world.record.frames
    assert (led.role, led.owes, led.part) == ("champion", "m3", "answered")


def test_rows_that_both_fail_on_are_a_failed_call_of_the_champion(world: World) -> None:
    split_by(world, share=1.0)
    assert world.call({**ROW, "size": 6.66}).status == 500
    (failed,) = world.record.frames
    assert (failed.kind, failed.role) == ("failed", "champion")
    fault = world.table.all()[0].vitals
    assert all(vitals.last_error is not None for vitals in fault.values())


@pytest.mark.parametrize(("hours", "value"), [(0, CHAMPION), (2, CHALLENGER)])
def test_a_ramp_goes_by_when_it_was_begun(world: World, hours: int, value: float) -> None:
    begun = datetime.now(UTC) - timedelta(hours=hours)
    split_by(world, share=1e-9, ramp=(Stage(3_600, 1.0),), begun=begun)
    assert world.call(ROW).json["value"] == value


def test_a_sample_is_of_what_the_champion_answers_and_the_champion_answers_everything(world: World) -> None:
    route = routing(split=Split(0.5, column="customer"), shadow=1e-9, passed_over=frozenset({"customer"}))
    world.source.change(routes=route.routes)
    world.table.look()
    world.call({"rows": [{**ROW, "customer": number} for number in range(12)]})
    owed = {frame.role: frame.owes for frame in world.record.frames}
    assert owed == {"champion": None, "challenger": "m1"}


def test_tables_and_tensors_are_split_as_rows_are(world: World) -> None:
    split_by(world, share=0.5, column="customer")
    said = [world.call({**ROW, "customer": number}).json["value"] for number in range(12)]
    columns = {"size": [1.0] * 12, "rooms": [1.0] * 12, "customer": list(range(12))}
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, pa.table(columns).schema) as writer:
        writer.write_table(pa.table(columns))
    media = {"content-type": "application/vnd.apache.arrow.stream"}
    table = pa.ipc.open_stream(world.call(sink.getvalue().to_pybytes(), headers=media).body).read_all()
    assert table["value"].to_pylist() == said
    kinds = {"size": "FP64", "rooms": "FP64", "customer": "INT64"}
    tensors = [
        {"name": name, "shape": [12], "datatype": kinds[name], "data": values} for name, values in columns.items()
    ]
    answer = world.call({"inputs": tensors}, path=f"/v2/models/{ADDRESS}/infer").json
    assert {each["name"]: each["data"] for each in answer["outputs"]}["prediction"] == said


def test_a_column_that_no_data_has_any_more_keeps_nothing_from_answering(world: World) -> None:
    world.source.change(routes=routing(split=Split(0.5, column="gone")).routes)
    world.table.look()
    assert world.call(ROW).status == 200
