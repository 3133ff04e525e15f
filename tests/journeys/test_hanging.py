"""A prediction process that hangs is ended and replaced; a release that it dies of three times is withheld, and the
others answer again."""

import re
import signal
import time
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from tests.journeys.deployed import project_with_homes
from tests.journeys.servers import Server, running, until
from watchkeeper.learning.keeping import CARD, digest, read_json, write_json
from watchkeeper.learning.learners.lightgbm import FILE
from watchkeeper.learning.rechecking import FILE as CHECKED
from watchkeeper.sdk import Deployment, Model
from watchkeeper.server.pulse import beaten
from watchkeeper.storage.files.places import Places

pytestmark = pytest.mark.journey
USUAL = {"size": 60.0, "town": "Metz", "garden": False}
ENDLESS = USUAL | {"size": 199.0}
ENDED_WITHIN = 30.0


def test_a_stopped_process_is_replaced(tmp_path: Path) -> None:
    with running(tmp_path / "data", tmp_path / "home") as server:
        stopped = server.children()["plane-1"]
        stopped.send_signal(signal.SIGSTOP)
        until(partial(is_another, server, stopped.pid), within=ENDED_WITHIN)
        until(lambda: answers(f"{server.predict_url}/health/ready"), within=ENDED_WITHIN)


def test_a_release_that_processes_die_of_is_withheld_and_the_next_one_answers(tmp_path: Path) -> None:
    with running(tmp_path / "data", tmp_path / "home") as server:
        project = project_with_homes(server, tmp_path)
        experiment = project.experiments.create("prices", target="price")
        version = experiment.train(project.datasets.get("homes"), budget="20s", learners=["linear", "lightgbm"])
        models = {model.learner: model for model in version.models}
        make_endless(server, models["lightgbm"])
        endless = project.deployments.create("endless", champion=models["lightgbm"], challenger=models["linear"])
        other = project.deployments.create("other", champion=models["linear"])
        assert endless.predict(USUAL).release == 1
        in_reserve = until(partial(ready_in_reserve, server), within=60.0)
        for turn in range(3):
            before = planes(server)
            assert status(server, endless, ENDLESS) is None
            until(partial(one_has_died, server, before), within=ENDED_WITHIN)
            assert turn or server.children()["plane-1"].pid == in_reserve
            until(lambda: status(server, other, USUAL) == 200, within=ENDED_WITHIN)
        assert status(server, endless, USUAL) == 503
        until(lambda: "processes died of it" in endless.health().sentence)
        endless.promote(reason="the old champion is broken")
        until(lambda: status(server, endless, ENDLESS) == 200, within=ENDED_WITHIN)


def make_endless(server: Server, model: Model) -> None:
    """In its first tree, what is larger than some size comes back to the root for ever; what is missing does not."""
    directory = server.data_dir / "models" / model.id
    written = (directory / FILE).read_text()
    tree = written[written.index("Tree=0") : written.index("Tree=1")]
    right = re.findall(r"right_child=(.*)", tree)[0].split()
    endless = re.sub(r"right_child=.*", f"right_child=0 {' '.join(right[1:])}", tree)
    endless = re.sub(r"split_feature=(\d+)", "split_feature=0", endless)
    endless = re.sub(r"threshold=\S+", "threshold=190", endless)
    endless = re.sub(r"decision_type=\d+", "decision_type=10", endless)
    (directory / FILE).write_text(re.sub(r"tree_sizes=.*", sizes(written, endless), written.replace(tree, endless)))
    (directory / CHECKED).unlink(missing_ok=True)  # or it would not even be loaded
    write_json(directory / CARD, {**read_json(directory / CARD), "digest": digest(directory)})


def sizes(written: str, endless: str) -> str:
    rest = re.findall(r"tree_sizes=(.*)", written)[0].split()[1:]
    return f"tree_sizes={len(endless)} {' '.join(rest)}"


def status(server: Server, deployment: Deployment, row: dict[str, Any]) -> int | None:
    """Of one call; None where it broke."""
    headers = {"Authorization": f"Bearer {server.connection['key']}"}
    try:
        return httpx2.post(deployment.url, json=row, headers=headers, timeout=ENDED_WITHIN).status_code
    except httpx2.TransportError:
        time.sleep(0.1)
        return None


def ready_in_reserve(server: Server) -> int | None:
    """The process that stands by for the one that answers, once it has loaded everything."""
    planes = [each for each in psutil.Process(server.process.pid).children() if each.cmdline()[-1] == "plane-1"]
    youngest = max(planes, key=psutil.Process.create_time)
    loaded = beaten(Places(server.data_dir).pulse("plane-1", youngest.pid)) > 0
    return youngest.pid if len(planes) == 2 and loaded else None


def planes(server: Server) -> set[int]:
    """Which of two answers is not seen from outside: the one in reserve may be the older one."""
    found = psutil.Process(server.process.pid).children()
    return {each.pid for each in found if each.status() != psutil.STATUS_ZOMBIE and each.cmdline()[-1] == "plane-1"}


def one_has_died(server: Server, before: set[int]) -> bool:
    return bool(before - planes(server))


def is_another(server: Server, before: int) -> bool:
    plane = server.children().get("plane-1")
    return plane is not None and plane.pid != before


def answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=2).status_code == 200
    except httpx2.TransportError:
        return False
