"""Clients of the Open Inference Protocol, version 2: what they ask works, and what is wrong is named."""

import json
import struct
from typing import Any

import numpy as np
import pytest

from tests.unit.plane.conftest import ADDRESS, FOREIGN, Reply, World

INFER = f"/v2/models/{ADDRESS}/infer"
SIZE = {"name": "size", "shape": [2], "datatype": "FP64", "data": [2.0, 3.0]}
ROOMS = {"name": "rooms", "shape": [2, 1], "datatype": "INT32", "data": [1, 2]}


def infer(world: World, *inputs: dict[str, Any], **more: Any) -> Reply:
    return world.call({"inputs": list(inputs), **more}, path=INFER)


def outputs(reply: Reply) -> dict[str, Any]:
    return {each["name"]: each["data"] for each in reply.json["outputs"]}


def test_a_tensor_an_input_is_answered_and_recorded(world: World) -> None:
    reply = infer(world, SIZE, ROOMS, id="mine")
    assert (reply.status, reply.json["id"], reply.json["model_version"]) == (200, "mine", "1")
    assert reply.json["outputs"][0] == {"name": "prediction", "datatype": "FP64", "shape": [2], "data": [4.0, 6.0]}
    (frame,) = world.record.frames
    assert (frame.inputs, outputs(reply)["id"]) == ({"size": [2.0, 3.0], "rooms": [1.0, 2.0]}, frame.ids)


@pytest.mark.parametrize("data", [[2, 1, 3, 2], [[2, 1], [3, 2]]])
def test_one_tensor_may_hold_all_inputs_in_their_order(world: World, data: list[Any]) -> None:
    reply = infer(world, {"name": "x", "shape": [2, 2], "datatype": "FP32", "data": data})
    assert outputs(reply)["prediction"] == [4.0, 6.0]


def test_raw_bytes_are_read_behind_the_json(world: World) -> None:
    size, moments = np.array([2.0, np.nan]).tobytes(), [b"2020-01-01T00:00:00Z"] * 2
    times = b"".join(struct.pack("<I", len(each)) + each for each in moments)
    head = json.dumps(
        {
            "inputs": [
                {"name": "size", "shape": [2], "datatype": "FP64", "parameters": {"binary_data_size": len(size)}},
                ROOMS,
                {"name": "at", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": len(times)}},
            ],
            "outputs": [{"name": "prediction"}],
        }
    ).encode()
    told = {"Inference-Header-Content-Length": str(len(head))}
    reply = world.call(head + size + times, path=INFER, headers=told)
    assert (outputs(reply), reply.json["parameters"]) == ({"prediction": [4.0, 3.0]}, {"violations": 1})
    assert world.record.frames[0].at == [1577836800000000] * 2


def test_own_ids_and_times_come_as_tensors(world: World) -> None:
    ids = {"name": "watchkeeper.id", "shape": [2], "datatype": "BYTES", "data": ["a", "b"]}
    at = {"name": "watchkeeper.at", "shape": [2], "datatype": "BYTES", "data": ["2020-01-01", "2020-01-02"]}
    infer(world, SIZE, ROOMS, ids, at)
    assert (world.record.frames[0].ids, world.record.frames[0].at[0]) == (["a", "b"], 1577836800000000)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": 3}, "inputs[0].name"),
        ({"name": "rooms"}, "inputs[1].name"),
        ({"shape": "two"}, "size.shape"),
        ({"shape": [-1]}, "size.shape"),
        ({"shape": [1, 1, 2]}, "size.shape"),
        ({"shape": [3]}, "size.data"),
        ({"shape": [1, 7], "data": [1.0] * 7}, "size.shape"),
        ({"shape": [1], "data": [1.0]}, "size"),
        ({"shape": [0], "data": []}, "size"),
        ({"datatype": "COMPLEX"}, "size.datatype"),
        ({"datatype": ["FP64"]}, "size.datatype"),
        ({"data": None}, "size.data"),
        ({"parameters": {"binary_data_size": -1}}, "size"),
        ({"parameters": {"binary_data_size": 16}}, "size"),
    ],
)
def test_what_is_wrong_with_a_tensor_is_named(world: World, change: dict[str, Any], field: str) -> None:
    reply = infer(world, SIZE | change, ROOMS)
    assert (reply.status, reply.json["fields"]) == (422, [field])
    assert reply.json["error"] == reply.json["detail"]
    assert world.record.frames[0].kind == "refused"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "inputs"),
        ({"inputs": []}, "inputs"),
        ({"inputs": [3]}, "inputs"),
        ({"inputs": [SIZE], "outputs": [{"name": "price"}]}, "outputs[0].name"),
        ({"inputs": [SIZE], "outputs": "all"}, "outputs"),
        ([], "body"),
    ],
)
def test_a_request_that_is_none_is_refused_by_name(world: World, body: Any, field: str) -> None:
    reply = world.call(body, path=INFER)
    assert (reply.status, reply.json["fields"]) == (422, [field])


