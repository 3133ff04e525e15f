"""A batch as it is kept: what a worker records of it, and what becomes of it when somebody or something steps in."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.fakes.batches import BATCH
from tests.storage.worlds import NOW, World, world_in
from watchkeeper.batches.batch import Batch, ChunkReport, State
from watchkeeper.batches.beginning import cancel_batch, remove_batch, resume_batch
from watchkeeper.batches.errors import BatchCancelled, BatchGoesOn, BatchOver, ChampionFailed
from watchkeeper.batches.running import Batcher
from watchkeeper.storage.work import StorageUnavailable, Store

FAULT = {"column": "size", "violation": "out-of-range", "rows": 2, "row": 3, "example": "99"}


@dataclass
class Answers:
    """Three chunks of ten rows; `before` is called ahead of each with its number."""

    before: Callable[[int], None] = lambda _: None
    told: list[int] = field(default_factory=list)

    def __call__(self, batch: Batch, *, kept: Callable[[ChunkReport], None], stopped: Callable[[], bool]) -> None:
        for number in range(batch.chunks, 3):
            self.before(number)
            if stopped():
                raise BatchCancelled("The batch was cancelled.")
            self.told.append(number)
            kept(ChunkReport(number=number, answered=9, refused=1, violations=[FAULT]))


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    found = world_in(store, tmp_path)
    found.places.table("s1").parent.mkdir(parents=True, exist_ok=True)
    found.places.table("s1").touch()
    found.places.batch("b1").mkdir(parents=True)
    with store.work() as work:
        work.batches.add(BATCH)
    return found


def batcher(world: World, answers: Answers) -> Batcher:
    return Batcher(world.store.work, world.places, answers, world.clock)


def kept(world: World) -> Batch:
    with world.store.look() as work:
        found = work.batches.get("b1")
    assert found is not None
    return found


def killed(number: int) -> Callable[[int], None]:
    def before(chunk: int) -> None:
        if chunk == number:
            raise KeyboardInterrupt

    return before


def test_a_batch_is_kept_as_it_is(world: World) -> None:
    assert kept(world) == BATCH


def test_what_is_answered_adds_up_chunk_by_chunk(world: World) -> None:
    batcher(world, Answers()).run("b1")
    found = kept(world)
    assert (found.state, found.chunks, found.answered, found.refused) == (State.DONE, 3, 27, 3)
    assert found.violations == [{**FAULT, "rows": 6}]
    assert (found.started, found.finished, found.progress) == (NOW, NOW, 1.0)


def test_a_worker_that_was_killed_goes_on_at_the_next_chunk(world: World) -> None:
    with pytest.raises(KeyboardInterrupt):
        batcher(world, Answers(killed(2))).run("b1")
    assert (kept(world).state, kept(world).chunks) == (State.RUNNING, 2)
    again = Answers()
    batcher(world, again).run("b1")
    assert again.told == [2]
    assert (kept(world).state, kept(world).answered) == (State.DONE, 27)


def test_a_chunk_that_is_told_of_twice_counts_once(world: World) -> None:
    class Twice(Answers):
        def __call__(self, batch: Batch, *, kept: Callable[[ChunkReport], None], stopped: Callable[[], bool]) -> None:
            def twice(report: ChunkReport) -> None:
                kept(report)
                kept(report)

            super().__call__(batch, kept=twice, stopped=stopped)

    batcher(world, Twice()).run("b1")
    assert (kept(world).chunks, kept(world).answered) == (3, 27)


def cancelled_at(world: World, number: int) -> Callable[[int], None]:
    def before(chunk: int) -> None:
        if chunk == number:
            with world.store.work() as work:
                cancel_batch(kept(world), batches=work.batches, clock=world.clock)

    return before


def test_one_that_is_cancelled_stays_cancelled_and_goes_on_when_it_is_resumed(world: World) -> None:
    batcher(world, Answers(cancelled_at(world, 1))).run("b1")
    found = kept(world)
    assert (found.state, found.chunks, found.finished) == (State.CANCELLED, 1, NOW)
    with world.store.work() as work, pytest.raises(BatchOver, match="cancelled already"):
        cancel_batch(found, batches=work.batches, clock=world.clock)
    ignored, again = Answers(), Answers()
    batcher(world, ignored).run("b1")
    with world.store.work() as work:
        resume_batch(found, work=work, clock=world.clock)
    batcher(world, again).run("b1")
    assert (ignored.told, again.told, kept(world).state) == ([], [1, 2], State.DONE)


def test_one_that_is_removed_while_it_ends_leaves_no_answers(world: World) -> None:
    def removed(chunk: int) -> None:
        if chunk == 1:
            with world.store.work() as work:
                work.batches.remove("b1")

    batcher(world, Answers(removed)).run("b1")
    assert not world.places.batch("b1").exists()


def test_it_is_done_only_when_each_of_its_rows_is(world: World) -> None:
    class Hasty(Answers):
        def __call__(self, batch: Batch, *, kept: Callable[[ChunkReport], None], stopped: Callable[[], bool]) -> None:
            del stopped
            kept(ChunkReport(number=batch.chunks, answered=10, refused=0))

    batcher(world, Hasty()).run("b1")
    assert (kept(world).state, kept(world).answered) == (State.RUNNING, 10)


def test_one_that_failed_says_why_and_goes_on_where_it_stopped(world: World) -> None:
    def fail(chunk: int) -> None:
        if chunk == 1:
            raise ChampionFailed("The champion failed on these rows.")

    batcher(world, Answers(fail)).run("b1")
    found = kept(world)
    assert (found.state, found.chunks, found.error) == (
        State.FAILED,
        1,
        {"code": "champion-failed", "message": "The champion failed on these rows.", "fields": []},
    )
    with world.store.work() as work:
        resume_batch(found, work=work, clock=world.clock)
    with world.store.look() as work:
        assert [(job.kind, job.subject) for job in work.jobs.asked(10)] == [("answer-batch", "b1")]
    again = Answers()
    batcher(world, again).run("b1")
    assert again.told == [1, 2]
    assert (kept(world).state, kept(world).error) == (State.DONE, None)
    with world.store.work() as work, pytest.raises(BatchGoesOn, match="only one that failed"):
        resume_batch(kept(world), work=work, clock=world.clock)


def test_a_dataset_that_was_removed_is_named(world: World) -> None:
    with world.store.work() as work:
        work.batches.replace(replace(BATCH, dataset="gone"))
    batcher(world, Answers()).run("b1")
    assert (kept(world).error or {})["code"] == "dataset-gone"


def test_a_database_that_is_away_for_a_moment_costs_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchkeeper.batches.running.PAUSES", (0.0, 0.0))  # the real ones are long
    opened = 0

    def unit() -> object:
        nonlocal opened
        opened += 1
        if opened in {4, 5}:
            raise StorageUnavailable("The database can't be used now.")
        return world.store.work()

    replace(batcher(world, Answers()), unit=unit).run("b1")  # type: ignore[arg-type]
    assert (kept(world).state, kept(world).answered) == (State.DONE, 27)


def test_one_that_goes_on_is_not_removed_and_one_that_is_over_takes_its_answers_along(world: World) -> None:
    with world.store.work() as work, pytest.raises(BatchGoesOn, match="cancel it first"):
        remove_batch(BATCH, batches=work.batches, places=world.places)
    batcher(world, Answers()).run("b1")
    with world.store.work() as work:
        remove_batch(BATCH, batches=work.batches, places=world.places)
        assert work.batches.get("b1") is None
    assert not world.places.batch("b1").exists()


def test_batches_come_in_pages_newest_first(world: World) -> None:
    with world.store.work() as work:
        for name in ("b2", "b3"):
            work.batches.add(replace(BATCH, id=name))
        assert [each.id for each in work.batches.page("d1", after=None, limit=2)] == ["b3", "b2"]
        assert [each.id for each in work.batches.page("d1", after="b2", limit=2)] == ["b1"]
        assert work.batches.page("d2", after=None, limit=2) == []
