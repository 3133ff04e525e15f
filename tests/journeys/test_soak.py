"""Everything at once for a while: neither memory nor open files grow.

A minute here; `just soak MINUTES` for longer. The first third is for warming up. Over the rest a line is laid through
each process's memory and open files: along it memory may grow by a tenth and 12 MB, and files by 8.
"""

import io
import os
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import psutil
import pyarrow as pa
import pytest

from tests.journeys.deployed import home, project_with_homes
from tests.journeys.servers import Server, running, until
from watchkeeper.sdk import Deployment, Project
from watchkeeper.sdk.errors import Unavailable, WatchkeeperError

pytestmark = pytest.mark.journey
MINUTES = float(os.environ.get("WATCHKEEPER_TEST_MINUTES", "1"))
WARM = 1 / 3
REST = 0.03
PATIENCE = 180
"""Seconds; the worker leaves what is owed to its process for half a minute, and has verdicts to give beside it."""
LARGEST_SHARE, LARGEST_MEMORY, MOST_FILES = 0.10, 12 * 2**20, 8
STREAM = {"Content-Type": "application/vnd.apache.arrow.stream"}
BAD: Sequence[bytes] = (
    b"",
    b"{",
    b"[]",
    b'{"rows": []}',
    b'{"rows": [1]}',
    b"\xff\xfe",
    b"[" * 5000,
    b"x" * 300_000,
)

Sample = tuple[float, float, float]
"""Seconds, bytes of memory, open files."""


@dataclass
class Soak:
    server: Server
    deployments: list[Deployment]
    until: float
    statuses: Counter[int] = field(default_factory=Counter)
    put_off: int = 0
    unforeseen: list[str] = field(default_factory=list)

    def keep(self, turn: Callable[[random.Random], None], *, rest: float, seed: int) -> None:
        chance = random.Random(seed)
        while time.monotonic() < self.until:
            try:
                turn(chance)
            except Unavailable:  # many write to one SQLite; who changes something is told to try again
                self.put_off += 1
            except Exception as failure:  # noqa: BLE001  (told when the soak is over)
                self.unforeseen.append(f"{type(failure).__name__}: {failure}")
            time.sleep(chance.uniform(0, 2 * rest))

    def post(self, http: httpx2.Client, chance: random.Random, body: bytes, **headers: str) -> int:
        status = http.post(chance.choice(self.deployments).url, content=body, headers=headers).status_code
        self.statuses[status] += 1
        return status


def json_call(soak: Soak, http: httpx2.Client, chance: random.Random) -> None:
    deployment = chance.choice(soak.deployments)
    rows = [home(chance, chance.randrange(2000)) for _ in range(chance.choice((1, 1, 1, 40)))]
    answer = http.post(deployment.url, json=rows[0] if len(rows) == 1 else {"rows": rows})
    soak.statuses[answer.status_code] += 1
    assert answer.status_code == 200, answer.text


def arrow_call(soak: Soak, http: httpx2.Client, chance: random.Random) -> None:
    rows = [home(chance, chance.randrange(2000)) for _ in range(chance.randint(1, 500))]
    table = pa.Table.from_pylist(rows)
    written = io.BytesIO()
    with pa.ipc.new_stream(written, table.schema) as stream:
        stream.write_table(table)
    assert soak.post(http, chance, written.getvalue(), **STREAM) == 200


def bad_call(soak: Soak, http: httpx2.Client, chance: random.Random) -> None:
    assert 400 <= soak.post(http, chance, chance.choice(BAD)) < 500


def new_release(soak: Soak, chance: random.Random) -> None:
    chance.choice(soak.deployments).swap()


def revoked_key(project: Project, deployment: Deployment, chance: random.Random) -> None:
    key = project.keys.create(f"passing {chance.random()}")
    caller = deployment.calling_with(key)
    caller.predict(home(chance, 1))
    key.revoke()
    with pytest.raises(WatchkeeperError, match="No valid key"):
        until(lambda: caller.predict(home(chance, 1)) is None, within=5)


