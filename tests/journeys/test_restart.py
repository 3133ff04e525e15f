"""A rolling restart under load: every process is another one, and no caller noticed."""

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.journeys.deployed import deployed, home
from tests.journeys.servers import Server, running, until
from watchkeeper.sdk import Deployment

pytestmark = pytest.mark.journey
WRK = shutil.which("wrk")
Said = tuple[str, int]
"""An answer's id, and the release that it names."""


@dataclass
class Load:
    """Callers that keep their connections, each with rests of its own, and what they were told."""

    deployment: Deployment
    key: str
    stop: threading.Event = field(default_factory=threading.Event)
    said: list[Said] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def keep_calling(self, ask: Callable[[dict[str, Any]], Said], *, rest: float, seed: int) -> None:
        chance = random.Random(seed)
        number = 0
        while not self.stop.is_set():
            number += 1
            try:
                self.said.append(ask(home(chance, number % 2000)))
            except Exception as failure:  # noqa: BLE001  (whatever a caller sees is what this is about)
                self.failures.append(f"{type(failure).__name__}: {failure}")
            self.stop.wait(chance.uniform(0, rest))

    def over_http(self, http: httpx2.Client) -> Callable[[dict[str, Any]], Said]:
        def ask(row: dict[str, Any]) -> Said:
            answer = http.post(self.deployment.url, json=row)
            assert answer.status_code == 200, answer.text
            return answer.json()["id"], answer.json()["release"]

        return ask

    def over_sdk(self) -> Callable[[dict[str, Any]], Said]:
        caller = self.deployment.calling_with(self.key)

        def ask(row: dict[str, Any]) -> Said:
            answer = caller.predict(row)
            return answer.id, answer.release

        return ask


