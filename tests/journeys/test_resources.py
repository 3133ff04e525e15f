"""What is measured of a real server, and what is said when its worker dies."""

import signal
from pathlib import Path

import pytest

from tests.journeys.deployed import deployed
from tests.journeys.servers import running, until

pytestmark = pytest.mark.journey
PROCESSES = {"machine", "supervisor", "console", "plane-1", "worker"}


def test_every_process_is_measured_and_a_dead_worker_is_told_until_it_is_back(tmp_path: Path) -> None:
    with running(tmp_path / "data", tmp_path / "home") as server, server.client() as client:
        measured = until(lambda: (r := client.resources(1)).latest and r, within=60)
        until(lambda: {each["process"] for each in client.resources(1).latest} >= PROCESSES, within=60)
        assert measured.sentence.startswith(("All well: ", "The "))
        pids = {each["process"]: each["pid"] for each in client.resources(1).latest}
        children = server.children()
        assert {name: pids[name] for name in children} == {name: child.pid for name, child in children.items()}
        shown = server.run("resources")
        assert "plane-1" in shown
        assert server.run_json("resources", "--hours", "1")["grain"] == "sample"
        assert client.resources(1).chart("memory", "plane-1").spec["data"]["values"]

        deployment = deployed(server, tmp_path)
        until(lambda: deployment.health().worker.alive and deployment.health().state == "healthy", within=60)
        # The supervisor would start it again at once: while that is stopped, the worker stays dead.
        server.process.send_signal(signal.SIGSTOP)
        server.children()["worker"].send_signal(signal.SIGKILL)
        silent = until(lambda: not (h := deployment.health()).worker.alive and h, within=30)
        assert silent.state == "degraded"
        assert "The worker has not reported since" in silent.sentence
        server.process.send_signal(signal.SIGCONT)
        back = until(lambda: (h := deployment.health()).worker.alive and h, within=60)
        assert "not reported" not in back.sentence

        def succeeded() -> bool:
            latest = {each["process"]: each["pid"] for each in client.resources(1).latest}
            return latest.get("worker") not in {None, pids["worker"]}

        until(succeeded, within=60)
        workers = {each["pid"] for each in client.resources(1, "worker").records()}
        assert pids["worker"] in workers
        assert len(workers) >= 2
