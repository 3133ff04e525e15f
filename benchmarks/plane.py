"""Predictions: requests and rows a second, key check, validation, journal and live challenger on; beside the floor, a
bare ASGI endpoint that decodes the same body and answers a constant."""

import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from serving import up

FEATURES, ROWS, TREES = 20, 20_000, 300
SECONDS = 8
FLOOR = """
import msgspec
decoder = msgspec.json.Decoder()
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


def plane() -> None:
    if shutil.which("wrk") is None:
        sys.exit("The plane's benchmark needs wrk (Debian's package of that name).")
    chance = np.random.default_rng(7)
    values = chance.normal(size=(ROWS, FEATURES))
    names = [f"feat_{number}" for number in range(FEATURES)]
    target = values[:, 0] * 3 + np.sin(values[:, 1]) * values[:, 2] + chance.normal(size=ROWS) * 0.1
    table = pa.table({**dict(zip(names, values.T, strict=True)), "y": target})
    row = dict(zip(names, values[0].round(4).tolist(), strict=True))
    bodies = {"1 row": row, "48 rows": {"rows": [row] * 48}, "1,000 rows": {"rows": [row] * 1000}}
    print("| server | body | connections | requests/s | rows/s | p50 ms | p99 ms |\n|---|---|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as directory, up() as server:
        project = server.client.projects.create("bench")
        experiment = project.experiments.create("bench", target="y")
        version = experiment.train(project.datasets.upload("bench", table), budget="120s")
        by_learner = {model.learner: model for model in version.models}
        served = {
            "lightgbm, challenged by linear": ("lightgbm", "linear"),
            "linear, challenged by lightgbm": ("linear", "lightgbm"),
            "random forest, challenged by lightgbm": ("random_forest", "lightgbm"),
            "lightgbm alone": ("lightgbm", None),
        }
        floor = _floor(Path(directory))
        try:
            _measure("floor", floor[1], bodies["1 row"], "1 row", Path(directory), key="")
            for name, (champion, challenger) in served.items():
                deployment = project.deployments.create(
                    name.replace(",", ""),
                    champion=by_learner[champion],
                    challenger=by_learner[challenger] if challenger else None,
                )
                for words, body in bodies.items() if name.startswith("lightgbm, ") else [("1 row", row)]:
                    _measure(name, deployment.url, body, words, Path(directory), key=server.key)
                _drain(deployment)
        finally:
            floor[0].terminate()
        print(f"\nMemory, MB: {json.dumps(server.memory())}")


def _floor(directory: Path) -> "tuple[subprocess.Popen[bytes], str]":
    (directory / "floor_app.py").write_text(FLOOR)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "floor_app:app", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen([*command, "--no-access-log"], cwd=directory)
    time.sleep(2)
    return process, f"http://127.0.0.1:{port}/"


def _measure(name: str, url: str, body: object, words: str, directory: Path, *, key: str) -> None:
    script = directory / "post.lua"
    script.write_text(
        'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
        f'wrk.headers["Authorization"] = "Bearer {key}"\nwrk.body = [==[{json.dumps(body)}]==]\n'
    )
    rows = len(body["rows"]) if isinstance(body, dict) and "rows" in body else 1
    for connections in (1, 16):
        command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", "-s", str(script), url]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in said:
            sys.exit(said)
        rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])
        p50, p99 = (_milliseconds(re.findall(rf"^\s+{share}%\s+(\S+)", said, re.MULTILINE)[0]) for share in (50, 99))
        print(
            f"| {name} | {words} | {connections} | {rate:,.0f} | {rate * rows:,.0f} | {p50:.2f} | {p99:.2f} |",
            flush=True,
        )


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}[unit]


def _drain(deployment: object) -> None:
    """Wait until everything is collected and nothing is owed; how long it took belongs to the figures."""
    begun = time.monotonic()
    while True:
        health = deployment.health()  # type: ignore[attr-defined]
        lag = health.journal_lag_seconds
        if health.owed == 0 and lag is not None and lag < 1:
            break
        time.sleep(0.5)
    rows = deployment.usage(days=36_600, by="arrival").total["champion"].rows  # type: ignore[attr-defined]
    print(
        f"| | collected and counted: {rows:,} rows, {time.monotonic() - begun:.0f} s after the last call | | | | | |",
        flush=True,
    )
