"""kill -9 while callers call: what was answered is in the journal once, and nobody stays owed."""

import os
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.journeys.deployed import deployed, home, project_with_homes
from tests.journeys.servers import Server, running, until
from watchkeeper.sdk import Deployment

pytestmark = pytest.mark.journey

CALLERS = 3
KILLS = int(os.environ.get("WATCHKEEPER_TEST_KILLS", "6"))
"""`just long-kills` has fifty."""
SEED = 11
ROLES = ("champion", "challenger")


@dataclass
class Caller:
    """Calls without rest, with ids of its own in every other call; remembers the ids that were answered."""

    url: str
    key: str
    seed: int
    stop: threading.Event = field(default_factory=threading.Event)
    answered: list[str] = field(default_factory=list)
    broken: int = 0

    def run(self) -> None:
        chance, number = random.Random(self.seed), 0
        with httpx2.Client(headers={"Authorization": f"Bearer {self.key}"}, timeout=10) as http:
            while not self.stop.is_set():
                number += 1
                body = self._body(chance, number)
                # A call that broke may have been recorded: it is sent again with the same ids, as a caller would.
                while not self._send(http, body) and not self.stop.is_set():
                    self.broken += 1
                    if "ids" not in body:
                        break

    def _body(self, chance: random.Random, number: int) -> dict[str, Any]:
        # Homes are sold six hours apart: none of them in the future, which the usual period does not reach.
        rows = [home(chance, (number * 4 + place) % 2000) for place in range(chance.randint(1, 4))]
        if number % 2:
            return {"rows": rows}
        return {"rows": rows, "ids": [f"{self.seed}/{number}/{place}" for place in range(len(rows))]}

    def _send(self, http: httpx2.Client, body: dict[str, Any]) -> bool:
        try:
            answer = http.post(self.url, json=body)
        except httpx2.TransportError:
            time.sleep(0.02)
            return False
        if answer.status_code == 503:
            time.sleep(0.05)
            return False
        assert answer.status_code == 200, answer.text
        self.answered += [each["id"] for each in answer.json()["predictions"]]
        return True


def calling(deployment: Deployment, key: str) -> tuple[list[Caller], list[threading.Thread]]:
    callers = [Caller(deployment.url, key, seed) for seed in range(CALLERS)]
    threads = [threading.Thread(target=caller.run) for caller in callers]
    for thread in threads:
        thread.start()
    return callers, threads


def counted(deployment: Deployment, role: str) -> list[str]:
    table = deployment.journal(role=role).to_arrow()  # type: ignore[arg-type]
    if not table.num_rows:
        return []
    pairs = zip(table["id"].to_pylist(), table["duplicate"].to_pylist(), strict=True)
    return [str(name) for name, duplicate in pairs if not duplicate]


def settled(deployment: Deployment, wanted: set[str]) -> bool:
    return all(wanted <= set(counted(deployment, role)) for role in ROLES) and deployment.health().owed == 0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("kills")
    with running(root / "data", root / "home", "--workers", "2") as found:
        yield found


def test_nothing_answered_is_lost_and_nothing_counts_twice(server: Server, tmp_path: Path) -> None:
    deployment = deployed(server, tmp_path)
    key = server.client().projects.get("homes").keys.create("caller").secret or ""
    callers, threads = calling(deployment, key)
    for name in _victims(KILLS):
        time.sleep(1.2)
        _kill(server, name)
    time.sleep(1.0)
    for caller in callers:
        caller.stop.set()
    for thread in threads:
        thread.join()
    until(lambda: {"plane-1", "plane-2", "worker", "console"} <= set(server.children()), within=60)
    begun = time.monotonic()
    wanted = {name for caller in callers for name in caller.answered}
    assert len(wanted) > 200
    until(lambda: settled(deployment, wanted), within=60, every=0.5)
    assert time.monotonic() - begun < 60

    found = {role: counted(deployment, role) for role in ROLES}
    assert all(len(names) == len(set(names)) for names in found.values())
    assert set(found["champion"]) == set(found["challenger"])
    usage, distribution = deployment.usage(days=36_600), deployment.distribution(days=36_600)
    assert {role: usage.total[role].rows for role in ROLES} == {role: len(names) for role, names in found.items()}
    assert distribution.feature("size").rows == len(found["champion"])
    # Each answered call that had no id of its own was asked once, so it is in the journal once at all.
    every = [str(name) for name in deployment.journal(role="champion").to_arrow()["id"].to_pylist()]
    assert len([name for name in every if "/" not in name]) == len({name for name in every if "/" not in name})


def test_what_was_answered_is_there_after_everything_was_killed(tmp_path: Path) -> None:
    data, home_ = tmp_path / "data", tmp_path / "home"
    with running(data, home_) as server:
        deployment = deployed(server, tmp_path)
        key = server.client().projects.get("homes").keys.create("caller").secret or ""
        callers, threads = calling(deployment, key)
        time.sleep(1.5)
        for child in server.children().values():
            child.kill()
        server.process.kill()
        for caller in callers:
            caller.stop.set()
        for thread in threads:
            thread.join()
    wanted = {name for caller in callers for name in caller.answered}
    with running(data, home_) as again:
        found = again.client().projects.get("homes").deployments.get("prices")
        until(lambda: settled(found, wanted), within=60, every=0.5)
        assert wanted


def test_training_goes_on_when_the_worker_is_killed(server: Server, tmp_path: Path) -> None:
    project = project_with_homes(server, tmp_path, "Trained")
    experiment = project.experiments.create("prices", target="price", time="sold_at")
    version = experiment.train(project.datasets.get("homes"), budget="30s", wait=False)
    until(lambda: version.refresh().state == "training")
    _kill(server, "worker")
    version.wait()
    assert [model.state for model in version.models] == ["done"] * 3


def _victims(kills: int) -> list[str]:
    """Each process in turn, in an order that chance gives."""
    chance, names = random.Random(SEED), ["plane-1", "plane-2", "worker", "console"]
    return [name for _ in range(-(-kills // len(names))) for name in chance.sample(names, len(names))][:kills]


def _kill(server: Server, name: str) -> None:
    until(lambda: name in server.children(), within=60)  # one that keeps dying is started again later and later
    server.kill(name)
