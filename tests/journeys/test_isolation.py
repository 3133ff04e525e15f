"""A deployment with a prediction process of its own: its callers notice nothing of the change, and others nothing of
its crashes and hangs."""

import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

import httpx2
import pytest

from tests.journeys.deployed import project_with_homes
from tests.journeys.servers import Server, running, until
from tests.journeys.test_hanging import ENDED_WITHIN, ENDLESS, USUAL, make_endless, status
from watchkeeper.sdk import Deployment

pytestmark = [pytest.mark.journey, pytest.mark.long]


@dataclass
class Calling:
    """A caller that keeps its connection and never rests for long."""

    server: Server
    deployment: Deployment
    statuses: list[int] = field(default_factory=list)
    longest: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        headers = {"Authorization": f"Bearer {self.server.connection['key']}"}
        with httpx2.Client(headers=headers, timeout=30) as http:
            while not self._stop.wait(0.02):
                begun = time.monotonic()
                self.statuses.append(http.post(self.deployment.url, json=USUAL).status_code)
                self.longest = max(self.longest, time.monotonic() - begun)


def own(server: Server, deployment: Deployment) -> int | None:
    """The pid of its process."""
    child = server.children().get(f"plane-own-{deployment.id}")
    return child.pid if child else None


def is_another(server: Server, deployment: Deployment, before: int) -> bool:
    return own(server, deployment) not in {None, before}


def test_its_callers_notice_nothing_and_others_nothing_of_its_end(tmp_path: Path) -> None:
    with running(tmp_path / "data", tmp_path / "home") as server:
        project = project_with_homes(server, tmp_path)
        experiment = project.experiments.create("prices", target="price")
        version = experiment.train(project.datasets.get("homes"), budget="20s", learners=["linear", "lightgbm"])
        models = {model.learner: model for model in version.models}
        make_endless(server, models["lightgbm"])
        endless = project.deployments.create("endless", champion=models["lightgbm"])
        other = project.deployments.create("other", champion=models["linear"])
        shared = server.children()["plane-1"].pid

        with Calling(server, endless) as callers:
            endless.change(isolation="process").wait()
            until(lambda: endless.predict(USUAL).release == 2)
        assert set(callers.statuses) == {200}
        assert endless.isolation == "process"
        assert endless.releases.list()[0].reason == "Answered by a prediction process of its own."

        with Calling(server, other) as others:
            before = own(server, endless) or 0
            assert status(server, endless, ENDLESS) == 503  # it hangs, and is ended
            until(partial(is_another, server, endless, before), within=ENDED_WITHIN)
            until(lambda: status(server, endless, USUAL) == 200, within=ENDED_WITHIN)
            server.kill(f"plane-own-{endless.id}")
            until(lambda: status(server, endless, USUAL) == 200, within=ENDED_WITHIN)
        assert set(others.statuses) == {200}
        assert server.children()["plane-1"].pid == shared

        with Calling(server, endless) as callers:
            before = own(server, endless) or 0
            server.run("restart", "--data-dir", str(server.data_dir))
            assert is_another(server, endless, before)
            endless.change(isolation="shared").wait()
            until(lambda: own(server, endless) is None)
        assert set(callers.statuses) == {200}
        assert endless.predict(USUAL).release == 3
        assert endless.health().roles["champion"].processes == 1

        made = server.run_json(
            "deployments", "create", "third", "--champion", models["linear"].id, "--isolation", "process"
        )
        third = project.deployments.get(made["id"])
        assert own(server, third)
        assert third.predict(USUAL).release == 1
