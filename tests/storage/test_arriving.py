"""How much of the truth has come, by day; and a deployment summed up."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.fakes.rules import rule
from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.alerts.firing import Firing, Spell
from watchkeeper.alerts.summarising import summary
from watchkeeper.labels.sending import send_labels
from watchkeeper.monitoring.answers.arriving import arrived
from watchkeeper.monitoring.answers.scoring import score
from watchkeeper.monitoring.usage.using import DaysOf, usage
from watchkeeper.storage.work import Store

PERIOD: dict[str, Any] = {"start": "2026-02-24", "end": "2026-02-28"}


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def predict(world: World, rows: list[str], *, days_ago: int) -> None:
    at = int((NOW - timedelta(days=days_ago)).timestamp() * 1e6)
    frame = call(rows[0], rows=len(rows), own=True, owes=None)
    world.plane.append(msgspec.structs.replace(frame, ids=rows, at=[at] * len(rows), outputs=[10.0] * len(rows)))
    world.collect()


def label(world: World, *rows: str) -> None:
    with world.store.work() as work:
        given = [{"id": row, "value": 9.0} for row in rows]
        send_labels("d1", given, classes=None, given_by="Ann", labels=work.labels, clock=world.clock)
    while score(world.deployment, world.collector):
        pass


def test_the_share_is_that_of_each_days_rows(world: World) -> None:
    predict(world, ["a", "b", "c", "d"], days_ago=2)
    predict(world, ["e"], days_ago=1)
    label(world, "a", "b", "c")
    with world.store.look() as work:
        found = arrived(world.deployment, **PERIOD, now=NOW, work=work)
    assert [(each.rows, each.labelled, each.share) for each in found.days] == [
        (0, 0, None),
        (0, 0, None),
        (0, 0, None),
        (4, 3, 0.75),
        (1, 0, 0.0),
    ]
    assert (found.total.rows, found.total.labelled, found.total.share) == (5, 3, 0.6)
    label(world, "e")
    with world.store.look() as work:
        assert arrived(world.deployment, **PERIOD, now=NOW, work=work).days[-1].share == 1.0


def test_labels_without_a_row_are_counted_by_when_they_came(world: World) -> None:
    predict(world, ["a"], days_ago=1)
    for days, rows in ((60, ["p", "q"]), (20, ["r"]), (3, ["s"]), (0, ["t", "u", "a"])):
        world.clock.move(days=-days)
        label(world, *rows)
        world.clock.move(days=days)
    with world.store.look() as work:
        found = arrived(world.deployment, **PERIOD, now=NOW, work=work)
    assert {each.within: each.labels for each in found.unmatched} == {"day": 2, "week": 1, "month": 1, "earlier": 2}


def test_a_deployment_is_summed_up_with_what_is_open_on_the_last_day(world: World) -> None:
    predict(world, ["a", "b"], days_ago=2)
    label(world, "a", "b")
    rules = [rule(id="r1", signal="drift"), rule(id="r2", signal="errors")]
    firing = Firing(
        "f1", "r1", "p1", "d1", "2026-02-20", "2026-02-21", "2026-02-28", None, 2, 3, 2, 1, "S.", NOW, "size"
    )
    parts = tuple(
        Spell(since, since, "2026-02-28", closed, 1.0, 1.0, 1.0, about)
        for since, closed, about in (
            ("2026-02-20", None, "size"),
            ("2026-02-21", "2026-02-25", "gone"),
            ("2026-02-22", None, "weight"),
        )
    )
    firings = [
        replace(firing, columns=parts),
        replace(firing, id="f2", since="2026-02-23", opened="2026-02-23", about="town"),
        replace(firing, id="f3", since="2026-02-10", opened="2026-02-10", closed="2026-02-27", about="town"),
        replace(firing, id="f4", rule="r2", about=""),
    ]
    with world.store.work() as work:
        for each_rule in rules:
            work.rules.add(each_rule)
        for each in firings:
            work.firings.add(each)
    with world.store.look() as work:
        used = usage(world.deployment, by=DaysOf.EVENT, **PERIOD, work=work)
        found = summary(world.deployment, used, **PERIOD, now=NOW, work=work)
    assert [(each.feature, each.since) for each in found.drifted] == [
        ("size", "2026-02-20"),
        ("weight", "2026-02-22"),
        ("town", "2026-02-23"),
    ]
    assert (found.alerts, found.others, found.predictions, found.days, found.a_day) == (3, 1, 2, 1, 2.0)
    assert (found.metric, found.value, found.share) == ("rmse", 1.0, 1.0)
    assert found.challenged
    assert found.comparison is None
    assert "2 predictions a day, 1 RMSE, size and 2 others drifted since 20 February;" in found.sentence
    assert found.sentence.endswith(" 1 more alert is open.")
