"""A plane over things in memory: a model that adds, a list for a record, a routing that a test can change."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.fakes.clock import StillClock
from watchkeeper.access.key import digest_of
from watchkeeper.learning.errors import NoExplanations
from watchkeeper.learning.intervals import Errors
from watchkeeper.learning.model import Answers, Explanation
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.server.plane import shelf
from watchkeeper.server.plane import table as tables
from watchkeeper.server.plane.app import Plane
from watchkeeper.server.plane.rates import Rates
from watchkeeper.server.plane.table import Table
from watchkeeper.serving.errors import JournalFull
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.routing import Caller, ModelPlace, Route, Routing
from watchkeeper.tables.column import Kind

KEY, FOREIGN = "wk_" + "a" * 43, "wk_" + "b" * 43
ADDRESS = "homes.prices"
SIGNATURE = Signature(
    task="regression",
    target="y",
    time="at",
    time_zone="UTC",
    labels=None,
    inputs=(
        Input("size", Kind.NUMERIC, levels=None, low=0.0, high=10.0, nullable=False),
        Input("rooms", Kind.NUMERIC, levels=None, low=0.0, high=10.0, nullable=False),
    ),
)


@dataclass
class Adding:
    """Answers with the sum of its inputs and `plus`; can't answer a size of 6.66."""

    plus: float
    signature: Signature = SIGNATURE

    def answer(self, columns: Mapping[str, Sequence[Any]], at: Sequence[int]) -> Answers:
        if 6.66 in columns["size"]:
            raise ValueError("the number of the beast")
        pairs = zip(columns["size"], columns["rooms"], strict=True)
        assert len(at) == len(columns["size"])
        return Answers(outputs=[(size or 0.0) + (rooms or 0.0) + self.plus for size, rooms in pairs], values=None)

    def deciding_at(self, threshold: float) -> "Adding":
        del threshold
        return self

    def explain(self, columns: Mapping[str, Sequence[Any]], at: Sequence[int]) -> Explanation:
        """It has none for a size of 7, and fails at one of 8."""
        if 7.0 in columns["size"]:
            raise NoExplanations("Train it again.", fields=("explain",))
        if 8.0 in columns["size"]:
            raise ValueError("the number of the spider")
        assert len(at) == len(columns["size"])
        return Explanation("target", self.plus, {name: [each or 0.0 for each in columns[name]] for name in columns})

    def half_width(self, level: float) -> float:
        """It kept nine errors."""
        return Errors.of(np.arange(1.0, 10.0), np.zeros(9)).half_width(level)


@dataclass
class Source:
    """The RoutingSource port in memory."""

    now: Routing
    down: bool = False

    def generation(self) -> int:
        if self.down:
            raise OSError("the database is away")
        return self.now.generation

    def routing(self) -> Routing:
        return self.now

    def change(self, **changed: Any) -> None:
        self.now = replace(self.now, generation=self.now.generation + 1, **changed)


@dataclass
class Kept:
    """The Record port in memory."""

    frames: list[Frame] = field(default_factory=list)
    full: bool = False

    def append(self, frame: Frame) -> None:
        if self.full:
            raise JournalFull("The call could not be recorded (no space), so it is not answered.")
        self.frames.append(frame)

    def extend(self, frames: Sequence[Frame]) -> None:
        for frame in frames:
            self.append(frame)

    def sync(self) -> None:
        pass

    def close(self) -> None:
        pass


@dataclass
class Board:
    """The StatusBoard port in memory; can't be written for so many times as `down` says."""

    said: list[tuple[str, Mapping[str, object], Mapping[str, datetime]]] = field(default_factory=list)
    refused: list[Mapping[tuple[str, str], int]] = field(default_factory=list)
    down: int = 0

    def report(
        self,
        process: str,
        pid: int,
        status: Mapping[str, object],
        *,
        used: Mapping[str, datetime],
        refused: Mapping[tuple[str, str], int],
    ) -> None:
        assert pid == 7
        self.down -= 1
        if self.down >= 0:
            raise OSError("the database is away")
        self.refused.append(refused)
        self.said.append((process, status, used))


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class World:
    source: Source
    record: Kept
    board: Board
    clock: StillClock
    elapsed: list[float]
    plane: Plane
    table: Table

    async def follow(self) -> None:
        """The table's own following, at a pace for tests."""
        while True:
            await asyncio.sleep(0.01)
            self.table.look()

    def call(
        self,
        body: Any,
        *,
        address: str = ADDRESS,
        key: str | None = KEY,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        path: str | None = None,
    ) -> Reply:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {**({"authorization": f"Bearer {key}"} if key else {}), **(headers or {})}
        return asyncio.run(request(self.plane, path or f"/v1/deployments/{address}/predict", sent, method, given))

    def get(self, path: str, *, key: str | None = None) -> Reply:
        return asyncio.run(request(self.plane, path, b"", "GET", {"authorization": f"Bearer {key}"} if key else {}))

    def figures(self) -> dict[tuple[str, ...], float]:
        """As Prometheus's own parser reads them: by name, and the labels' values in the order of their names."""
        families = text_string_to_metric_families(self.get("/metrics").body.decode())
        return {
            (sample.name, *(sample.labels[name] for name in sorted(sample.labels) if name != "process")): sample.value
            for family in families
            for sample in family.samples
        }


async def request(
    plane: Callable[..., Awaitable[None]], path: str, body: bytes, method: str, headers: Mapping[str, str]
) -> Reply:
    pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)] or [b""]
    messages = [{"type": "http.request", "body": p, "more_body": n < len(pieces) - 1} for n, p in enumerate(pieces)]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    bare, _, query = path.partition("?")
    scope = {"type": "http", "method": method, "path": bare, "query_string": query.encode(), "headers": raw}
    await plane(scope, receive, send)
    start, *rest = sent
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], told, b"".join(each["body"] for each in rest))


def routing(**changed: Any) -> Routing:
    route = Route(
        deployment="d1",
        address=ADDRESS,
        project="p1",
        release=1,
        type_policy="best_effort",
        time_zone="UTC",
        champion=ModelPlace("m1", "1", "linear"),
        challenger=ModelPlace("m2", "100", "linear"),
    )
    route = replace(route, **changed)
    callers = {
        digest_of(KEY): Caller("k1", digest_of(KEY), frozenset({"p1"}), None),
        digest_of(FOREIGN): Caller("k2", digest_of(FOREIGN), frozenset({"p2"}), None),
    }
    return Routing(generation=1, callers=callers, routes={ADDRESS: route, "d1": route})


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return new_world(monkeypatch)


def new_world(monkeypatch: pytest.MonkeyPatch) -> World:
    # A model's directory is the number that it adds: fitting real ones belongs to the journeys.
    monkeypatch.setattr(shelf, "load_model", lambda directory: Adding(plus=float(Path(directory).name)))
    monkeypatch.setattr(tables, "LONGEST_WAIT", 0.0)  # nothing follows here, unless a test sees to it
    clock, elapsed = StillClock(), [0.0]
    source, record, board = Source(routing()), Kept(), Board()
    table = Table(source, clock=clock, elapsed=lambda: elapsed[0])
    table.look()
    plane = Plane(
        name="plane-1",
        pid=7,
        table=table,
        record=record,
        board=board,
        clock=clock,
        largest_body=20_000,
        metrics_open=True,
        rates=Rates(elapsed=lambda: elapsed[0]),
    )
    return World(source, record, board, clock, elapsed, plane, table)
