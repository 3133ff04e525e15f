"""kill -9 of any process while runs make releases under load: every run ends right, and nobody notices."""

import os
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.journeys.deployed import deployed
from tests.journeys.servers import Server, running, until
from tests.journeys.test_releases import calling, check
from watchkeeper.sdk import Run
from watchkeeper.sdk.errors import Unavailable, Unreachable
from watchkeeper.sdk.pipelines import Pipeline

pytestmark = pytest.mark.journey
KILLS = int(os.environ.get("WATCHKEEPER_TEST_KILLS", "5"))
"""Twenty in `just kills`."""
PROCESSES = ("worker", "console", "plane-1", "plane-2")
RELEASES = ("shadow", "promote", "back")
NOTE = "import time\ndef run(inputs):\n    time.sleep(0.5)\n    return {'noted': True}"
GRAPH = {
    "deployment": "prices",
    "steps": {
        "note": {"kind": "python", "code": NOTE},
        "train": {
            "kind": "train",
            "after": ["note"],
            "dataset": "homes",
            "learners": ["linear"],
            "budget": "3s",
            "retries": 2,
        },
        "shadow": {"kind": "challenge", "model": "${train.model}"},
        "pause": {"kind": "wait", "after": ["shadow"], "time": "1s"},
        "promote": {"kind": "promote", "after": ["pause"], "keep": True, "expected": "${shadow.release}"},
        "back": {"kind": "roll_back", "to": "${promote.before}", "expected": "${promote.release}"},
    },
}


@dataclass
class Killer:
    """Kills a process now and then, any of them, until it has killed enough."""

    server: Server
    chance: random.Random
    killed: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            while len(self.killed) < KILLS:
                time.sleep(self.chance.uniform(0.5, 4.0))
                name = self.chance.choice(PROCESSES)
                if set(PROCESSES) <= set(self.server.children()):  # one at a time is down
                    self.server.kill(name)
                    self.killed.append(name)
        finally:
            self.over.set()


def one_more(pipeline: Pipeline) -> Run | None:
    """A run that is over; None where the console was killed before it could say that it has begun one."""
    try:
        return pipeline.run().wait(within=120)
    except (Unreachable, Unavailable):
        return None


def test_every_run_ends_right_whatever_is_killed(tmp_path: Path) -> None:
    with running(tmp_path / "data", tmp_path / "home", "--workers", "2") as server:
        deployment = deployed(server, tmp_path)
        project = server.client().projects.get("homes")
        pipeline = project.pipelines.create("cycle", GRAPH)
        key = project.keys.create("caller").secret or ""
        callers, stop = calling(deployment, key)
        killer = Killer(server, random.Random(KILLS))
        thread = threading.Thread(target=killer.run)
        thread.start()
        try:
            while not killer.over.is_set() or one_more(pipeline) is None:
                one_more(pipeline)
            thread.join()
            until(lambda: set(PROCESSES) <= set(server.children()))
            until(lambda: all(run.state == "done" for run in pipeline.runs.list()), within=90)
            time.sleep(1.0)
        finally:
            killer.killed += [""] * KILLS
            stop()
        assert [caller.refused for caller in callers] == [[]] * len(callers)
        made = Counter((each.run, each.reason) for each in deployment.releases.list() if each.run)
        runs = pipeline.runs.list()
        assert set(made.values()) == {1}
        assert Counter(run for run, _ in made) == {run.id: len(RELEASES) for run in runs}
        for run in runs:
            assert [(step.state, step.attempts) for step in run.steps] == [("done", 1)] * len(run.steps)
        check(deployment, callers, met=3)
