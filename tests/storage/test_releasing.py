"""Releases of a deployment, on every database."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.access.permitting import permit
from watchkeeper.access.role import Right
from watchkeeper.access.user import Identity, User
from watchkeeper.errors import WatchkeeperError
from watchkeeper.experiments.experiment import Model, ModelState
from watchkeeper.serving.deployment import Release, ReleaseKind, Role, TypePolicy
from watchkeeper.serving.errors import (
    ModelNotReady,
    ModelsDiffer,
    NoChallenger,
    NoEarlierRelease,
    NothingChanges,
    ReasonTooLong,
    ReleaseMoved,
)
from watchkeeper.serving.releasing import Order, challenge, change, promote, roll_back, swap
from watchkeeper.storage.work import Store, Work


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def order(world: World, work: Work, *, expected: int | None = None, reason: str = "") -> Order:
    who = Identity("Ada", user=User("u1", "Ada", administrator=True, created=NOW))
    return Order(
        permit=permit(who, Right.WRITE, project="p1", members=work.members),
        reason=reason,
        expected=expected,
        experiments=work.experiments,
        datasets=work.datasets,
        deployments=work.deployments,
        generations=work.generations,
        places=world.places,
        clock=world.clock,
    )


def releases(world: World) -> list[Release]:
    with world.store.look() as work:
        return work.deployments.releases("d1")


def made(world: World, action: Callable[[Order], Release], *, expected: int | None = None, reason: str = "") -> Release:
    with world.store.work() as work:
        return action(order(world, work, expected=expected, reason=reason))


def test_each_change_is_a_release_with_who_when_why_and_what_it_is(world: World) -> None:
    d1 = world.deployment
    made(world, lambda o: swap(d1, order=o), reason=" m2 is better ")
    made(world, lambda o: change(d1, type_policy="strict", order=o))
    made(world, lambda o: promote(d1, order=o))
    made(world, lambda o: roll_back(d1, to=2, order=o))
    made(world, lambda o: challenge(d1, None, order=o))
    told = [(each.number, each.champion, each.challenger, each.type_policy, each.kind) for each in releases(world)]
    assert told == [
        (1, "m1", "m2", TypePolicy.BEST_EFFORT, ReleaseKind.CREATED),
        (2, "m2", "m1", TypePolicy.BEST_EFFORT, ReleaseKind.SWAPPED),
        (3, "m2", "m1", TypePolicy.STRICT, ReleaseKind.CHANGED),
        (4, "m1", None, TypePolicy.STRICT, ReleaseKind.PROMOTED),
        (5, "m2", "m1", TypePolicy.BEST_EFFORT, ReleaseKind.ROLLED_BACK),
        (6, "m2", None, TypePolicy.BEST_EFFORT, ReleaseKind.CHANGED),
    ]
    second, third = releases(world)[1:3]
    assert (second.reason, second.created_by, second.created) == ("m2 is better", "u1", world.clock.now())
    assert third.reason == "Type policy strict."


def test_the_planes_are_told_with_each_release(world: World) -> None:
    with world.store.look() as work:
        before = work.generations.current()
    made(world, lambda o: swap(world.deployment, order=o))
    with world.store.look() as work:
        assert work.generations.current() == before + 1


def test_a_promotion_may_keep_the_old_champion_as_challenger(world: World) -> None:
    after = made(world, lambda o: promote(world.deployment, keep=True, order=o))
    assert (after.champion, after.challenger) == ("m2", "m1")


def test_without_a_number_the_release_before_the_present_comes_back(world: World) -> None:
    made(world, lambda o: promote(world.deployment, order=o))
    after = made(world, lambda o: roll_back(world.deployment, order=o))
    assert (after.number, after.settings) == (3, releases(world)[0].settings)


def test_what_cannot_be_is_refused_by_name_and_leaves_no_release(world: World) -> None:
    d1 = world.deployment
    refused: list[tuple[type[WatchkeeperError], Callable[[Order], Release]]] = [
        (NoEarlierRelease, lambda o: roll_back(d1, order=o)),
        (NothingChanges, lambda o: change(d1, type_policy="best_effort", order=o)),
        (NothingChanges, lambda o: challenge(d1, "m2", order=o)),
        (ModelsDiffer, lambda o: challenge(d1, "m1", order=o)),
        (ModelNotReady, lambda o: challenge(d1, "nothing", order=o)),
    ]
    for error, action in refused:
        with pytest.raises(error):
            made(world, action)
    with pytest.raises(ReleaseMoved, match="Release 1 is in force by now, not 7"):
        made(world, lambda o: swap(d1, order=o), expected=7)
    with pytest.raises(ReasonTooLong):
        made(world, lambda o: swap(d1, order=o), reason="x" * 501)
    assert [each.number for each in releases(world)] == [1]
    made(world, lambda o: promote(d1, order=o))
    with pytest.raises(NoChallenger, match="no challenger to take over"):
        made(world, lambda o: promote(d1, order=o))
    with pytest.raises(NoEarlierRelease, match="choose one from 1 to 1"):
        made(world, lambda o: roll_back(d1, to=2, order=o))


def test_a_model_whose_files_are_gone_does_not_take_over(world: World) -> None:
    (world.places.model("m2") / "reference.parquet").unlink()
    with pytest.raises(ModelNotReady, match="are gone"):
        made(world, lambda o: promote(world.deployment, order=o))


def test_of_many_promotions_at_once_exactly_one_is_made(world: World) -> None:
    together = threading.Barrier(6)
    told: list[str] = []

    def ask() -> None:
        together.wait()
        try:
            made(world, lambda o: swap(world.deployment, order=o), expected=1)
            told.append("made")
        except ReleaseMoved as moved:
            told.append(moved.code)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["made"] + ["release-moved"] * 5
    assert [each.number for each in releases(world)] == [1, 2]


def test_what_an_older_release_owes_is_answered_for_with_the_model_that_owed(world: World) -> None:
    world.plane.append(call("a"))
    world.collect()
    made(world, lambda o: promote(world.deployment, order=o))
    assert world.owed() == ["a"]
    with world.store.look() as work:
        (owed,) = work.journal.owed("d1")
    assert (owed.release, owed.model) == (1, "m2")


def test_calls_owed_by_a_model_whose_files_are_gone_are_given_up(world: World) -> None:
    world.plane.append(call("a", owes="m2"))
    world.collect()
    world.end_plane()
    (world.places.model("m2") / "reference.parquet").unlink()
    assert world.collector.catch_up(world.deployment) == 1
    assert world.owed() == []


def test_a_promoted_model_with_other_inputs_is_counted_and_journalled(world: World) -> None:
    inputs = [{"name": "size", "kind": "categorical"}, {"name": "rooms", "kind": "numeric"}]
    with world.store.work() as work:
        found = work.experiments.model("m2")
        assert found is not None
        work.experiments.replace_model(
            Model("m2", found.version, "linear", ModelState.DONE, card={"signature": {"inputs": inputs}})
        )
    world.plane.append(call("a", rows=2))
    made(world, lambda o: promote(world.deployment, order=o))
    inputs_of_two = {"size": ["vast"], "rooms": [3.0]}
    world.plane.append(structs.replace(call("b", owes=None), release=2, model="m2", inputs=inputs_of_two))
    world.collect()
    assert {(sheet.release, sheet.rows) for sheet in world.sheets()} == {(1, 2), (2, 1)}
    table = world.journal(Role.CHAMPION)
    assert table["input.size"].to_pylist() == ["0.0", "1.0", "vast"]
    assert table["input.rooms"].to_pylist() == [None, None, 3.0]
    assert table["release"].to_pylist() == [1, 1, 2]