@contextmanager
def under(load: Load) -> Iterator[None]:
    headers = {"Authorization": f"Bearer {load.key}"}
    clients = [httpx2.Client(headers=headers, timeout=30) for _ in range(4)]
    asks = [load.over_http(http) for http in clients] + [load.over_sdk(), load.over_sdk()]
    rests = (0.02, 0.05, 0.5, 5.5, 0.05, 5.5)
    threads = [
        threading.Thread(target=load.keep_calling, args=(ask,), kwargs={"rest": rest, "seed": seed})
        for seed, (ask, rest) in enumerate(zip(asks, rests, strict=True))
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        load.stop.set()
        for thread in threads:
            thread.join()
        for http in clients:
            http.close()


@contextmanager
def storming(url: str, key: str, place: Path) -> Iterator[None]:
    """Four more connections that hardly rest; each answer has to be a good one."""
    place.write_text(
        'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
        f'wrk.headers["Authorization"] = "Bearer {key}"\n'
        'wrk.body = \'{"size": 60.5, "town": "Metz", "garden": true}\'\n'
        "function delay() return 30 end\n"
    )
    command = ["wrk", "-t1", "-c4", "-d600s", "-s", str(place), url]
    storm = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield
    finally:
        storm.send_signal(signal.SIGINT)
        said = storm.communicate(timeout=30)[0]
    assert "requests in" in said
    assert "Non-2xx" not in said, said
    assert "Socket errors" not in said, said


def pids(server: Server) -> dict[str, int]:
    return {name: child.pid for name, child in server.children().items()}


def in_journal(deployment: Deployment) -> dict[str, int]:
    rows = deployment.journal(role="champion").to_arrow().to_pylist()
    assert len({row["id"] for row in rows}) == len(rows)
    return {row["id"]: row["release"] for row in rows}


def test_no_call_fails_and_the_journal_names_the_right_releases(tmp_path: Path) -> None:
    with running(tmp_path / "data", tmp_path / "home", "--workers", "2") as server:
        deployment = deployed(server, tmp_path)
        key = server.client().projects.get("homes").keys.create("caller").secret or ""
        load, before, supervisor = Load(deployment, key), pids(server), server.process.pid
        with under(load), storming(deployment.url, key, tmp_path / "post.lua") if WRK else nullcontext():
            time.sleep(1.0)
            deployment.swap(reason="just before")
            said = server.run("restart", "--data-dir", str(server.data_dir))
            deployment.swap(reason="just after")
            time.sleep(1.0)
        assert load.failures == []
        assert said.splitlines()[-1] == "Every process is replaced."
        after = pids(server)
        assert set(after) == set(before)
        assert not set(after.values()) & set(before.values())
        assert (server.process.pid, server.process.poll()) == (supervisor, None)
        told = dict(load.said)
        assert len(told) == len(load.said) > 200
        assert set(told.values()) == {1, 2, 3}
        until(lambda: set(told) <= set(in_journal(deployment)), within=60)
        journal = in_journal(deployment)
        assert {name: journal[name] for name in told} == told
        until(lambda: deployment.health().owed == 0, within=60)


class Code:
    """The server's own code, in a place where it can be changed."""

    def __init__(self, place: Path) -> None:
        import watchkeeper

        self.place = place
        shutil.copytree(Path(watchkeeper.__file__).parent, place / "watchkeeper")

    def change(self, file: str, old: str, new: str) -> None:
        path = self.place / "watchkeeper" / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def add_step(self) -> Path:
        """Another step for the tables to take."""
        steps = self.place / "watchkeeper" / "storage" / "migrations" / "versions"
        last = max(path.stem[:4] for path in steps.glob("[0-9]*.py"))
        step = steps / "9998_new.py"
        step.write_text(
            f'import sqlalchemy as sa\nfrom alembic import op\n\nrevision, down_revision = "9998", "{last}"\n'
            "branch_labels = depends_on = None\n\n\n"
            'def upgrade() -> None:\n    op.create_table("new", sa.Column("name", sa.Text))\n'
        )
        return step


def tables_at(server: Server) -> str:
    with sqlite3.connect(server.data_dir / "watchkeeper.sqlite") as connection:
        (step,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    connection.close()
    return str(step)


@pytest.mark.long
def test_an_upgrade_takes_what_is_installed_by_then_or_leaves_everything_as_it_is(tmp_path: Path) -> None:
    code = Code(tmp_path / "code")
    with running(tmp_path / "data", tmp_path / "home", PYTHONPATH=str(code.place)) as server:
        deployment = deployed(server, tmp_path)
        restart = ("restart", "--data-dir", str(server.data_dir))
        live, row = f"{server.predict_url}/health/live", home(random.Random(1), 1)
        before = pids(server)

        code.change("server/console.py", "def create_app", "def create_app(")
        assert "SyntaxError" in server.run(*restart, expect=1)
        assert pids(server) == before
        code.change("server/console.py", "def create_app(", "def create_app")

        code.change("server/plane/shelf.py", "model = load_model(Path(place.directory))", "raise OSError('no')")
        assert f"can't load {deployment.address}" in server.run(*restart, expect=1)
        assert pids(server)["plane-1"] == before["plane-1"]
        assert deployment.predict(row).release == 1
        code.change("server/plane/shelf.py", "raise OSError('no')", "model = load_model(Path(place.directory))")

        code.change("server/plane/app.py", '"alive"', '"alive and new"')
        step = code.add_step()
        assert httpx2.get(live).json() == {"state": "alive"}
        server.process.send_signal(signal.SIGHUP)
        until(lambda: httpx2.get(live).json() == {"state": "alive and new"}, within=90)
        assert deployment.predict(row).release == 1
        assert tables_at(server) == "9998"

        step.unlink()
        until(lambda: (server.data_dir / "lock").read_text() != "")  # the first restart is over
        assert "newer Watchkeeper" in server.run(*restart, expect=1)
        assert deployment.predict(row).release == 1


def test_what_is_not_up_is_not_restarted(tmp_path: Path) -> None:
    nobody = Server(tmp_path, tmp_path, subprocess.Popen([sys.executable, "-c", ""], text=True))
    nobody.process.wait()
    assert "Start it" in nobody.run("restart", "--data-dir", str(tmp_path), expect=1)
