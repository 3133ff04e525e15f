"""What may be asked for beside an answer, in each protocol; and what is wrong with asking."""

from typing import Any

import pyarrow as pa
import pytest

from tests.unit.plane.conftest import ADDRESS, Reply, World
from tests.unit.plane.test_arrow import MEDIA, answered, stream
from tests.unit.plane.test_splitting import split_by
from watchkeeper.server.plane.protocols import with_extras

PREDICT = f"/v1/deployments/{ADDRESS}/predict"
INFER = f"/v2/models/{ADDRESS}/infer"
ROW = {"size": 2.0, "rooms": 1.0}
ROWS = {"rows": [ROW, {"size": 3.0, "rooms": 2.0}]}
TENSORS = [
    {"name": "size", "shape": [2], "datatype": "FP64", "data": [2.0, 3.0]},
    {"name": "rooms", "shape": [2], "datatype": "FP64", "data": [1.0, 2.0]},
]


def ask(world: World, query: str, body: Any = ROW, path: str = PREDICT) -> Reply:
    return world.call(body, path=f"{path}?{query}")


def test_one_row_is_explained(world: World) -> None:
    said = ask(world, "explain=true").json
    assert said["value"] == said["base"] + sum(said["contributions"].values()) == 4.0
    assert (said["contributions"], said["base"], said["unit"]) == (ROW, 1.0, "target")
    assert not {"low", "high", "interval"} & said.keys()


def test_one_row_has_an_interval(world: World) -> None:
    said = ask(world, "interval=0.8").json
    assert (said["value"], said["low"], said["high"], said["interval"]) == (4.0, -4.0, 12.0, 0.8)
    assert not {"contributions", "base", "unit"} & said.keys()


def test_many_rows_have_both_each(world: World) -> None:
    said = ask(world, "explain=true&interval=0.5", ROWS).json
    assert {name: said[name] for name in ("base", "unit", "interval")} == {
        "base": 1.0,
        "unit": "target",
        "interval": 0.5,
    }
    assert [each["contributions"] for each in said["predictions"]] == ROWS["rows"]
    assert [(each["low"], each["high"]) for each in said["predictions"]] == [(-1.0, 9.0), (1.0, 11.0)]


@pytest.mark.parametrize("query", ["", "explain=false"])
def test_who_asks_for_nothing_gets_the_answer_alone(world: World, query: str) -> None:
    assert ask(world, query).json.keys() == {"id", "value", "release", "violations"}


def test_nothing_of_it_is_recorded(world: World) -> None:
    ask(world, "")
    ask(world, "explain=true&interval=0.9")
    plain, explained = world.record.frames
    same = {"call": "", "received": 0, "milliseconds": 0.0, "ids": [], "at": []}
    assert replace_all(plain, same) == replace_all(explained, same)


def replace_all(frame: Any, values: dict[str, Any]) -> dict[str, Any]:
    return {name: values.get(name, getattr(frame, name)) for name in frame.__struct_fields__}


def test_arrow_has_columns_for_it(world: World) -> None:
    body = stream(pa.table({"size": [2.0, 3.0], "rooms": [1.0, 2.0]}))
    table = answered(world.call(body, headers=MEDIA, path=f"{PREDICT}?explain=true&interval=0.5"))
    found = table.to_pydict()
    del found["id"]
    assert found == {
        "value": [4.0, 6.0],
        "low": [-1.0, 1.0],
        "high": [9.0, 11.0],
        "contribution.size": [2.0, 3.0],
        "contribution.rooms": [1.0, 2.0],
    }
    told = table.schema.metadata or {}
    assert (told[b"base"], told[b"unit"], told[b"interval"]) == (b"1.0", b"target", b"0.5")


OUTPUTS = {
    "prediction": [4.0, 6.0],
    "low": [-1.0, 1.0],
    "high": [9.0, 11.0],
    "contribution.size": [2.0, 3.0],
    "contribution.rooms": [1.0, 2.0],
    "base": [1.0, 1.0],
}


@pytest.mark.parametrize("by", ["parameters", "query", "both"])
def test_open_inference_has_outputs_for_it(world: World, by: str) -> None:
    body: dict[str, Any] = {"inputs": TENSORS, "outputs": [{"name": "prediction"}]}
    if by != "query":
        body["parameters"] = {"explain": True, "interval": 0.5}
    reply = ask(world, "" if by == "parameters" else "explain=true&interval=0.5", body, INFER)
    assert {each["name"]: each["data"] for each in reply.json["outputs"]} == OUTPUTS
    assert all((each["datatype"], each["shape"]) == ("FP64", [2]) for each in reply.json["outputs"])
    assert reply.json["parameters"] == {"base": 1.0, "unit": "target", "interval": 0.5}


