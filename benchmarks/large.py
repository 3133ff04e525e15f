"""Large calls: their time beside the model's own, and what callers of single rows notice of them."""

import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
from bench_serving import FEATURES, deployed, rows
from serving import Up, up

from watchkeeper.learning.learners.lightgbm import FILE
from watchkeeper.learning.runtimes.booster import NativeBooster
from watchkeeper.sdk import Client, Deployment

TIMES, SMALL_TIMES, MILLION = 7, 40, 1_000_000
ARROW, JSON = "application/vnd.apache.arrow.stream", "application/json"
Values = np.ndarray


def large() -> None:
    table, row = rows()
    with tempfile.TemporaryDirectory() as scratch, up(data_dir=Path(scratch, "data")) as server:
        deployment, champion = deployed(server, table, Path(scratch, "data"))
        booster = NativeBooster(Path(scratch, "data", "models", champion) / FILE)
        print("| body | rows | the model alone ms | the call ms | times |\n|---|--:|--:|--:|--:|", flush=True)
        for media, count in ((JSON, 1_000), (JSON, 10_000), (ARROW, 1_000), (ARROW, 100_000)):
            _beside_the_model(server, deployment, booster, media, count)
        print("\n| one row a call | calls | p50 ms | p99 ms | longest ms |\n|---|--:|--:|--:|--:|", flush=True)
        _noticed("alone", server, deployment, row, lambda: time.sleep(5))
        for words, send in (("JSON", _send_rows), ("Arrow", _send_arrow)):
            work = multiprocessing.get_context("spawn").Process(
                target=send, args=(server.url, server.key, deployment.address)
            )
            _noticed(f"beside a million rows in {words}", server, deployment, row, _run(work))


def _beside_the_model(server: Up, deployment: Deployment, booster: NativeBooster, media: str, count: int) -> None:
    """The best of several, taken in turns; of more where each is over so soon that anything disturbs it."""
    values = np.random.default_rng(3).normal(size=(count, FEATURES))
    body = _arrow(values) if media == ARROW else _json(values)
    alone, called = [], []
    with _connected(deployment) as post:
        for _ in range(TIMES if count > 1_000 else SMALL_TIMES):
            alone.append(_timed(lambda: booster.predict(values)))
            called.append(_timed(lambda: post(body, server.key, media)))
    model, call = min(alone) * 1000, min(called) * 1000
    print(
        f"| {'JSON' if media == JSON else 'Arrow'} | {count:,} | {model:,.1f} | {call:,.1f} | {call / model:.2f} |",
        flush=True,
    )


def _noticed(words: str, server: Up, deployment: Deployment, row: object, work: Callable[[], None]) -> None:
    """Single rows, one after the other, for as long as the work goes on."""
    body, times, thread = json.dumps(row).encode(), [], Thread(target=work)
    with _connected(deployment) as post:
        post(body, server.key, JSON)
        thread.start()
        while thread.is_alive():
            times.append(_timed(lambda: post(body, server.key, JSON)) * 1000)
            time.sleep(0.001)
    cuts = statistics.quantiles(times, n=100)
    print(f"| {words} | {len(times):,} | {cuts[49]:.2f} | {cuts[98]:.2f} | {max(times):.2f} |", flush=True)


@contextmanager
def _connected(deployment: Deployment) -> Iterator[Callable[[bytes, str, str], bytes]]:
    """One connection, kept open."""
    parts = urlsplit(deployment.url)
    connection = HTTPConnection(parts.netloc, timeout=120)

    def post(body: bytes, key: str, media: str) -> bytes:
        connection.request("POST", parts.path, body, {"Authorization": f"Bearer {key}", "Content-Type": media})
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise SystemExit(said[:500])
        return said

    try:
        yield post
    finally:
        connection.close()


def _run(work: multiprocessing.process.BaseProcess) -> Callable[[], None]:
    def run() -> None:
        work.start()
        work.join()

    return run


def _send_rows(url: str, key: str, deployment: str) -> None:
    """As the SDK sends them."""
    values = np.random.default_rng(4).normal(size=(MILLION, FEATURES))
    _found(url, key, deployment).predict(_table(values))


def _send_arrow(url: str, key: str, deployment: str) -> None:
    """As many rows a call as are taken."""
    with _connected(_found(url, key, deployment)) as post:
        for part in range(MILLION // 100_000):
            post(_arrow(np.random.default_rng(part).normal(size=(100_000, FEATURES))), key, ARROW)


def _found(url: str, key: str, address: str) -> Deployment:
    project, _, name = address.partition(".")
    return Client(url, key).projects.get(project).deployments.get(name)


def _table(values: Values) -> pa.Table:
    return pa.table({f"feat_{place}": column for place, column in enumerate(values.T)})


def _json(values: Values) -> bytes:
    names = [f"feat_{place}" for place in range(FEATURES)]
    return json.dumps({"rows": [dict(zip(names, row, strict=True)) for row in values.round(4).tolist()]}).encode()


def _arrow(values: Values) -> bytes:
    table, sink = _table(values), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    large()
