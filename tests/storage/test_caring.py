"""The worker's turns over the deployments, while calls keep coming."""

from pathlib import Path
from typing import Any

import pytest

from tests.storage.worlds import World, call, world_in
from watchkeeper.learning.model import Answers
from watchkeeper.monitoring.collecting import collecting
from watchkeeper.monitoring.collecting.collecting import Collector
from watchkeeper.server import caring
from watchkeeper.server.caring import Due, Journals
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Store

COLLECTING = Due(tidying=False, scoring=False, erasing=False)
TURNS, PIECE = 4, 2


class Sevens:
    """A model that answers seven."""

    def deciding_at(self, threshold: float) -> "Sevens":
        del threshold
        return self

    def answer(self, columns: dict[str, Any], at: list[int]) -> Answers:
        del columns
        return Answers([7.0] * len(at), None)


@pytest.fixture
def world(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(collecting, "load_model", lambda _: Sevens())
    monkeypatch.setattr(collecting, "CALLS_A_TURN", PIECE)
    return world_in(store, tmp_path)


def left_behind(world: World, calls: int) -> None:
    """Calls whose process is gone before its challenger answered them."""
    for number in range(calls):
        world.plane.append(call(f"left-{number}"))
    world.end_plane()


def turns_under_load(world: World, turns: int) -> list[int]:
    """How many calls are owed after each turn, before each of which another call has come."""
    owed = []
    for turn in range(turns):
        world.plane.append(call(f"new-{turn}", owes=None))
        Journals().care([world.deployment], world.collector, COLLECTING)
        owed.append(len(world.owed()))
    return owed


def test_what_is_owed_is_caught_up_while_calls_keep_coming(world: World) -> None:
    left_behind(world, 2 * PIECE)
    assert turns_under_load(world, TURNS) == [4, 2, 0, 0]  # what a turn answers, the next one collects


def test_nothing_is_caught_up_before_all_that_was_recorded_is_collected(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "FRAMES_A_TURN", 1)
    left_behind(world, 2)
    assert turns_under_load(world, 2) == [1, 2]
    assert not [name for name in world.plane.names("d1") if "-worker-" in name]


def test_days_are_judged_again_only_once_rows_have_come(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def nothing_due(deployment: Deployment, collector: Collector) -> int:
        del collector
        asked.append(deployment.id)
        return 0

    monkeypatch.setattr(caring, "issue", nothing_due)
    journals, idle = Journals(), Due(tidying=False, scoring=False, erasing=False)
    for _ in range(3):
        journals.care([world.deployment], world.collector, idle)
    assert len(asked) == 1
    world.plane.append(call("c1", owes=None))
    for _ in range(3):
        journals.care([world.deployment], world.collector, idle)
    assert len(asked) == 2
    journals.care([world.deployment], world.collector, Due(tidying=True, scoring=False, erasing=False))
    assert len(asked) == 3
