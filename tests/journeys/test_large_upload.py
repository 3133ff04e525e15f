"""A file that is larger than what a process may hold is brought in all the same."""

import threading
import time
from pathlib import Path

import pytest

from tests.journeys.servers import Server, running

pytestmark = pytest.mark.journey

LINE = "2024-01-01T00:00:00Z,{number},Lyon,12.25,true,some words that take room in a row of the file\n"
ROWS = 1_500_000
MEGABYTE = 2**20


class Watcher(threading.Thread):
    """The most memory that a process had to itself while it ran, in bytes."""

    def __init__(self, server: Server, name: str) -> None:
        super().__init__()
        self._process = server.children()[name]
        self._over = threading.Event()
        self.first = self.most = self._process.memory_info().rss

    def run(self) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, self._process.memory_info().rss)

    def end(self) -> int:
        self._over.set()
        self.join()
        return self.most - self.first


def test_a_large_file_passes_through_the_console_and_the_worker_in_bounded_memory(tmp_path: Path) -> None:
    """The 1 GB of the rule takes a minute; what it costs is the same at an eighth of it."""
    file = tmp_path / "large.csv"
    with file.open("w") as target:
        target.write("at,number,town,value,flag,words\n")
        for start in range(0, ROWS, 50_000):
            target.write("".join(LINE.format(number=number) for number in range(start, start + 50_000)))
    size = file.stat().st_size
    assert size > 120 * MEGABYTE
    with running(tmp_path / "data", tmp_path / "home") as server:
        project = server.client().projects.create("large")
        time.sleep(3)  # the worker loads its libraries first
        watchers = {name: Watcher(server, name) for name in ("console", "worker")}
        for watcher in watchers.values():
            watcher.start()
        dataset = project.datasets.upload("large", file)
        grown = {name: watcher.end() for name, watcher in watchers.items()}
        assert dataset.rows == ROWS
        assert grown["console"] < 40 * MEGABYTE
        assert grown["worker"] < 500 * MEGABYTE
        assert not list((server.data_dir / "incoming").glob("*"))
        assert not list((server.data_dir / "receiving").glob("*"))
