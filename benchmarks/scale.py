"""One and two prediction processes, from one deployment to twenty: requests a second over all of them in turn, and
memory. Last one of them with a process of its own."""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench_serving import FEATURES, rows
from driving import Load, drive, need_wrk
from serving import Up, up

from watchkeeper.sdk import Deployment

DEPLOYMENTS = (1, 5, 20)
CONNECTIONS, WARM, SECONDS = 16, 1, 6


def scale() -> None:
    need_wrk()
    print(f"One row of {FEATURES} features a call, {CONNECTIONS} connections, LightGBM challenged by a linear model.\n")
    print("| processes | deployments | requests/s | p50 ms | p99 ms | planes MB | console MB | worker MB |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|", flush=True)
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as scratch, up("--workers", str(workers)) as server:
            _measured(server, Path(scratch), workers)


def _measured(server: Up, place: Path, workers: int) -> None:
    table, row = rows()
    urls: list[str] = []
    for deployment in _growing(server, table):
        urls.append(deployment.url)
        if len(urls) in DEPLOYMENTS:
            _line(server, f"{workers} | {len(urls)}", _driven(urls, row, place, server.key))
            last = deployment
    last.change(isolation="process").wait()
    load = _driven([last.url], row, place, server.key)
    _line(server, f"{workers}, and one of its own | 1 of {len(urls)}", load)


def _growing(server: Up, table: object) -> Iterator[Deployment]:
    project = server.client.projects.create("scale")
    experiment = project.experiments.create("scale", target="y")
    version = experiment.train(project.datasets.upload("scale", table), learners=["lightgbm", "linear"], budget="20s")
    models = {model.learner: model for model in version.models}
    for number in range(1, max(DEPLOYMENTS) + 1):
        yield project.deployments.create(f"d {number}", champion=models["lightgbm"], challenger=models["linear"])


def _driven(urls: list[str], row: object, place: Path, key: str) -> Load:
    time.sleep(2.0)  # what was made last is loaded everywhere
    print("measuring", file=sys.stderr, flush=True)
    for seconds in (WARM, SECONDS):
        load = drive(urls, row, directory=place, connections=CONNECTIONS, seconds=seconds, key=key)
    print("measured", file=sys.stderr, flush=True)
    return load


def _line(server: Up, words: str, load: Load) -> None:
    memory = server.memory()
    planes = " + ".join(str(megabytes) for name, megabytes in sorted(memory.items()) if name.startswith("plane"))
    rates = f"{load.rate:,.0f} | {load.p50:.2f} | {load.p99:.2f}"
    print(f"| {words} | {rates} | {planes} | {memory['console']} | {memory['worker']} |", flush=True)