@pytest.mark.parametrize(
    ("length", "tail", "field"),
    [("999999", b"", "inference-header-content-length"), ("x", b"", "inference-header-content-length")],
)
def test_a_header_that_lies_about_the_length_is_refused(world: World, length: str, tail: bytes, field: str) -> None:
    body = json.dumps({"inputs": [SIZE, ROOMS]}).encode() + tail
    reply = world.call(body, path=INFER, headers={"Inference-Header-Content-Length": length})
    assert (reply.status, reply.json["fields"]) == (422, [field])


@pytest.mark.parametrize(
    ("datatype", "data"),
    [
        ("BOOL", [True, 2]),
        ("FP64", [1.0, "2"]),
        ("FP32", [1.0, True]),
        ("INT64", [1, "abc"]),
        ("INT64", [1, 2.5]),
        ("INT8", [1, 10**20]),
        ("UINT8", [1, -1]),
        ("BYTES", ["a", 3]),
        ("FP64", [1.0, {"a": 2}]),
        ("FP64", [[1.0], [[2.0]]]),
    ],
)
def test_a_value_that_is_none_of_its_datatype_is_refused_by_its_place(
    world: World, datatype: str, data: list[Any]
) -> None:
    reply = infer(world, SIZE | {"datatype": datatype, "data": data}, ROOMS)
    assert (reply.status, reply.json["fields"]) == (422, ["size.data[1]"])


@pytest.mark.parametrize(("datatype", "data"), [("FP64", [1, None]), ("INT64", [1.0, None]), ("BYTES", ["1", None])])
def test_null_is_a_missing_value_of_any_datatype(world: World, datatype: str, data: list[Any]) -> None:
    reply = infer(world, SIZE | {"datatype": datatype, "data": data}, ROOMS)
    assert reply.status == 200
    assert world.record.frames[0].inputs["size"][1] is None


def test_bytes_left_over_and_texts_cut_short_are_refused(world: World) -> None:
    for tail, tensor in ((b"xx", SIZE), (b"\xff\xff\xff\xff", SIZE | {"parameters": {"binary_data_size": 4}})):
        body = json.dumps({"inputs": [tensor | {"datatype": "BYTES"}, ROOMS]}).encode()
        told = {"Inference-Header-Content-Length": str(len(body))}
        assert world.call(body + tail, path=INFER, headers=told).status == 422


def test_a_model_tells_what_it_takes_and_gives(world: World) -> None:
    told = world.call(b"", path=f"/v2/models/{ADDRESS}", method="GET").json
    assert told["inputs"] == [{"name": name, "datatype": "FP64", "shape": [-1]} for name in ("size", "rooms")]
    assert [each["name"] for each in told["outputs"]] == ["prediction", "id"]
    assert (told["versions"], told["platform"]) == (["1"], "watchkeeper_linear")


def test_a_release_may_be_asked_for_and_no_other_than_that_in_force(world: World) -> None:
    assert world.call(b"", path=f"/v2/models/{ADDRESS}/versions/1/ready", method="GET").json["ready"] is True
    other = world.call({"inputs": [SIZE, ROOMS]}, path=f"/v2/models/{ADDRESS}/versions/9/infer")
    assert (other.status, other.json["code"]) == (404, "no-deployment")


def test_the_server_tells_of_itself_and_of_no_model_without_a_key(world: World) -> None:
    assert world.get("/v2").json["name"] == "watchkeeper"
    assert (world.get("/v2/health/live").status, world.get("/v2/health/ready").status) == (200, 200)
    assert world.get(f"/v2/models/{ADDRESS}").status == 401
    assert world.call(b"", path=f"/v2/models/{ADDRESS}", method="GET", key=FOREIGN).status == 404
