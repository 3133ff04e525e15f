"""The servers that ours is measured beside: each with the same LightGBM model, one worker, as its manual says.

`PEERS_DIR` holds an environment for each: `mlserver`, `bentoml`, `mlflow`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

FLOOR = """
import msgspec
decoder = msgspec.json.Decoder(dict[str, float])
answer = b'{"predictions":[1.0]}'
headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    decoder.decode(body)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})
"""
SERVICE = """
import bentoml, lightgbm, numpy
@bentoml.service(workers=1)
class Regressor:
    def __init__(self):
        self.booster = lightgbm.Booster(model_file={model!r})
    @bentoml.api
    def predict(self, rows: list[list[float]]) -> list[float]:
        return self.booster.predict(numpy.asarray(rows), num_threads=1).tolist()
"""
SAVE_FOR_MLFLOW = """
import sys, lightgbm, mlflow, numpy, pandas
model = lightgbm.Booster(model_file=sys.argv[1])
rows = pandas.DataFrame(numpy.zeros((2, model.num_feature())), columns=model.feature_name())
mlflow.lightgbm.save_model(model, sys.argv[2], signature=mlflow.models.infer_signature(rows, model.predict(rows)))
"""
PATIENCE = 120


@dataclass(frozen=True)
class Peer:
    url: str
    body: object


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@contextmanager
def floor(place: Path, row: dict[str, float]) -> Iterator[Peer]:
    """A bare ASGI endpoint that decodes the row and answers a constant."""
    (place / "floor_app.py").write_text(FLOOR)
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "floor_app:app", "--port", str(port), "--log-level", "error"]
    with _running([*command, "--no-access-log"], place) as url:
        yield _answering(Peer(url(port, "/"), row))


@contextmanager
def mlserver(python: Path, place: Path, model: Path, row: dict[str, float]) -> Iterator[Peer]:
    ports = [free_port() for _ in range(3)]
    (place / "model.bst").write_text(model.read_text())
    _write(place / "model-settings.json", {
        "name": "m",
        "implementation": "mlserver_lightgbm.LightGBMModel",
        "parameters": {"uri": "./model.bst", "version": "v1"},
    })  # fmt: skip
    names = ("http_port", "grpc_port", "metrics_port")
    _write(
        place / "settings.json", {**dict(zip(names, ports, strict=True)), "parallel_workers": 0, "host": "127.0.0.1"}
    )
    inputs = [{"name": "x", "shape": [1, len(row)], "datatype": "FP32", "data": list(row.values())}]
    with _running([str(python.with_name("mlserver")), "start", "."], place) as url:
        yield _answering(Peer(url(ports[0], "/v2/models/m/infer"), {"inputs": inputs}))


@contextmanager
def bentoml(python: Path, place: Path, model: Path, row: dict[str, float]) -> Iterator[Peer]:
    (place / "service.py").write_text(SERVICE.format(model=str(model)))
    port = free_port()
    command = [str(python.with_name("bentoml")), "serve", "service:Regressor", "-p", str(port), "--host", "127.0.0.1"]
    with _running(command, place, BENTOML_DO_NOT_TRACK="True") as url:
        yield _answering(Peer(url(port, "/predict"), {"rows": [list(row.values())]}))


@contextmanager
def mlflow(python: Path, place: Path, model: Path, row: dict[str, float]) -> Iterator[Peer]:
    (place / "save.py").write_text(SAVE_FOR_MLFLOW)
    subprocess.run([python, "save.py", model, "model"], cwd=place, check=True, capture_output=True)
    port = free_port()
    command = [str(python.with_name("mlflow")), "models", "serve", "-m", "model", "-p", str(port)]
    body = {"dataframe_split": {"columns": list(row), "data": [list(row.values())]}}
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    with _running([*command, "--env-manager", "local", "-w", "1"], place, PATH=path) as url:
        yield _answering(Peer(url(port, "/invocations"), body))


PEERS = {"mlserver": mlserver, "bentoml": bentoml, "mlflow": mlflow}


def _write(file: Path, value: object) -> None:
    file.write_text(json.dumps(value))


@contextmanager
def _running(command: list[str], place: Path, **more: str) -> Iterator[Callable[[int, str], str]]:
    """The process and all its children, for as long as they are needed; what makes an address on it."""
    with (place / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=place, env={**os.environ, **more}, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield lambda port, path: f"http://127.0.0.1:{port}{path}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _answering(peer: Peer) -> Peer:
    """Once it answers."""
    deadline = time.monotonic() + PATIENCE
    request = Request(peer.url, json.dumps(peer.body).encode(), {"content-type": "application/json"})
    while True:
        try:
            with urlopen(request, timeout=5) as answer:
                answer.read()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return peer
