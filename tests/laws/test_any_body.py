"""Whatever bytes a caller sends, the plane answers them or refuses them by name, and goes on."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.plane.conftest import ADDRESS, World, new_world
from watchkeeper.serving.deployment import Role

OURS, OPEN = f"/v1/deployments/{ADDRESS}/predict", f"/v2/models/{ADDRESS}/infer"
ARROW = {"content-type": "application/vnd.apache.arrow.stream"}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["size", "FP64"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "rows",
                    "columns",
                    "ids",
                    "at",
                    "size",
                    "rooms",
                    "inputs",
                    "outputs",
                    "name",
                    "shape",
                    "datatype",
                    "data",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
TENSOR = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["size", "rooms", "x"]),
        "shape": ANY,
        "datatype": st.sampled_from(["FP64", "BOOL", "INT8"]),
    },
    optional={"data": ANY, "parameters": st.fixed_dictionaries({"binary_data_size": ANY})},
)
BODIES = st.one_of(
    st.binary(max_size=60),
    ANY.map(lambda said: json.dumps(said).encode()),
    st.lists(TENSOR, max_size=2).map(lambda inputs: json.dumps({"inputs": inputs}).encode()),
)
WAYS = [(OURS, {}), (OURS, ARROW), (OPEN, {}), (OPEN, {"inference-header-content-length": "7"})]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return new_world(monkeypatch)


@settings(max_examples=800, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    BODIES, st.sampled_from([(OURS, {}), (OURS, ARROW), (OPEN, {}), (OPEN, {"inference-header-content-length": "7"})])
)
def test_it_is_answered_or_refused_by_name(world: World, body: bytes, way: tuple[str, dict[str, str]]) -> None:
    path, headers = way
    reply = world.call(body, path=path, headers=headers)
    said: Any = reply.json if reply.status != 200 or "json" in reply.headers["content-type"] else {}
    assert reply.status in {200, 400, 422}, reply.body
    assert reply.status == 200 or (said["code"] and said["detail"] and said["fields"])
    assert Role.CHAMPION in world.table.all()[0].models


PAIRS = st.tuples(
    st.sampled_from(["explain", "interval", "explain ", "x"]) | st.text(max_size=5),
    st.sampled_from(["true", "0.9", "1e-9", "0.999999", "-1", "nan"]) | st.text(max_size=5),
)
GOOD = b'{"size": 1.0, "rooms": 2.0}'


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PAIRS, max_size=3).map(urlencode) | st.text(max_size=20))
def test_so_is_whatever_query(world: World, query: str) -> None:
    reply = world.call(GOOD, path=f"{OURS}?{query}")
    assert reply.status in {200, 422}, reply.body
    assert reply.status == 200 or (reply.json["code"] and reply.json["fields"])
