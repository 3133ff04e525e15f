"""Labels that come from several sides at once, while rows are collected and days are counted: each counts once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event

import numpy as np
import pytest
from msgspec.structs import replace

from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.labels.sending import send_labels
from watchkeeper.monitoring.answers.scoring import score
from watchkeeper.storage.work import Store

ROWS = [f"row {number}" for number in range(60)]


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def send(world: World, values: dict[str, float]) -> None:
    given = [{"id": row, "value": value} for row, value in values.items()]
    with world.store.work() as work:
        send_labels("d1", given, classes=None, given_by="Ann", labels=work.labels, clock=world.clock)


def at_once(*works: Callable[[], None]) -> None:
    ready = Barrier(len(works))

    def begin(each: Callable[[], None]) -> None:
        ready.wait()
        each()

    with ThreadPoolExecutor(len(works)) as threads:
        for done in [threads.submit(begin, each) for each in works]:
            done.result()


def predict(world: World, rows: list[str], *, days_ago: int) -> None:
    at = int((NOW - timedelta(days=days_ago)).timestamp() * 1e6)
    frame = call("-".join(rows)[:40], rows=len(rows), own=True, owes=None)
    world.plane.append(replace(frame, ids=rows, at=[at] * len(rows), outputs=[10.0] * len(rows)))


def settle(world: World) -> None:
    world.collect()
    while score(world.deployment, world.collector):
        pass


def test_two_who_label_the_same_rows_at_once_leave_one_label_each(world: World) -> None:
    sides = [dict.fromkeys(order, value) for value, order in ((1.0, ROWS), (2.0, ROWS[::-1]))]
    for turn in range(5):
        at_once(*(lambda side=side, turn=turn: send(world, {r: v + turn for r, v in side.items()}) for side in sides))
        with world.store.look() as work:
            kept, status = work.labels.all("d1", after="", limit=1000), work.labels.status("d1")
            assert [each.row for each in kept] == sorted(ROWS)
            assert len({each.value for each in kept}) == 1
            assert (status.rows, status.waiting) == (len(ROWS), len(ROWS))
            assert all(work.labels.history("d1", each.row)[0].value == each.value for each in kept)


def test_collecting_and_scoring_while_labels_are_corrected_ends_in_what_the_labels_say(world: World) -> None:
    over = Event()

    def correct(first: float, order: list[str]) -> None:
        for turn in range(12):
            send(world, dict.fromkeys(order, first + turn))

    def collect() -> None:
        for place in range(0, len(ROWS), 6):
            predict(world, ROWS[place : place + 6], days_ago=1 + place % 3)
            world.collect()
            score(world.deployment, world.collector)
        while not over.is_set():
            score(world.deployment, world.collector)

    def both_correct() -> None:
        at_once(lambda: correct(0.0, ROWS), lambda: correct(100.0, ROWS[::-1]))
        over.set()

    at_once(collect, both_correct)
    settle(world)
    with world.store.look() as work:
        labels, status = work.labels.all("d1", after="", limit=1000), work.labels.status("d1")
        cells = work.scores.cells("d1", start="1900-01-01", end="2200-01-01", shared=False)
    assert (status.rows, status.matched, status.waiting, status.days_waiting) == (len(ROWS), len(ROWS), 0, 0)
    expected = np.abs([10.0 - each.value for each in labels]).sum()
    assert sum(cell.tally.rows for cell in cells) == len(ROWS)
    assert sum(cell.tally.numbers[1] for cell in cells) == pytest.approx(expected)


def test_a_correction_that_is_not_kept_yet_when_its_day_is_counted_restates_it(world: World) -> None:
    """The day is stale already, so that the correction has nothing to add to say so."""
    predict(world, ["a", "b"], days_ago=1)
    settle(world)
    send(world, {"a": 1.0})
    settle(world)
    send(world, {"a": 2.0})
    sent, counting, go = Event(), Event(), Event()

    def correct() -> None:
        with world.store.work() as work:
            labels = [{"id": "a", "value": 3.0}]
            send_labels("d1", labels, classes=None, given_by="Ann", labels=work.labels, clock=world.clock)
            sent.set()
            go.wait()

    def count() -> None:
        sent.wait()
        counting.set()
        score(world.deployment, world.collector)

    with ThreadPoolExecutor(2) as threads:
        corrected, counted = threads.submit(correct), threads.submit(count)
        counting.wait()
        go.set()
        corrected.result()
        counted.result()
    settle(world)
    with world.store.look() as work:
        (cell,) = work.scores.cells("d1", start="1900-01-01", end="2200-01-01", shared=False)
    assert cell.tally.numbers[1] == 7.0


def test_a_label_sent_between_looking_and_collecting_is_found_by_the_collector(world: World) -> None:
    send(world, {"a": 1.0, "nothing": 2.0})
    settle(world)
    with world.store.look() as work:
        assert work.labels.pending("d1", limit=10) == []
    send(world, {"a": 4.0})
    predict(world, ["a"], days_ago=1)
    world.collect()
    with world.store.look() as work:
        status = work.labels.status("d1")
        assert (status.rows, status.matched, status.unmatched, status.days_waiting) == (2, 1, 1, 1)
        assert [each.day for each in work.labels.history("d1", "a")] == ["2026-02-28", "2026-02-28"]
        assert work.labels.unmatched("d1", since=[NOW, NOW + timedelta(days=1)]) == [1, 0]
