"""From labels to scores: whenever a label comes, its day says how good the answers were, and only its day."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.labels.label import Sent
from watchkeeper.labels.sending import send_labels
from watchkeeper.monitoring.answers import scoring
from watchkeeper.monitoring.answers.performing import Grain, Performance, comparison, performance
from watchkeeper.monitoring.answers.scoring import score
from watchkeeper.monitoring.collecting.collecting import LeaseLost
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.work import Store

DAY = timedelta(days=1)


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    return world_in(store, tmp_path)


def answered(
    world: World, name: str, *, days_ago: int = 1, champion: float = 10.0, challenger: float | None = 12.0
) -> None:
    """One row of both roles; without a challenger's answer it stays owed."""
    at = int((NOW - days_ago * DAY).timestamp() * 1e6)
    frame = replace(call(name, ids=[name]), at=[at], outputs=[champion])
    world.plane.append(frame)
    if challenger is not None:
        world.plane.append(beside(frame, challenger))
    world.collect()


def beside(frame: Frame, output: float) -> Frame:
    return replace(frame, role="challenger", model="m2", inputs={}, owes=None, violations=[], outputs=[output])


def label(world: World, values: dict[str, float]) -> Sent:
    given = [{"id": row, "value": value} for row, value in values.items()]
    with world.store.work() as work:
        return send_labels("d1", given, classes=None, given_by="Ann", labels=work.labels, clock=world.clock)


def scored(world: World, by: Grain = Grain.DAY) -> Performance:
    while score(world.deployment, world.collector):
        pass
    first, last = (NOW - 40 * DAY).date().isoformat(), NOW.date().isoformat()
    with world.store.look() as work:
        return performance(world.deployment, by=by, start=first, end=last, work=work)


def mae(found: Performance, role: Role = Role.CHAMPION) -> float | None:
    return found.total.roles[role].metrics["mae"].value


def test_a_label_tells_how_good_both_answers_were(world: World) -> None:
    answered(world, "a")
    assert label(world, {"a": 9.0}).stored == 1
    found = scored(world)
    assert (mae(found), mae(found, Role.CHALLENGER)) == (1.0, 3.0)
    of = found.total.roles[Role.CHAMPION]
    assert (of.rows, of.labelled, of.share) == (1, 1, 1.0)
    assert [window.name for window in found.windows if window.roles[Role.CHAMPION].labelled] == ["2026-02-28"]


def test_a_row_without_a_label_is_in_the_share_and_not_in_the_metric(world: World) -> None:
    for name in "abc":
        answered(world, name)
    label(world, {"a": 9.0})
    of = scored(world).total.roles[Role.CHAMPION]
    assert (of.rows, of.labelled, of.metrics["mae"].value) == (3, 1, 1.0)
    assert of.share == pytest.approx(1 / 3)


def test_a_label_that_comes_before_its_row_waits_for_it(world: World) -> None:
    label(world, {"a": 9.0})
    answered(world, "other")
    assert mae(scored(world)) is None
    with world.store.look() as work:
        status = work.labels.status("d1")
    assert (status.rows, status.matched, status.unmatched, status.waiting) == (1, 0, 1, 0)
    answered(world, "a")
    assert mae(scored(world)) == 1.0


def test_a_label_of_nothing_is_kept_and_counted_and_not_looked_for_for_ever(world: World) -> None:
    answered(world, "a")
    label(world, {"nothing": 1.0, "a": 9.0})
    assert mae(scored(world)) == 1.0
    assert score(world.deployment, world.collector) == 0
    with world.store.look() as work:
        assert work.labels.status("d1").unmatched == 1


def test_a_correction_restates_its_day_and_the_history_stays(world: World) -> None:
    answered(world, "a")
    label(world, {"a": 9.0})
    assert mae(scored(world)) == 1.0
    assert label(world, {"a": 8.0}).corrected == 1
    assert mae(scored(world)) == 2.0
    with world.store.look() as work:
        assert [each.value for each in work.labels.history("d1", "a")] == [8.0, 9.0]
        assert work.labels.status("d1").corrections == 1


