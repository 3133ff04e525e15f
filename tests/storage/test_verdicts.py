"""Verdicts on days: issued once their counts have changed, and again when rows come later; on every database."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.monitoring.collecting.collecting import LeaseLost, lease_of
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import NO_ROWS
from watchkeeper.monitoring.ports import Changed, DayVerdicts
from watchkeeper.monitoring.references.drifting import view
from watchkeeper.monitoring.verdicts.issuing import DAYS_A_TURN, issue
from watchkeeper.monitoring.verdicts.verdicts import known, verdicts
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.work import Store

TODAY = NOW.date()
DAYS = 7
ROWS = 300


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def calls(days_ago: int, *, name: str = "", rows: int = ROWS, moved: float = 0.0, owes: str | None = None) -> Frame:
    """A day as the reference is, or with its sizes moved."""
    at = int(datetime.fromisoformat(ago(days_ago)).replace(hour=12, tzinfo=NOW.tzinfo).timestamp() * 1e6)
    frame = call(f"{name or 'day'}-{days_ago}", rows=rows, owes=owes)
    sizes = [float(each) for each in np.linspace(0, 10, rows) + moved]
    return replace(
        frame,
        at=[at + row for row in range(rows)],
        inputs={"size": sizes, "town": ["Lyon", "Nice"] * (rows // 2)},
        outputs=[float(each) for each in np.linspace(0, 10, rows)],
    )


def collected(world: World, *frames: Frame) -> None:
    for frame in frames:
        world.plane.append(frame)
    world.collect()


def issued(world: World) -> dict[str, DayVerdicts]:
    while issue(world.deployment, world.collector):
        pass
    with world.store.look() as work:
        return {each.day: each for each in work.verdicts.between("d1", start="1900-01-01", end="2200-01-01")}


def words(found: DayVerdicts) -> list[Any]:
    return [None if code == NO_ROWS else CODES[code].value for code in found.records["verdict"].tolist()]


def test_days_are_judged_once_and_the_one_that_moved_is_called_drifted(world: World) -> None:
    collected(world, calls(3), calls(2, moved=2.0), calls(1))
    found = issued(world)
    assert words(found[ago(3)]) == ["stable", "stable", "stable", None]
    assert words(found[ago(2)]) == ["drifted", "stable", "stable", None]
    assert found[ago(2)].records["told"].tolist() == [1, 0, 0, 0]
    assert [found[ago(day)].revision for day in (3, 2)] == [1, 1]
    assert issue(world.deployment, world.collector) == 0


def test_a_day_that_is_not_over_has_a_provisional_verdict_on_which_no_alarm_is_raised(world: World) -> None:
    now = replace(calls(0, moved=2.0), received=int(NOW.timestamp() * 1e9))
    collected(world, calls(1), now)
    today = issued(world)[ago(0)]
    assert (today.revision, words(today)[0], bool(today.records["told"].any())) == (0, "drifted", False)
    world.clock.move(days=1)
    ended = issued(world)[ago(0)]
    assert (ended.revision, ended.records["told"].tolist()) == (1, [1, 0, 0, 0])


def test_rows_that_come_later_issue_the_verdict_again_as_a_revision(world: World) -> None:
    collected(world, calls(2), calls(1))
    before = issued(world)[ago(2)]
    collected(world, calls(2, name="later", moved=4.0))
    after = issued(world)[ago(2)]
    assert (before.revision, after.revision) == (1, 2)
    assert after.counted == 2 * before.counted
    assert (words(before)[0], words(after)[0]) == ("stable", "drifted")


def test_days_from_before_there_were_verdicts_are_judged_in_pieces(world: World) -> None:
    days = DAYS_A_TURN + 5
    collected(world, *(calls(day, rows=60) for day in range(days, 0, -1)))
    assert [issue(world.deployment, world.collector) for _ in range(3)] == [DAYS_A_TURN, 5, 0]
    assert len(issued(world)) == days


def test_what_changed_is_told_to_whoever_judges_the_days(world: World) -> None:
    collected(world, calls(2), calls(1))
    issued(world)
    with world.store.look() as work:
        told = [each.day for each in work.watch.changes("d1") if each.of is Changed.VERDICTS]
    assert told == [ago(2), ago(1)]


def test_one_who_has_lost_the_lease_issues_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    collected(world, calls(2), calls(1))
    take = type(world.collector).take

    def taken_over(self: Any, deployment: Any) -> int | None:
        token = take(self, deployment)
        with world.store.work() as work:  # another worker, once this one's lease has run out
            later = world.clock.now() + timedelta(hours=1)
            work.lease.take(lease_of(deployment), holder="other", now=later, until=later + timedelta(hours=1))
        return token

    monkeypatch.setattr(type(world.collector), "take", taken_over)
    with pytest.raises(LeaseLost):
        issue(world.deployment, world.collector)
    with world.store.look() as work:
        assert work.verdicts.between("d1", start=ago(9), end=ago(0)) == []


def test_a_period_is_judged_as_one_window_and_names_what_drifted(world: World) -> None:
    collected(world, *(calls(day, moved=0.6) for day in range(6, 0, -1)))
    issued(world)
    with world.store.work() as work:
        seen = view(world.deployment, start=ago(6), end=ago(1), work=work, places=world.places)
        of = known(world.deployment, seen, start=ago(6), end=ago(1), work=work, places=world.places)
    found = verdicts(seen, of, days=6)
    assert found.drifted == ("size",)
    assert found.verdict is Verdict.DRIFTED
    assert found.columns[0].found.rows == 6 * ROWS
    assert found.columns[0].sentence.startswith("Its values stand elsewhere")
    assert [each.day for each in found.days] == [ago(day) for day in range(6, 0, -1)]
