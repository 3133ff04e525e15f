"""A disk that is full, for real: what was promised is kept, and once there is room all is as before."""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.journeys.deployed import deployed, home
from tests.journeys.servers import running, until
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Unavailable

pytestmark = [pytest.mark.journey, pytest.mark.long]
SIZE, LOW = 64 * 2**20, 8 * 2**20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "watchkeeper-test", str(place)]
    if os.geteuid() != 0 or not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small disk can be mounted by root alone")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path, *, leave: int) -> Path:
    """Something else that takes the room, but for so many bytes."""
    ballast = disk / "ballast"
    with ballast.open("ab") as file:
        try:
            while (room := shutil.disk_usage(disk).free - leave) > 0:
                file.write(bytes(min(room, 2**20)))
                file.flush()
        except OSError:
            return ballast  # full to the last byte, as was wanted
    return ballast


class Caller:
    """Calls with ids of its own; knows what it was answered, and what it was refused."""

    def __init__(self, deployment: Deployment, key: str) -> None:
        self._deployment = deployment
        self._chance = random.Random(3)
        self._http = httpx2.Client(headers={"Authorization": f"Bearer {key}"}, timeout=10)
        self.answered: list[str] = []
        self.refused: list[str] = []

    def close(self) -> None:
        self._http.close()

    def call(self) -> str:
        """The problem's code; nothing when it was answered."""
        number = len(self.answered) + len(self.refused)
        body = {"rows": [home(self._chance, number)], "ids": [f"own/{number}"]}
        answer = self._http.post(self._deployment.url, json=body)
        if answer.status_code == 200:
            self.answered.append(f"own/{number}")
            return ""
        self.refused.append(f"own/{number}")
        return str(answer.json()["code"])


def journalled(deployment: Deployment) -> list[str]:
    return [str(name) for name in deployment.journal().to_arrow()["id"].to_pylist()]


@pytest.mark.parametrize("policy", ["refuse", "answer"])
def test_a_full_disk_costs_nothing_that_was_recorded(
    policy: str, small_disk: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    settings = {"WATCHKEEPER_WHEN_DISK_FULL": policy, "WATCHKEEPER_DISK_LOW": str(LOW)}
    with running(small_disk / "data", tmp_path / "home", **settings) as server:
        deployment = deployed(server, tmp_path)
        project = server.client().projects.get("homes")
        caller = Caller(deployment, project.keys.create("caller").secret or "")
        request.addfinalizer(caller.close)
        assert [caller.call() for _ in range(20)] == [""] * 20
        begun = {name: child.pid for name, child in server.children().items()}

        fill(small_disk, leave=LOW - 2**20)
        until(lambda: "disk is nearly full" in deployment.health().sentence, within=10)
        assert caller.call() == ""
        kept = list(caller.answered)

        fill(small_disk, leave=LOW // 4 - 2**19)
        until(lambda: "disk is full" in deployment.health().sentence, within=10)
        wanted = "journal-full" if policy == "refuse" else ""
        time.sleep(3)  # the prediction process looks at its disk each second
        lost_from = len(caller.answered)
        said = [caller.call() for _ in range(5)]
        assert said == [wanted] * 5
        assert deployment.health().state == ("down" if policy == "refuse" else "degraded")

        ballast = fill(small_disk, leave=0)
        said = [caller.call() for _ in range(5)]
        assert said == [wanted] * 5
        with pytest.raises(Unavailable):  # not even the database has a page left for them
            deployment.labels.send({"id": f"nobody/{number}", "value": 1.0} for number in range(100_000))

        ballast.unlink()
        until(lambda: "disk" not in deployment.health().sentence, within=15)
        time.sleep(3)  # the prediction process looks at its disk each second
        assert caller.call() == ""
        until(lambda: deployment.health().owed == 0 and caller.answered[-1] in journalled(deployment), within=60)
        found = journalled(deployment)
        usage = deployment.usage(days=36_600, by="arrival").total["champion"]
        assert set(kept) <= set(found) <= set(caller.answered)
        assert len(found) == len(set(found)) == usage.rows
        if policy == "refuse":
            assert set(found) == set(caller.answered)
            assert usage.unrecorded_calls == 0
        else:
            until(lambda: deployment.usage(days=36_600).total["champion"].unrecorded_rows, within=20)
            lost = deployment.usage(days=36_600).total["champion"]
            assert (lost.unrecorded_calls, lost.unrecorded_rows) == (len(caller.answered) - len(found),) * 2
            assert lost.unrecorded_calls >= 10 > 20 - lost_from
        assert {name: child.pid for name, child in server.children().items()} == begun
        left = [path for path in (small_disk / "data").rglob("*") if path.suffix in {".partial", ".new"}]
        assert left == []
