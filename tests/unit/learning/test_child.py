"""A fit in a process of its own, as it is run by a worker."""

import json
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.unit.learning.conftest import Workshop, signal
from watchkeeper.learning.child import Reporter
from watchkeeper.learning.fitting import FitSpec
from watchkeeper.learning.model import load_model

CHILD = [sys.executable, "-m", "watchkeeper.learning.child"]
WATCHING = """
import os, time
from watchkeeper.learning.child import end_with
end_with(os.getppid())
print("watching", flush=True)
time.sleep(200)
"""
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {WATCHING!r}])"


def asked(workshop: Workshop, learner: str) -> dict[str, Any]:
    planned = workshop.plan(signal(200))
    spec = FitSpec("y", None, "UTC", planned.task, planned.inputs, learner, seed=1, budget_seconds=5)
    data = workshop.directory / "table.parquet"
    return {"data": str(data), "spec": spec.to_json(), "directory": str(workshop.model), "threads": 1}


def told(request: dict[str, Any]) -> list[dict[str, Any]]:
    """What the child said, line by line."""
    ended = subprocess.run(CHILD, input=json.dumps(request) + "\n", capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.parametrize("learner", ["lightgbm", "random_forest"])
def test_it_says_progress_and_then_the_card_and_nothing_else(workshop: Workshop, learner: str) -> None:
    *progress, last = told(asked(workshop, learner))
    assert all(set(line) == {"progress", "message"} for line in progress)
    assert [line["progress"] for line in progress] == sorted(line["progress"] for line in progress)
    assert last == {"card": json.loads((workshop.model / "card.json").read_text())}
    assert load_model(workshop.model).signature.to_json() == last["card"]["signature"]


def test_lightgbm_fits_without_the_seconds_that_scikit_learn_takes_to_import() -> None:
    program = """
import sys
from watchkeeper.learning.learners import LEARNERS
LEARNERS["lightgbm"].prepare()
print("lightgbm" in sys.modules, "sklearn" in sys.modules)
import sklearn
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_a_failure_is_the_last_thing_it_says(workshop: Workshop) -> None:
    request = {**asked(workshop, "linear"), "data": str(workshop.directory / "gone.parquet")}
    last = told(request)[-1]
    assert last["error"]["code"] == "failure"
    assert "gone.parquet" in last["error"]["message"]
    assert not workshop.model.exists()


def test_it_ends_when_its_parent_is_gone() -> None:
    """The child holds its parent's output open for as long as it lives, which without an end is 200 seconds."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"watching\n"
        begun = time.monotonic()
        parent.kill()
        assert parent.stdout.read() == b""
    assert time.monotonic() - begun < 60


def test_progress_is_passed_on_twice_a_second_and_when_its_message_changes() -> None:
    said: list[Any] = []
    ticks = iter([0.0, 0.1, 0.2, 0.9])
    report = Reporter(said.append, lambda: next(ticks))
    for share, message in ((0.1, "a"), (0.2, "a"), (0.3, "b"), (0.4, "b")):
        report(share, message)
    assert [line["progress"] for line in said] == [0.1, 0.3, 0.4]
