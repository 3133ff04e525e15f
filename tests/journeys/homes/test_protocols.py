"""Clients that know nothing of Watchkeeper: a stock one of the Open Inference Protocol, and Arrow over plain HTTP."""

import json
import random
from typing import Any
from urllib.parse import urlsplit

import httpx2
import numpy as np
import pyarrow as pa
import pytest

from tests.journeys.deployed import home
from tests.journeys.servers import Server
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Refused

pytestmark = pytest.mark.journey
ROWS = [home(random.Random(3), number) for number in range(5)]


@pytest.fixture
def homes(server: Server, deployment: Deployment) -> tuple[Server, Deployment]:
    return server, deployment


def tensors(http: Any) -> list[Any]:
    kinds = {"sold_at": "BYTES", "size": "FP64", "town": "BYTES", "garden": "BOOL"}
    found = []
    for name, datatype in kinds.items():
        values = [row[name] for row in ROWS]
        array = np.array(values, dtype=object if datatype == "BYTES" else None)
        tensor = http.InferInput(name, [len(ROWS)], datatype)
        tensor.set_data_from_numpy(array, binary_data=name != "town")
        found.append(tensor)
    return found


def test_a_stock_client_of_the_open_inference_protocol_gets_our_answers(homes: tuple[Server, Deployment]) -> None:
    from tritonclient import http

    server, deployment = homes
    parts = urlsplit(deployment.url)
    client = http.InferenceServerClient(parts.netloc)
    key = {"Authorization": f"Bearer {server.connection['key']}"}
    assert client.is_server_ready()
    assert client.is_model_ready(deployment.address, headers=dict(key))
    told = client.get_model_metadata(deployment.address, headers=dict(key))
    assert [each["name"] for each in told["inputs"]] == ["size", "town", "garden"]
    found = client.infer(deployment.address, tensors(http), headers=dict(key))
    expected = [answer.value for answer in deployment.predict(ROWS)]
    assert found.as_numpy("prediction").tolist() == expected
    with pytest.raises(http.InferenceServerException, match="no such deployment"):
        client.infer("homes.rents", tensors(http), headers=dict(key))
    client.close()


def test_answers_are_explained_and_have_intervals(homes: tuple[Server, Deployment]) -> None:
    from tritonclient import http

    server, deployment = homes
    answers = deployment.predict(ROWS, explain=True, interval=0.9)
    for answer in answers:
        assert answer.contributions is not None
        assert answer.contributions.keys() == ROWS[0].keys()
        assert answer.base is not None
        assert answer.base + sum(answer.contributions.values()) == pytest.approx(answer.value)
        assert answer.low is not None
        assert answer.high is not None
        assert answer.value - answer.low == pytest.approx(answer.high - answer.value)
    by_size = sorted(
        (row["size"], (answer.contributions or {})["size"]) for row, answer in zip(ROWS, answers, strict=True)
    )
    assert by_size == sorted(by_size, key=lambda pair: pair[1])
    alone = deployment.predict(ROWS[0], explain=True, interval=0.9)
    assert (alone.contributions, alone.low) == (answers[0].contributions, answers[0].low)
    assert "contribution.size" in answers.records()[0]
    with pytest.raises(Refused) as refused:
        deployment.predict(ROWS[0], interval=0.9999)
    assert (refused.value.code, refused.value.fields) == ("too-few-errors", ("interval",))
    client = http.InferenceServerClient(urlsplit(deployment.url).netloc)
    key = {"Authorization": f"Bearer {server.connection['key']}"}
    for how in ({"parameters": {"explain": True}}, {"query_params": {"explain": "true"}}):
        found = client.infer(deployment.address, tensors(http), headers=dict(key), **how)
        said = [(answer.contributions or {})["size"] for answer in answers]
        assert found.as_numpy("contribution.size").tolist() == pytest.approx(said)
    client.close()


def test_the_command_line_explains(homes: tuple[Server, Deployment]) -> None:
    server, deployment = homes
    asked = ["deployments", "predict", deployment.name, json.dumps(ROWS[0]), "--explain", "--interval", "0.8"]
    said = json.loads(server.run(*asked, "--project", "Homes", "--json"))
    assert said["value"] == pytest.approx(said["base"] + sum(said["contributions"].values()))
    assert said["low"] < said["value"] < said["high"]
    shown = server.run(*asked, "--project", "Homes")
    assert "adds (target)" in shown
    assert "size" in shown


def test_an_arrow_stream_gets_the_same_answers(homes: tuple[Server, Deployment]) -> None:
    server, deployment = homes
    table = pa.Table.from_pylist(ROWS)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    headers = {
        "Authorization": f"Bearer {server.connection['key']}",
        "Content-Type": "application/vnd.apache.arrow.stream",
    }
    answer = httpx2.post(deployment.url, content=sink.getvalue().to_pybytes(), headers=headers)
    said = pa.ipc.open_stream(answer.content).read_all()
    assert said["value"].to_pylist() == [each.value for each in deployment.predict(ROWS)]
