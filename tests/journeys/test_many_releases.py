"""Releases back and forth while callers call: nobody is refused, the journal has each row by the release that
answered it, and no process grows. WATCHKEEPER_TEST_RELEASES says how many; `just releases` makes a thousand."""

import os
import random
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import pytest

from tests.journeys.deployed import deployed
from tests.journeys.servers import Server, running
from tests.journeys.test_releases import CALLERS, calling, check
from watchkeeper.sdk import Deployment

pytestmark = [pytest.mark.journey, pytest.mark.long]
RELEASES = int(os.environ.get("WATCHKEEPER_TEST_RELEASES", "20"))
HOMES = 12
"""Of three days: what is counted is kept by day and release, and days are not what this is about."""
MEGABYTE = 2**20
GROWTH = 12 * MEGABYTE
"""That a process may grow by from the second quarter of the releases to the last: caches fill."""


def make_release(deployment: Deployment, number: int, chance: random.Random) -> None:
    match number % 5:
        case 0:
            deployment.swap()
        case 1:
            deployment.change(split=chance.uniform(0.1, 0.9))
        case 2:
            deployment.change(shadow=chance.uniform(0.1, 0.9))
        case 3:
            other = "strict" if deployment.type_policy == "best_effort" else "best_effort"
            deployment.change(type_policy=other, split=None, shadow=1.0)  # type: ignore[arg-type]
        case _:
            deployment.roll_back()


def memory(server: Server) -> dict[str, int]:
    """Of each process, in bytes."""
    return {name: child.memory_info().rss for name, child in server.children().items()}


def grown(sampled: list[Mapping[str, int]]) -> dict[str, float]:
    """Of each process, in megabytes, from the second quarter of the samples to the last."""
    quarter = len(sampled) // 4
    early, late = sampled[quarter : 2 * quarter], sampled[-quarter:]
    return {
        name: (median(each[name] for each in late) - median(each[name] for each in early)) / MEGABYTE
        for name in sampled[-1]
    }


def test_releases_go_back_and_forth_under_calls(tmp_path: Path) -> None:
    chance = random.Random(7)
    with running(tmp_path / "data", tmp_path / "home", "--workers", "2") as server:
        deployment = deployed(server, tmp_path)
        key = server.client().projects.get("homes").keys.create("caller").secret or ""
        callers, stop = calling(deployment, key, homes=HOMES)
        sampled: list[Mapping[str, int]] = []
        try:
            for number in range(RELEASES):
                make_release(deployment, number, chance)
                time.sleep(chance.uniform(0.02, 0.4))
                sampled.append(memory(server))
            deployment.refresh().wait()
            time.sleep(1.0)
        finally:
            stop()
        assert [caller.refused for caller in callers] == [[]] * CALLERS
        assert [caller.sent_again for caller in callers] == [0] * CALLERS
        assert deployment.release == RELEASES + 1
        check(deployment, callers, met=RELEASES // 3)
        found = grown(sampled)
        calls = sum(len(caller.answered) for caller in callers)
        print(f"{RELEASES} releases, {calls} calls; megabytes grown: {found}")  # noqa: T201
        assert all(megabytes * MEGABYTE < GROWTH for megabytes in found.values()), found
