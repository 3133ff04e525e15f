"""Nothing is different by the shortcut: what a connection hears, what is recorded and what is counted."""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.wire import TURNS, Sent, connection, say
from tests.unit.plane.conftest import ADDRESS, FOREIGN, KEY, World, new_world, routing
from watchkeeper.server.heads import Heads
from watchkeeper.serving.routing import PUBLIC

USUAL = st.builds(lambda size, rooms: {"size": size, "rooms": rooms}, st.integers(0, 9), st.integers(0, 9))
UNUSUAL = st.sampled_from(
    [
        {"size": 6.66, "rooms": 1},
        {"size": None, "rooms": 1},
        {"size": "large", "rooms": 1},
        {"size": 11, "rooms": 1},
        {"size": 1},
        {"size": 1, "rooms": 1, "cellar": 1},
        {"size": 1, "rooms": 2, "at": "2024-01-31T09:30:00Z"},
        {"size": 1, "rooms": 2, "at": "yesterday"},
        {"rows": [{"size": 1, "rooms": 1}] * 3, "ids": ["a", None, "c"]},
        {"rows": []},
        {"columns": {"size": [1, 2], "rooms": [3, 4]}},
        [],
    ]
)
BODIES = st.one_of(
    USUAL.map(json.dumps), UNUSUAL.map(json.dumps), st.sampled_from(["{", '{"size": 1, "size": 2, "rooms": 1}', "\x00"])
)
LINES = st.sampled_from(
    [
        (f"POST /v1/deployments/{ADDRESS}/predict HTTP/1.1", f"authorization: Bearer {KEY}"),
        (f"POST /v1/deployments/{ADDRESS}/predict HTTP/1.1", f"Authorization: bearer {KEY}", "connection: keep-alive"),
        ("POST /v1/deployments/d1/predict HTTP/1.1", f"authorization: Bearer {KEY}", "x-request-timeout: 5"),
        (f"POST /v1/deployments/{ADDRESS}/predict HTTP/1.1",),
        (f"POST /v1/deployments/{ADDRESS}/predict HTTP/1.1", f"authorization: Bearer {FOREIGN}"),
        (f"POST /v1/deployments/{ADDRESS}/predict HTTP/1.1", f"authorization: Basic {KEY}"),
        (f"POST /v1/deployments/{ADDRESS}/predict?explain=true HTTP/1.1", f"authorization: Bearer {KEY}"),
        ("POST /v1/deployments/homes.nothing/predict HTTP/1.1", f"authorization: Bearer {KEY}"),
        (f"POST /v2/models/{ADDRESS}/infer HTTP/1.1", f"authorization: Bearer {KEY}"),
        (f"GET /v1/deployments/{ADDRESS}/predict HTTP/1.1", f"authorization: Bearer {KEY}"),
        ("GET /health/live HTTP/1.1",),
    ]
)
LIKELY = LINES.filter(lambda lines: "Bearer" in lines[-1] or "bearer" in str(lines))
CUTS = st.lists(st.integers(0, 5_000), max_size=4)
NAMES = re.compile(rb'"id":"[0-9a-f]{16}(-\d+)?"|"(instance|trace)":"[^"]*"')
COUNTED = ("watchkeeper_calls_total", "watchkeeper_errors_total", "watchkeeper_calls_turned_away_total")


def request(lines: Sequence[str], body: str) -> bytes:
    return "\r\n".join([*lines, "host: here", f"content-length: {len(body)}", "", body]).encode()


def outcome(world: World, requests: Sequence[bytes], cuts: Sequence[int], *, short: bool, apart: int) -> Any:
    """The requests are sent twice: one after the other, then in the pieces that the cuts make."""
    stream = b"".join(requests)
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    pieces = [stream[start:end] for start, end in pairwise(places)]

    async def talk() -> bytes:
        sent = Sent()
        on = connection(world.plane, sent, shortcut=world.plane.shortcut if short else None)
        await say(on, requests)
        await say(on, pieces, apart=apart)
        for _ in range(100):
            await say(on, [])
        return NAMES.sub(b"", sent.heard)

    heard = asyncio.run(talk())
    frames = sorted(
        json.dumps([f.kind, f.key, f.release, f.inputs, f.outputs, f.violations, f.owes, f.error, f.own_ids])
        for f in world.record.frames
    )
    counted = {labels: value for labels, value in world.figures().items() if labels[0] in COUNTED}
    return heard, frames, counted


@pytest.mark.parametrize("access", ["members", PUBLIC])
@pytest.mark.parametrize("apart", [0, TURNS])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(LINES | LIKELY, BODIES | USUAL.map(json.dumps)), min_size=1, max_size=5), CUTS)
def test_a_conversation_is_the_same_with_it_and_without(
    monkeypatch: pytest.MonkeyPatch, access: str, apart: int, asked: list[tuple[Sequence[str], str]], cuts: list[int]
) -> None:
    requests = [request(lines, body) for lines, body in asked]
    found = []
    for short in (False, True):
        world = new_world(monkeypatch)
        world.source.change(routes=routing(access=access).routes)
        world.table.look()
        found.append(outcome(world, requests, cuts, short=short, apart=apart))
    assert found[0] == found[1]


def test_the_shortcut_is_taken_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the law above would say nothing."""
    world = new_world(monkeypatch)
    world.source.change(routes={name: replace(each, challenger=None) for name, each in routing().routes.items()})
    world.table.look()
    entered = []
    way = world.plane.shortcut.way

    class Watched:
        def way(self, method: bytes, url: bytes, headers: Any) -> Any:
            found = way(method, url, headers)

            def goes(body: bytes, tell: Any) -> bool:
                entered.append(found is not None and found(body, tell))
                return entered[-1]

            return None if found is None else goes

    row = request(
        (f"POST /v1/deployments/{ADDRESS}/predict HTTP/1.1", f"authorization: Bearer {KEY}"), '{"size":1,"rooms":1}'
    )

    async def talk() -> bytes:
        sent = Sent()
        await say(connection(world.plane, sent, shortcut=Watched()), [row] * 3)
        return sent.heard

    assert asyncio.run(talk()).count(b'"value":3.0') == 3
    assert entered == [True, True]


def test_a_body_beyond_the_largest_is_refused_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    world = new_world(monkeypatch)
    lines = (f"POST /v1/deployments/{ADDRESS}/predict HTTP/1.1", f"authorization: Bearer {KEY}")
    large = request(lines, '{"size":1,"rooms":1}' + " " * 20_000)

    async def talk() -> list[bytes]:
        heads, heard = Heads(), []
        for _ in range(2):  # a refusal of a large body ends its connection
            sent = Sent()
            await say(connection(world.plane, sent, shortcut=world.plane.shortcut, heads=heads), [large])
            heard.append(sent.heard[:12])
        return heard

    assert asyncio.run(talk()) == [b"HTTP/1.1 413"] * 2