def test_an_input_of_such_a_name_asks_for_nothing(world: World) -> None:
    body = {"inputs": TENSORS, "parameters": {"other": {"explain": True}}}
    reply = ask(world, "", body, INFER)
    assert [each["name"] for each in reply.json["outputs"]] == ["prediction", "id"]


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("explian=true", "parameter-refused", "explian"),
        ("explain=yes", "parameter-refused", "explain"),
        ("explain", "parameter-refused", "explain"),
        ("interval=much", "level-refused", "interval"),
        ("interval=", "level-refused", "interval"),
        ("interval=90", "level-refused", "interval"),
        ("interval=0", "level-refused", "interval"),
        ("interval=1", "level-refused", "interval"),
        ("interval=nan", "level-refused", "interval"),
        ("interval=-0.5", "level-refused", "interval"),
        ("interval=0.95", "too-few-errors", "interval"),
        ("interval=0.5&interval=0.6", "parameter-refused", "query"),
        ("&".join(["explain=true"] * 30), "parameter-refused", "query"),
        ("%FF=%00", "parameter-refused", "\ufffd"),
    ],
)
@pytest.mark.parametrize("path", [PREDICT, INFER])
def test_what_is_wrong_with_a_parameter_is_named(world: World, query: str, code: str, field: str, path: str) -> None:
    reply = ask(world, query, ROW if path == PREDICT else {"inputs": TENSORS}, path)
    assert (reply.status, reply.json["code"], reply.json["fields"]) == (422, code, [field])


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"explain": 1}, "parameter-refused"),
        ({"explain": "true"}, "parameter-refused"),
        ({"interval": "much"}, "level-refused"),
        ({"interval": True}, "level-refused"),
        ({"interval": 3}, "level-refused"),
        ({"interval": 10**400}, "level-refused"),
        ({"interval": [0.9]}, "level-refused"),
    ],
)
def test_what_is_wrong_with_a_parameter_of_a_request_is_named(
    world: World, parameters: dict[str, Any], code: str
) -> None:
    reply = ask(world, "", {"inputs": TENSORS, "parameters": parameters}, INFER)
    assert (reply.status, reply.json["code"], reply.json["fields"]) == (422, code, list(parameters))


def test_a_level_that_the_errors_allow_is_told(world: World) -> None:
    assert "19 rows held out" in ask(world, "interval=0.95").json["detail"]
    assert "Ask for 0.9 at most" in ask(world, "interval=0.95").json["detail"]


def test_a_model_without_explanations_says_so(world: World) -> None:
    reply = ask(world, "explain=true", {"size": 7.0, "rooms": 1.0})
    assert (reply.status, reply.json["code"]) == (422, "no-explanations")
    assert reply.json["fields"] == ["explain"]
    assert world.record.frames[-1].kind == "refused"


def test_a_model_that_fails_to_explain_is_a_failure_of_the_model(world: World) -> None:
    reply = ask(world, "explain=true", {"size": 8.0, "rooms": 1.0})
    assert (reply.status, reply.json["code"]) == (500, "model-failed")
    assert world.record.frames[-1].kind == "failed"


def test_a_call_of_many_rows_is_not_explained(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_extras, "MOST_EXPLAINED", 1)
    reply = ask(world, "explain=true", ROWS)
    assert (reply.status, reply.json["code"], reply.json["fields"]) == (422, "rows-refused", ["rows"])
    assert ask(world, "interval=0.5", ROWS).status == 200


def test_in_a_split_the_model_that_answered_explains(world: World) -> None:
    for share, base in ((1.0, 100.0), (1e-9, 1.0)):
        split_by(world, share=share)
        said = ask(world, "explain=true").json
        assert (said["base"], said["value"]) == (base, base + 3.0)


def test_rows_that_fell_to_both_models_of_a_split_are_not_explained_together(world: World) -> None:
    split_by(world, share=0.5, column="customer")
    rows = [{**ROW, "customer": number} for number in range(40)]
    reply = ask(world, "explain=true", {"rows": rows})
    assert (reply.status, reply.json["code"]) == (422, "rows-refused")
    assert "one row a call" in reply.json["detail"]
    assert {ask(world, "explain=true", row).json["base"] for row in rows} == {1.0, 100.0}