@contextmanager
def under_load(soak: Soak, project: Project) -> Iterator[None]:
    headers = {"Authorization": f"Bearer {soak.server.connection['key']}"}
    with httpx2.Client(headers=headers, timeout=30) as http:
        turns: list[tuple[Callable[[random.Random], None], float]] = [
            *[(lambda chance: json_call(soak, http, chance), REST)] * 2,
            (lambda chance: arrow_call(soak, http, chance), 10 * REST),
            (lambda chance: bad_call(soak, http, chance), 5 * REST),
            (lambda chance: new_release(soak, chance), 2.0),
            (lambda chance: revoked_key(project, soak.deployments[0], chance), 1.5),
        ]
        threads = [
            threading.Thread(target=soak.keep, args=(turn,), kwargs={"rest": rest, "seed": seed})
            for seed, (turn, rest) in enumerate(turns)
        ]
        for thread in threads:
            thread.start()
        yield
        for thread in threads:
            thread.join()


def measured(server: Server, *, seconds: float) -> dict[str, list[Sample]]:
    """Of each process, once a second."""
    found: dict[str, list[Sample]] = defaultdict(list)
    processes = {"supervisor": psutil.Process(server.process.pid), **server.children()}
    begun = time.monotonic()
    while (now := time.monotonic() - begun) < seconds:
        for name, process in processes.items():
            with process.oneshot():
                found[name].append((now, float(process.memory_info().rss), float(process.num_fds())))
        time.sleep(1.0)
    return found


def grown(samples: Sequence[Sample], place: int) -> tuple[float, float]:
    """Where the line through it begins after the warming up, and how far it rises from there."""
    kept = [each for each in samples if each[0] >= samples[-1][0] * WARM]
    slope, start = np.polyfit([each[0] - kept[0][0] for each in kept], [each[place] for each in kept], 1)
    return float(start), float(slope) * (kept[-1][0] - kept[0][0])


def table(found: dict[str, list[Sample]]) -> list[dict[str, Any]]:
    rows = []
    for name, samples in found.items():
        (memory, more), (files, more_files) = grown(samples, 1), grown(samples, 2)
        rows.append({"process": name, "memory": memory, "more": more, "files": files, "more files": more_files})
        print(f"{name}: {memory / 2**20:.1f} MB, {more / 2**20:+.1f}; {files:.0f} files, {more_files:+.1f}")  # noqa: T201
    return rows


@pytest.mark.timeout(MINUTES * 60 + PATIENCE + 180)
def test_memory_and_open_files_stay_as_they_are(tmp_path: Path) -> None:
    with running(tmp_path / "data", tmp_path / "home") as server:
        project = project_with_homes(server, tmp_path)
        experiment = project.experiments.create("prices", target="price", time="sold_at")
        version = experiment.train(project.datasets.get("homes"), budget="20s", learners=["linear", "lightgbm"])
        deployments = [
            project.deployments.create(name, champion=version.models[0], challenger=version.models[1])
            for name in ("prices", "prices again")
        ]
        pids = {name: child.pid for name, child in server.children().items()}
        soak = Soak(server, deployments, time.monotonic() + MINUTES * 60)
        with under_load(soak, project):
            found = measured(server, seconds=MINUTES * 60 - 2)
        print(f"{sum(soak.statuses.values())} calls: {dict(soak.statuses)}; put off: {soak.put_off}")  # noqa: T201
        rows = table(found)
        assert soak.unforeseen == []
        assert set(soak.statuses) <= {200, 400, 413, 422}
        assert soak.statuses[200] > 100 * MINUTES
        assert soak.put_off <= 2 * MINUTES
        assert {name: child.pid for name, child in server.children().items()} == pids
        for row in rows:
            assert row["more"] < LARGEST_SHARE * row["memory"] + LARGEST_MEMORY, row
            assert row["more files"] < MOST_FILES, row
        until(lambda: all(each.health().owed == 0 for each in deployments), within=PATIENCE, every=1.0)
