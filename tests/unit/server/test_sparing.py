"""Who stands by, when it may take over, and what becomes of one that fails."""

from typing import Any

import pytest

from watchkeeper.server.children import Child
from watchkeeper.server.sparing import AGAIN_AFTER, BEGINS_AFTER, Spare


class Process:
    status: int | None = None

    def poll(self) -> int | None:
        return self.status


class Held:
    """A process that says what a test lets it say."""

    def __init__(self) -> None:
        self.process, self.words, self.ended = Process(), None, False

    def said(self) -> str | None:
        return self.words

    def serve(self) -> Process:
        return self.process

    def end(self) -> None:
        self.ended = True


class World:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.made = 1000.0, list[Any]()
        monkeypatch.setattr("time.monotonic", lambda: self.now)
        self.child = Child("plane-1", None)
        self.spare = Spare(self.child, begin=self.begin)

    def begin(self, child: Child) -> Any:
        assert child is self.child
        self.made.append(Held())
        return self.made[-1]

    def after(self, seconds: float) -> None:
        self.now += seconds
        self.spare.look()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_it_begins_once_the_server_is_steady_and_takes_over_once_it_is_ready(world: World) -> None:
    world.after(BEGINS_AFTER - 1)
    assert world.made == []
    world.after(1)
    (first,) = world.made
    world.after(1)
    assert world.spare.take(world.child) is None
    first.words = ""
    world.after(1)
    assert world.spare.take(Child("console", None)) is None
    assert world.spare.take(world.child) is first.process
    assert world.spare.take(world.child) is None
    world.after(0)
    assert len(world.made) == 2


def test_one_that_died_does_not_take_over_and_is_tried_again_later(world: World) -> None:
    world.after(BEGINS_AFTER)
    world.made[0].words = ""
    world.after(1)
    world.made[0].process.status = 1
    assert not world.spare.ready_for(world.child)
    assert world.spare.take(world.child) is None
    world.after(1)
    assert world.made[0].ended
    world.after(AGAIN_AFTER - 1)
    assert len(world.made) == 1
    world.after(1)
    assert len(world.made) == 2


def test_what_it_lacks_does_not_keep_it_from_taking_over(world: World) -> None:
    world.after(BEGINS_AFTER)
    world.made[0].words = "it can't load homes.prices"
    world.after(1)
    assert world.spare.ready_for(world.child)


def test_where_nobody_is_to_stand_by_nobody_does(world: World) -> None:
    nobody = Spare(None, begin=world.begin)
    world.now += BEGINS_AFTER
    nobody.look()
    assert world.made == []
    assert nobody.take(world.child) is None
