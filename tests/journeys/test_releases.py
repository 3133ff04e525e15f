"""Releases are made while callers call: nobody is refused, and each row is of the champion of its release."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from tests.journeys.deployed import deployed, home
from tests.journeys.servers import Server, running, until
from watchkeeper.sdk import Deployment

pytestmark = pytest.mark.journey
CALLERS = 3


@dataclass
class Caller:
    """Calls steadily with ids of its own. `sent_again` counts calls that broke with their connection; whatever else
    than an answer came is in `refused`. Homes were sold six hours apart: so many, and then again."""

    url: str
    key: str
    seed: int
    stop: threading.Event = field(default_factory=threading.Event)
    answered: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    sent_again: int = 0
    homes: int = 2000

    def run(self) -> None:
        chance, number = random.Random(self.seed), 0
        with httpx2.Client(headers={"Authorization": f"Bearer {self.key}"}, timeout=10) as http:
            while not self.stop.is_set():
                number += 1
                row = home(chance, number % self.homes)
                self._ask(http, {"rows": [row], "ids": [f"{self.seed}/{number}"]})
                time.sleep(0.01)

    def _ask(self, http: httpx2.Client, body: dict[str, object]) -> None:
        while True:
            try:
                answer = http.post(self.url, json=body)
            except httpx2.TransportError:
                self.sent_again += 1
                time.sleep(0.02)
                continue
            if answer.status_code == 200:
                said = answer.json()
                self.answered[said["predictions"][0]["id"]] = said["release"]
            else:
                self.refused.append(answer.text)
            return


def calling(deployment: Deployment, key: str, *, homes: int = 2000) -> tuple[list[Caller], Callable[[], None]]:
    callers = [Caller(deployment.url, key, seed, homes=homes) for seed in range(CALLERS)]
    threads = [threading.Thread(target=caller.run) for caller in callers]
    for thread in threads:
        thread.start()

    def stop() -> None:
        for caller in callers:
            caller.stop.set()
        for thread in threads:
            thread.join()

    return callers, stop


def make_release(deployment: Deployment, chance: random.Random) -> None:
    present = deployment.refresh()
    actions: list[Callable[[], object]] = [deployment.swap, deployment.roll_back, lambda: deployment.promote(keep=True)]
    if present.release == 1:
        actions = [deployment.swap]
    other = "strict" if present.type_policy == "best_effort" else "best_effort"
    actions.append(lambda: deployment.change(type_policy=other))  # type: ignore[arg-type]
    chance.choice(actions)()


def check(deployment: Deployment, callers: list[Caller], *, met: int = 6) -> None:
    """Each answered row is in the journal once, with the model of the release that it was answered by; callers have
    met `met` releases at least."""
    wanted = {name: release for caller in callers for name, release in caller.answered.items()}
    assert len(wanted) > 100
    until(lambda: _rows(deployment) >= wanted.keys() and deployment.health().owed == 0, within=40, every=0.5)
    releases = {each.number: each for each in deployment.releases.list()}
    for role in ("champion", "challenger"):
        table = deployment.journal(role=role).to_arrow().to_pylist()
        counted = [row["id"] for row in table if not row["duplicate"]]
        assert len(counted) == len(set(counted))
        for row in table:
            served = getattr(releases[row["release"]], role)
            assert served is not None
            assert row["model"] == served.model
    every = {(row["id"], row["release"]) for row in deployment.journal(role="champion").to_arrow().to_pylist()}
    assert wanted.items() <= every
    assert len(set(wanted.values())) >= met


def _rows(deployment: Deployment) -> set[str]:
    return {str(name) for name in deployment.journal(role="champion").to_arrow()["id"].to_pylist()}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("releases")
    with running(root / "data", root / "home", "--workers", "2") as found:
        yield found


def test_releases_change_under_calls_without_a_refusal_also_when_processes_are_killed(
    server: Server, tmp_path: Path
) -> None:
    chance = random.Random(11)
    deployment = deployed(server, tmp_path)
    key = server.client().projects.get("homes").keys.create("caller").secret or ""
    callers, stop = calling(deployment, key)
    try:
        for _ in range(12):
            make_release(deployment, chance)
            time.sleep(chance.uniform(0.05, 0.4))
        deployment.refresh().wait()
        assert deployment.predict({"size": 70.0, "town": "Lyon", "garden": True}).release == deployment.release
        assert [caller.sent_again for caller in callers] == [0] * CALLERS
        for name in ("plane-1", "worker", "plane-2", "plane-1"):
            make_release(deployment, chance)
            time.sleep(chance.uniform(0.0, 0.6))
            _kill(server, name)
            make_release(deployment, chance)
            time.sleep(chance.uniform(0.5, 1.5))
        time.sleep(1.0)
    finally:
        stop()
    assert [caller.refused for caller in callers] == [[]] * CALLERS
    check(deployment, callers)


def test_the_command_line_makes_and_lists_releases(server: Server, tmp_path: Path) -> None:
    address = deployed(server, tmp_path, "By shell").address
    assert server.run_json("deployments", "swap", address, "--reason", "better")["release"] == 2
    assert server.run_json("deployments", "promote", address, "--expected", "2")["challenger"] is None
    assert server.run_json("deployments", "change", address, "--type-policy", "strict")["type_policy"] == "strict"
    assert server.run_json("deployments", "rollback", address, "--to", "2")["type_policy"] == "best_effort"
    assert server.run_json("deployments", "challenge", address, "none")["challenger"] is None
    assert "Release 6 is in force" in server.run("deployments", "swap", address, "--expected", "1", expect=1)
    listed = server.run_json("deployments", "releases", address)
    assert [each["number"] for each in listed] == [6, 5, 4, 3, 2, 1]
    assert listed[4]["reason"] == "better"


def _kill(server: Server, name: str) -> None:
    until(lambda: name in server.children())
    server.kill(name)
