"""The journal over the API and in the SDK: conditions, streams, files, pages, and who may see raw rows."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from tests.api.conftest import Api
from tests.api.journals import answered
from tests.storage.worlds import NOW, call
from watchkeeper.access.identifying import issue_key
from watchkeeper.cli.conditions import read_where
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import Forbidden, Refused, Unreachable
from watchkeeper.sdk.monitoring.journal import Journal
from watchkeeper.sdk.monitoring.where import conditions

PATH = "/api/v1/deployments/d1/journal"
AT = NOW - timedelta(days=1)


@pytest.fixture
def deployment(api: Api) -> Deployment:
    frame = call("a", rows=12)
    beside = replace(frame, role="challenger", model="m2", inputs={}, owes=None)
    answered(api, frame, beside, call("b", rows=2, owes=None))
    return api.client("contributor").projects.get("p").deployments.get("live")


def names(deployment: Deployment, **chosen: Any) -> set[Any]:
    return set(deployment.journal(**chosen).to_arrow()["id"].to_pylist())


def test_rows_are_chosen_by_period_role_and_conditions(deployment: Deployment) -> None:
    assert len(names(deployment)) == 14
    assert names(deployment, where={"size": [(">", 2), ("<=", 4)], "call": "a"}) == {"a-3", "a-4"}
    assert names(deployment, where={"id": {"a-1", "b-1"}, "size": np.float64(1)}) == {"a-1", "b-1"}
    assert names(deployment, where={"input.town": ("!=", None)}, role="challenger") == set()
    assert names(deployment, start=AT + timedelta(microseconds=1), end=AT + timedelta(microseconds=2)) == {"a-1", "b-1"}
    assert names(deployment, where={"at": (">=", AT + timedelta(microseconds=11))}) == {"a-11"}
    assert names(deployment, start=NOW) == set()


def test_the_same_rows_come_in_batches_as_a_frame_and_as_a_file(deployment: Deployment, tmp_path: Path) -> None:
    chosen = deployment.journal(where={"size": (">=", 8)})
    table = chosen.to_arrow()
    assert table.num_rows == 2
    assert pa.Table.from_batches(list(chosen.batches())).equals(table)
    assert list(chosen.to_pandas()["input.size"]) == [8.0, 9.0]
    assert pq.read_table(chosen.to_parquet(tmp_path / "rows.parquet")).equals(table)


def test_the_newest_rows_come_with_the_other_answer_and_over_pages(api: Api, deployment: Deployment) -> None:
    rows = deployment.journal(where={"call": "a"}).newest(500)
    assert [row["id"] for row in rows] == [f"a-{row}" for row in reversed(range(12))]
    assert rows[0]["challenger"]["prediction"] == 1.0
    assert rows[0]["label"] is None
    first = api.call("GET", f"{PATH}/rows", params={"limit": 5}, who="contributor").json()
    second = api.call("GET", f"{PATH}/rows", params={"limit": 100, "cursor": first["next"]}, who="contributor").json()
    assert second["next"] is None
    every = [row["id"] for row in first["items"] + second["items"]]
    assert (len(every), len(set(every))) == (14, 14)


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("size > 1", "where-refused"),
        ('{"size": 1}', "where-refused"),
        ('[["size", ">"]]', "where-refused"),
        ('[["colour", "=", 1]]', "no-column"),
        ('[["size", "like", 1]]', "no-operator"),
        ('[["size", "=", "big"]]', "value-unfit"),
        ("[" * 10_000, "where-refused"),
    ],
)
def test_conditions_that_mean_nothing_are_a_problem_that_names_them(
    api: Api, deployment: Deployment, where: str, code: str
) -> None:
    for path in (PATH, f"{PATH}/rows"):
        said = api.call("GET", path, params={"where": where, "format": "arrow"})
        assert (said.status_code, said.json()["code"]) == (422, code)
    cursor = api.call("GET", f"{PATH}/rows", params={"cursor": "here"})
    assert (cursor.status_code, cursor.json()["code"]) == (422, "cursor-refused")
    assert deployment.id == "d1"


@pytest.mark.parametrize("where", [{"size": (3, ">")}, {"size": (">", 3, 4)}, {"size": [(">", 3), 4]}, {"size": b"3"}])
def test_the_sdk_refuses_what_it_can_not_send(deployment: Deployment, where: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        deployment.journal(where=where)


def test_the_shell_writes_the_same_conditions() -> None:
    said = read_where(
        ["size>3", " size <= 9", 'town in ["Lyon","Nice"]', "key=null", "id!=a=b", "open=true", 'id="12"']
    )
    assert conditions(said) == [
        ["size", ">", 3],
        ["size", "<=", 9],
        ["town", "in", ["Lyon", "Nice"]],
        ["key", "=", None],
        ["id", "!=", "a=b"],
        ["id", "=", "12"],
        ["open", "=", True],
    ]
    with pytest.raises(Refused):
        read_where(["Lyon"])


@pytest.mark.usefixtures("deployment")
def test_raw_rows_need_a_right_of_their_own(api: Api) -> None:
    viewer = api.client("viewer").projects.get("p").deployments.get("live")
    with pytest.raises(Forbidden, match="lacks the right to read rows"):
        viewer.journal().to_arrow()
    assert viewer.usage().total["champion"].rows == 14
    with api.assembly.store.work() as work:
        for scope in ("read", "read_rows"):
            _, api.keys[scope] = issue_key(
                scope, keys=work.keys, clock=api.assembly.clock, project="p1", scopes=[scope, "read"]
            )
    assert api.call("GET", PATH, who="read").status_code == 403
    assert api.call("GET", PATH, who="read_rows").status_code == 200


class InDrops(httpx2.BaseTransport):
    """Answers with a stream, a few bytes at a time."""

    def __init__(self, whole: bytes) -> None:
        self._whole = whole

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        del request
        return httpx2.Response(200, stream=Drops(self._whole))


class Drops(httpx2.SyncByteStream):
    def __init__(self, whole: bytes) -> None:
        self._whole = whole

    def __iter__(self) -> Any:
        for start in range(0, len(self._whole), 1000):
            yield self._whole[start : start + 1000]


def test_a_batch_is_larger_than_what_comes_at_once() -> None:
    table = pa.table({"id": [str(row) for row in range(300_000)]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    drops = Caller("http://localhost", "wk_x", transport=InDrops(sink.getvalue().to_pybytes()))
    assert Journal(drops, "d1")().to_arrow().equals(table)


class Torn(httpx2.BaseTransport):
    """Answers with the first part of a stream, and breaks."""

    def __init__(self, whole: bytes) -> None:
        self._whole = whole

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        del request
        return httpx2.Response(200, stream=TornStream(self._whole[: len(self._whole) // 2]))


class TornStream(httpx2.SyncByteStream):
    def __init__(self, part: bytes) -> None:
        self._part = part

    def __iter__(self) -> Any:
        yield self._part
        raise httpx2.RemoteProtocolError("peer closed connection without sending complete message body")


def test_a_stream_that_breaks_off_never_reads_as_all(api: Api, deployment: Deployment) -> None:
    whole = api.call("GET", PATH, params={"format": "arrow"}).content
    broken = Journal(Caller("http://localhost", "wk_x", transport=Torn(whole), pause=lambda _: None), deployment.id)
    with pytest.raises(Unreachable, match="broke"):
        broken().to_arrow()
    with pytest.raises(Unreachable):
        list(broken().batches())


def test_no_half_file_is_left_when_writing_one_fails(api: Api, deployment: Deployment) -> None:
    for path in api.assembly.places.journal(deployment.id).glob("*.parquet"):
        path.write_bytes(path.read_bytes()[:200] + b"\0" * 2000 + path.read_bytes()[2200:])
    assert api.call("GET", PATH).json()["code"] == "journal-broken"
    assert list(api.assembly.places.receiving().glob("*")) == []
    assert json.loads(api.call("GET", f"{PATH}/rows").content)["code"] == "journal-broken"
