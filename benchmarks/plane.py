"""Predictions: requests and rows a second, key check, validation, journal and live challenger on; beside the floor, a
bare ASGI endpoint that decodes the same body and answers a constant."""

import json
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from driving import drive, need_wrk
from peers import floor
from serving import up

FEATURES, ROWS, TREES = 20, 20_000, 300
SECONDS = 8


def plane() -> None:
    need_wrk()
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
        with floor(Path(directory), row) as bare:
            _measure("floor", bare.url, bodies["1 row"], "1 row", Path(directory), key="")
            for name, (champion, challenger) in served.items():
                deployment = project.deployments.create(
                    name.replace(",", ""),
                    champion=by_learner[champion],
                    challenger=by_learner[challenger] if challenger else None,
                )
                for words, body in bodies.items() if name.startswith("lightgbm, ") else [("1 row", row)]:
                    _measure(name, deployment.url, body, words, Path(directory), key=server.key)
                _drain(deployment)
        print(f"\nMemory, MB: {json.dumps(server.memory())}")


def _measure(name: str, url: str, body: object, words: str, directory: Path, *, key: str) -> None:
    rows = len(body["rows"]) if isinstance(body, dict) and "rows" in body else 1
    for connections in (1, 16):
        load = drive(url, body, directory=directory, connections=connections, seconds=SECONDS, key=key)
        rates = f"{load.rate:,.0f} | {load.rate * rows:,.0f} | {load.p50:.2f} | {load.p99:.2f}"
        print(f"| {name} | {words} | {connections} | {rates} |", flush=True)


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