def test_saying_the_same_again_makes_no_work(world: World) -> None:
    answered(world, "a")
    label(world, {"a": 9.0})
    scored(world)
    assert label(world, {"a": 9.0}).repeated == 1
    assert score(world.deployment, world.collector) == 0


def test_a_late_answer_of_the_challenger_restates_a_day_that_has_labels(world: World) -> None:
    answered(world, "a", challenger=None)
    label(world, {"a": 9.0})
    assert Role.CHALLENGER not in scored(world).total.roles
    at = int((NOW - DAY).timestamp() * 1e6)
    world.plane.append(beside(replace(call("a", ids=["a"]), at=[at]), 12.0))
    world.collect()
    assert mae(scored(world), Role.CHALLENGER) == 3.0


def test_a_retry_of_a_row_counts_once(world: World) -> None:
    answered(world, "a")
    answered(world, "a", champion=99.0)
    label(world, {"a": 9.0})
    of = scored(world).total.roles[Role.CHAMPION]
    assert (of.labelled, of.metrics["mae"].value) == (1, 1.0)


def test_labels_a_year_late_count_on_the_day_of_their_row(world: World) -> None:
    answered(world, "old", days_ago=30)
    world.clock.move(days=365)
    label(world, {"old": 9.0})
    days = [w.name for w in scored(world).windows if w.roles[Role.CHAMPION].labelled]
    assert days == ["2026-01-30"]


@pytest.mark.parametrize(("by", "names"), [(Grain.WEEK, ["2026-W07", "2026-W09"]), (Grain.MONTH, ["2026-02"])])
def test_weeks_and_months_are_those_of_the_calendar(world: World, by: Grain, names: list[str]) -> None:
    answered(world, "a", days_ago=1)
    answered(world, "b", days_ago=14)
    label(world, {"a": 9.0, "b": 7.0})
    found = scored(world, by)
    assert [w.name for w in found.windows if w.roles[Role.CHAMPION].labelled] == names
    assert mae(found) == 2.0


def test_the_comparison_is_on_the_rows_that_both_answered(world: World) -> None:
    for number in range(12):
        answered(world, f"r{number}", days_ago=1 + number, champion=10.0 + number % 3, challenger=9.5)
    answered(world, "alone", challenger=None)
    label(world, {**{f"r{number}": 9.0 for number in range(12)}, "alone": 500.0})
    scored(world)
    with world.store.look() as work:
        found = comparison(world.deployment, start="2026-01-01", end="2026-03-01", work=work)
    assert found.of is not None
    assert (found.of.metric, found.of.rows, found.of.blocks) == ("rmse", 12, 12)
    assert found.others["mae"].champion == 2.0
    assert found.others["mae"].difference == -1.5
    assert found.of.verdict == "better"


def test_a_scorer_that_was_overtaken_writes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Patched is the moment between reading and writing, where another worker takes the lease."""
    answered(world, "a")
    label(world, {"a": 9.0})
    reading = scoring._days

    def overtaken(*args: Any, **named: Any) -> dict[str, str]:
        with world.store.work() as work:
            work.lease.take("collect d1", holder="another", now=NOW + 2 * DAY, until=NOW + 3 * DAY)
        return reading(*args, **named)

    monkeypatch.setattr(scoring, "_days", overtaken)
    with pytest.raises(LeaseLost):
        score(world.deployment, world.collector)
    with world.store.look() as work:
        assert work.labels.status("d1").matched == 0
        assert work.scores.cells("d1", start="1900-01-01", end="2200-01-01", shared=False) == []


def test_a_damaged_file_is_named_and_the_other_rows_are_scored(world: World, caplog: pytest.LogCaptureFixture) -> None:
    answered(world, "a", days_ago=2)
    before = set(world.places.journal("d1").rglob("*.parquet"))
    answered(world, "b", days_ago=1)
    damaged = set(world.places.journal("d1").rglob("*.parquet")) - before
    for path in damaged:
        path.write_bytes(b"no table")
    label(world, {"a": 9.0, "b": 5.0})
    assert mae(scored(world)) == 1.0
    assert {path.name for path in damaged} & {name for record in caplog.records for name in map(str, record.args or ())}
