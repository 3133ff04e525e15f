"""One story is told for all the journeys that look at it: `watchkeeper demo`, then the server up on what it left. And
the browser that looks at it."""

import csv
import gzip
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.chromium import CHROMIUM, FLAGS
from tests.journeys.servers import COMMAND, Server, environment, running
from watchkeeper.sdk import Deployment

REAL_DATA = os.environ.get("WATCHKEEPER_REAL_DATA")
ELECTRICITY = "victoria_electricity.csv.gz"


@dataclass(frozen=True)
class Story:
    """What the demo said, the server on its data, and the truth by the row's time."""

    outcome: dict[str, Any]
    server: Server
    truth: dict[str, float]

    @property
    def deployment(self) -> Deployment:
        project = self.server.client().projects.get(self.outcome["project"])
        return project.deployments.get(self.outcome["deployment"])


def real_file(name: str) -> Path:
    """A file of the real data; skips, saying so, where there is none."""
    if REAL_DATA is None:
        pytest.skip("WATCHKEEPER_REAL_DATA names no directory of real data (`just real-data DIR`)")
    path = Path(REAL_DATA) / name
    if not path.exists():
        pytest.skip(f"there is no {name} in WATCHKEEPER_REAL_DATA")
    return path


def told(root: Path, *args: str) -> dict[str, Any]:
    """`watchkeeper demo --exit --json` on ports that are free."""
    command = [*COMMAND, "demo", "--data-dir", str(root / "data"), "--exit", "--json", *args]
    ports = {"WATCHKEEPER_PORT": "0", "WATCHKEEPER_PREDICT_PORT": "0"}
    done = subprocess.run(
        command, env=environment(root / "home", **ports), capture_output=True, text=True, timeout=580, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    outcome: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return outcome


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The simulated one."""
    from watchkeeper.demo.simulated import simulated_history

    root = tmp_path_factory.mktemp("simulated")
    outcome = told(root)
    history = simulated_history(into=root)
    truth = {
        row["timestamp_utc"]: value for day in history.days for row, value in zip(day.rows, day.truth, strict=True)
    }
    with running(root / "data", root / "home") as server:
        yield Story(outcome, server, truth)


@pytest.fixture(scope="session")
def real_story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The one of Victoria's electricity."""
    path, root = real_file(ELECTRICITY), tmp_path_factory.mktemp("real")
    outcome = told(root, "--data", str(path))
    with gzip.open(path, "rt", newline="") as file:
        truth = {
            row["timestamp_utc"]: float(row["Demand"])
            for row in csv.DictReader(file)
            if row["timestamp_local"][:4] in {"2013", "2014"}
        }
    with running(root / "data", root / "home") as server:
        yield Story(outcome, server, truth)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium here; install Debian's `chromium` or name one in WATCHKEEPER_TEST_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def signed_in(browser: Any, story: Story) -> Any:
    """The cookies of a person who has signed in, by the link's button."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(story.server.run("sign-in").strip())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/projects")
    state = context.storage_state()
    context.close()
    (cookie,) = state["cookies"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    return state
