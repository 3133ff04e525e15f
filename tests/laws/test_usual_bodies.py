"""What is read in one go is what the careful way reads too, and nothing that it would mend, name or refuse."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.errors import WatchkeeperError
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.server.plane import pieces
from watchkeeper.server.plane.asking import Read
from watchkeeper.server.plane.protocols.json_rows import read_json
from watchkeeper.server.plane.usual import ReadUsual, usual
from watchkeeper.serving.coercing import Coercer, Violation
from watchkeeper.serving.deployment import TypePolicy
from watchkeeper.serving.split import key_of
from watchkeeper.tables.column import Kind
from watchkeeper.tables.violation import OUT_OF_RANGE

INPUTS = (
    Input("number", Kind.NUMERIC, low=-2.5, high=7.0),
    Input("level", Kind.CATEGORICAL, levels=("a", "b")),
    Input("whole", Kind.INTEGER, low=0.0, high=9.0),
    Input("gap", Kind.NUMERIC, low=0.0, high=1.0, nullable=True),
    Input("truth", Kind.BOOLEAN),
    Input("born", Kind.TIMESTAMP, nullable=True),
    Input("ünï q", Kind.NUMERIC),
)
SIGNATURE = Signature(task="regression", target="y", time="at", time_zone="UTC", labels=None, inputs=INPUTS)
PASSED_OVER = ("id", "class")
KEYS = ("id", "class", "at", "number", "whole", "level")
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "number": st.floats(-2.5, 7.0),
    "level": st.sampled_from(["a", "b"]),
    "whole": st.integers(0, 9),
    "gap": st.none() | st.floats(0, 1),
    "truth": st.booleans(),
    "born": st.none() | st.just("1990-04-01"),
    "ünï q": st.floats(allow_nan=False, allow_infinity=False),
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20) | st.just(10**400),
    st.floats(),
    st.sampled_from(["", "a", "NA", "3", "1e999", "yes", "2020-01-01T00:00:00+02:00", "x\x00"]),
    st.lists(st.integers(), max_size=1),
    st.dictionaries(st.just("k"), st.none(), max_size=1),
)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    row = {name: draw(values) for name, values in GOOD.items()}
    row |= draw(st.dictionaries(st.sampled_from(["at", "id", "class"]), st.just("2020-03-01T12:00:00Z"), max_size=3))
    for name in draw(st.lists(st.sampled_from([*GOOD, "at", "stranger", "rows"]), max_size=2)):
        row[name] = draw(ODD)
    for name in draw(st.lists(st.sampled_from([*GOOD]), max_size=1)) if draw(st.booleans()) else []:
        row.pop(name, None)
    keys = draw(st.permutations(list(row)))
    return {key: row[key] for key in keys}


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    if draw(st.booleans()):
        return json.dumps(draw(rows())).encode()
    many: dict[str, Any] = {"rows": draw(st.lists(rows(), max_size=3))}
    count = len(many["rows"])
    if draw(st.booleans()):
        many["ids"] = draw(st.lists(st.none() | st.text(max_size=3), min_size=count, max_size=count))
    if draw(st.booleans()):
        many["at"] = draw(st.lists(st.sampled_from(["2020-01-01", "never"]), min_size=count, max_size=count))
    return json.dumps(many).encode()


@settings(max_examples=400)
@given(bodies(), st.sampled_from(TypePolicy))
def test_both_ways_agree(body: bytes, policy: TypePolicy) -> None:
    for key in (None, *KEYS):
        found = _outcome(lambda key=key: _usual(policy, key)(body))  # type: ignore[misc]
        if found is not None:
            assert found == _outcome(lambda key=key: _carefully(body, policy, key))  # type: ignore[misc]


@settings(max_examples=400)
@given(bodies(), st.sampled_from(TypePolicy), st.integers(1, 40))
def test_pieces_of_any_size_agree_too(body: bytes, policy: TypePolicy, piece: int) -> None:
    with patch.object(pieces, "PIECE", piece):
        found = _outcome(lambda: _usual(policy, None)(body))
    if found is not None:
        assert found == _outcome(lambda: _carefully(body, policy, None))


@pytest.mark.parametrize("ending", ["]}", ",]}", ",3]}", '], "rows": []}', '], "x": "},{"}', "", "]", "}]}"])
@pytest.mark.parametrize("text", ["a", "},", "}, {", '"},{"'])
def test_what_ends_oddly_is_read_as_the_careful_way_does(ending: str, text: str) -> None:
    row = json.dumps({"text": text, "number": 1.0})
    body = ('{"rows": [' + ", ".join([row] * 5) + ending).encode()
    inputs = (Input("text", Kind.TEXT), Input("number", Kind.NUMERIC))
    signature = replace(SIGNATURE, inputs=inputs, time=None)
    coercer = Coercer(signature, TypePolicy.STRICT)
    with patch.object(pieces, "PIECE", 5):
        found = _outcome(lambda: usual(signature, coercer)(body))
    assert found in (None, _outcome(lambda: read_json(body, coercer)))
    if text == "a":
        assert (found is not None) == (ending == "]}")


@given(st.fixed_dictionaries(GOOD), st.integers(0, 3))
def test_a_good_row_is_usual(row: dict[str, Any], more: int) -> None:
    read = _usual(TypePolicy.STRICT, None)
    assert read(json.dumps(row).encode()) is not None
    assert read(json.dumps({"rows": [row] * (more + 1)}).encode()) is not None


@pytest.mark.parametrize("name", ["rows", 'a "b"', "a\\b", "a\nb"])
def test_nothing_is_usual_to_a_model_whose_input_has_an_unusual_name(name: str) -> None:
    signature = replace(SIGNATURE, inputs=(Input(name, Kind.NUMERIC, low=0.0, high=9.0),))
    coercer = Coercer(signature, TypePolicy.STRICT)
    assert usual(signature, coercer)(json.dumps({name: 1.0}).encode()) is None


def _usual(policy: TypePolicy, key: str | None) -> ReadUsual:
    return usual(SIGNATURE, _coercer(policy, key), passed_over=PASSED_OVER, key=key)


def _carefully(body: bytes, policy: TypePolicy, key: str | None) -> Read:
    return read_json(body, _coercer(policy, key))


def _coercer(policy: TypePolicy, key: str | None) -> Coercer:
    return Coercer(SIGNATURE, policy, passed_over=PASSED_OVER, key=key)


def _outcome(read: Callable[[], Read | None]) -> Any:
    """What was read, with each value's type; or the words of the refusal."""
    try:
        found = read()
    except WatchkeeperError as refused:
        return refused.message
    if found is None:
        return None
    asked, coerced = found
    columns = {name: [(type(each), each) for each in values] for name, values in coerced.columns.items()}
    keys = [key_of(each) for each in coerced.keys or ()]
    return asked, list(coerced.at or ()), [_told(each) for each in coerced.violations], columns, keys


def _told(violation: Violation) -> tuple[int, str, str, str | float]:
    """3 and 3.0 are one number."""
    row, column, kind, example = violation
    return row, column, kind, float(example) if kind == OUT_OF_RANGE else example
