"""From what is counted to firings and messages, on every database."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from tests.fakes.rules import rule
from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.alerts.acknowledging import acknowledge, remind, snooze
from watchkeeper.alerts.channel import Channel, Event, Kind
from watchkeeper.alerts.firing import Firing
from watchkeeper.alerts.judging import Judge
from watchkeeper.alerts.rule import Reading, Rule
from watchkeeper.alerts.ruling import change_rule, remove_rule
from watchkeeper.alerts.signals import SIGNALS
from watchkeeper.alerts.signals.signal import Question
from watchkeeper.alerts.telling import Telling
from watchkeeper.health.disk import Disk
from watchkeeper.labels.sending import send_labels
from watchkeeper.monitoring.answers.scoring import score
from watchkeeper.monitoring.errors import ReferenceGone
from watchkeeper.monitoring.expecting import SchemaSaid, inferred
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.monitoring.ports import Changed, UsageCell, ViolationCell
from watchkeeper.monitoring.references.watching import watched as bins_of
from watchkeeper.monitoring.usage.response_times import BINS, count_times
from watchkeeper.serving.split import Split
from watchkeeper.storage.work import Store

TODAY = NOW.date()
PERMIT: Any = type("P", (), {"user": "u1", "project": "p1"})()


@dataclass
class Alerts:
    world: World
    judge: Judge

    def rows(self, days_ago: int, *, broken: int = 0, rows: int = 10) -> None:
        """A day with so many rows, of which so many broke the schema."""
        day = (TODAY - timedelta(days=days_ago)).isoformat()
        at = datetime.fromisoformat(day).replace(hour=12, tzinfo=NOW.tzinfo)
        frame = replace_at(call(f"c{days_ago}", ids=[f"{days_ago}-{n}" for n in range(rows)], owes=None), at)
        self.world.plane.append(frame)
        self.world.collect()
        if broken:
            self.violate(day, broken)

    def violate(self, day: str, rows: int, column: str = "size") -> None:
        cell = ViolationCell(1, day, column, "above-range", rows, NOW, NOW, "99")
        with self.world.store.work() as work:
            work.watch.add_violations("d1", [cell])
            work.watch.changed("d1", Changed.ROWS, [day], at=self.world.clock.now())

    def ruled(self, **how: Any) -> Rule:
        made = rule(**{"signal": "violations", "threshold": 0.3, **how})
        with self.world.store.work() as work:
            work.rules.add(made)
        return made

    def judged(self) -> list[Firing]:
        """By the test's own rules, in the order in which they opened."""
        self.judge.judge(self.world.deployment)
        with self.world.store.look() as work:
            found = work.firings.page("p1", deployment="d1", only_open=False, after=None, limit=100)
            return sorted((each for each in found if each.rule.startswith("r")), key=lambda each: each.opened)

    def told(self) -> list[Event]:
        with self.world.store.look() as work:
            return [each.event for each in reversed(work.deliveries.of_channel("c1", limit=100))]


def nowhere(*_: object) -> str:
    return "http://here"


def replace_at(frame: Any, at: datetime) -> Any:
    start = int(at.timestamp() * 1e6)
    return replace(
        frame,
        at=[start + n for n in range(len(frame.ids))],
        inputs={"size": [float(n % 10) for n in range(len(frame.ids))], "town": ["Lyon"] * len(frame.ids)},
        outputs=[float(n % 10) for n in range(len(frame.ids))],
        own_ids=[True] * len(frame.ids),
    )


@pytest.fixture
def alerts(store: Store, tmp_path: Path) -> Alerts:
    world = world_in(store, tmp_path)
    channel = Channel("c1", "p1", "us", Kind.EMAIL, {"to": ["a@b"]}, None, True, NOW, "u1")
    with store.work() as work:
        work.rules.begin("d1")  # without the rules that every deployment starts with
        work.channels.add(channel)
    telling = Telling(clock=world.clock, address=nowhere)
    return Alerts(world, Judge(store.work, store.look, world.places, world.clock, telling))


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def test_a_disk_that_is_nearly_full_fires_and_the_firing_closes_once_there_is_room(alerts: Alerts) -> None:
    left = [Disk(free=60, total=1000, low=100)]
    judge = dataclasses.replace(alerts.judge, disk=lambda: left[0])
    alerts.ruled(signal="disk", threshold=0.0, needed=1, windows=1)
    assert judge.watch(alerts.world.deployment) == 1
    left[0] = Disk(free=500, total=1000, low=100)
    assert judge.watch(alerts.world.deployment) == 1
    (firing,) = alerts.judged()
    assert not firing.open
    assert "of the room to be left on the disk" in firing.sentence
    assert alerts.told() == [Event.OPENED, Event.CLOSED]


def test_a_firing_opens_once_is_told_and_closes_by_itself(alerts: Alerts) -> None:
    alerts.ruled()
    alerts.rows(3, broken=5)
    (found,) = alerts.judged()
    assert (found.opened, found.closed, found.worst, found.about) == (ago(3), None, 0.5, "size")
    assert found.sentence == (
        "Values of size have broken the signature since 26 February 2026 (50 % of a day's at worst). The limit is 30 %."
    )
    assert alerts.judged() == [found]
    alerts.rows(2)
    (closed,) = alerts.judged()
    assert (closed.id, closed.closed) == (found.id, ago(2))
    assert alerts.told() == [Event.OPENED, Event.CLOSED]


def expected(alerts: Alerts, **rule: Any) -> None:
    """What somebody expects of sizes, which are 0 to 9 each day, most of them within the reference's."""
    work_of, deployment = alerts.world.store.work, alerts.world.deployment
    with work_of() as work:
        features = bins_of(deployment, work=work, places=alerts.world.places).features
        usual = inferred(deployment, features, schemas=work.schemas).schema
        work.schemas.say("d1", SchemaSaid(usual.changed("size", **rule), NOW, "Ada"))


def test_what_somebody_expects_is_watched_as_what_was_inferred_is(alerts: Alerts) -> None:
    alerts.ruled(threshold=0.15)
    alerts.rows(3)
    assert alerts.judged() == []
    expected(alerts, highest=5.0)
    alerts.rows(2)
    (found,) = alerts.judged()
    assert (found.opened, found.about, found.open) == (ago(3), "size", True)


def test_what_somebody_allows_no_call_breaks(alerts: Alerts) -> None:
    alerts.ruled(threshold=0.15)
    expected(alerts, lowest=None, highest=None)
    alerts.rows(3)
    day = ago(3)
    with alerts.world.store.work() as work:
        work.watch.add_violations("d1", [ViolationCell(1, day, "size", "out-of-range", 9, NOW, NOW, "99")])
        work.watch.changed("d1", Changed.ROWS, [day], at=alerts.world.clock.now())
    assert alerts.judged() == []
    with alerts.world.store.work() as work:
        work.watch.add_violations("d1", [ViolationCell(1, day, "size", "wrong-type", 9, NOW, NOW, "big")])
        work.watch.changed("d1", Changed.ROWS, [day], at=alerts.world.clock.now())
    assert [each.about for each in alerts.judged()] == ["size"]


def test_a_column_that_joins_is_told_of_and_one_that_is_well_again_ends_nothing(alerts: Alerts) -> None:
    made = alerts.ruled()
    alerts.rows(5, broken=5)
    (found,) = alerts.judged()
    with alerts.world.store.work() as work:
        acknowledge(found, "size is known", permit=PERMIT, work=work, clock=alerts.world.clock)
    alerts.rows(4, broken=5)
    (same,) = alerts.judged()
    assert (same.acknowledged_by, alerts.told()) == ("u1", [Event.OPENED])
    alerts.rows(3)
    alerts.violate(ago(3), 6, "town")
    (joined,) = alerts.judged()
    assert (joined.id, joined.open, joined.acknowledged) == (found.id, True, None)
    assert joined.sentence == (
        "Values of town have broken the signature since 26 February 2026 (60 % of a day's at worst). "
        "Those of size no longer do. The limit is 30 %."
    )
    assert alerts.judged() == [joined]
    alerts.rows(2)
    (closed,) = alerts.judged()
    assert [(each.about, each.since, each.closed) for each in closed.columns] == [
        ("size", ago(5), ago(3)),
        ("town", ago(3), ago(2)),
    ]
    assert alerts.told() == [Event.OPENED, Event.JOINED, Event.CLOSED]
    with alerts.world.store.look() as work:
        told = work.deliveries.of_firing(found.id)[1].message
        assert work.rules.get(made.id) is not None
    assert [each["column"] for each in told["columns"]] == ["size", "town"]
    assert "town" in told["text"]


def test_columns_that_break_at_once_are_one_message(alerts: Alerts) -> None:
    alerts.ruled()
    alerts.rows(3, broken=5)
    for number in range(50):
        alerts.violate(ago(3), 5, f"column {number}")
    (found,) = alerts.judged()
    assert len(found.columns) == 51
    assert len(found.sentence) < 200
    assert alerts.told() == [Event.OPENED]


def test_a_new_rule_judges_the_past_and_tells_only_what_still_goes_on(alerts: Alerts) -> None:
    for days in range(30, 0, -1):
        alerts.rows(days, broken=5 if days in {20, 1} else 0)
    alerts.judged()
    alerts.ruled()
    assert [(each.opened, each.closed) for each in alerts.judged()] == [(ago(20), ago(19)), (ago(1), None)]
    assert alerts.told() == [Event.OPENED]


def test_late_data_reopens_what_was_over_and_says_so(alerts: Alerts) -> None:
    alerts.ruled()
    for days, broken in ((4, 5), (3, 0)):
        alerts.rows(days, broken=broken)
    (found,) = alerts.judged()
    with alerts.world.store.work() as work:
        acknowledge(found, "seen", permit=PERMIT, work=work, clock=alerts.world.clock)
    alerts.violate(ago(3), 5)
    (again,) = alerts.judged()
    assert (again.id, again.opened, again.closed, again.acknowledged) == (found.id, ago(4), None, None)
    assert alerts.told() == [Event.OPENED, Event.REOPENED]


def test_late_data_that_move_the_first_day_keep_the_firing_and_who_knows_of_it(alerts: Alerts) -> None:
    alerts.ruled(needed=2, windows=3)
    for days, broken in ((4, 0), (3, 5), (2, 5)):
        alerts.rows(days, broken=broken)
    (found,) = alerts.judged()
    assert (found.since, found.opened) == (ago(3), ago(2))
    with alerts.world.store.work() as work:
        acknowledge(found, "seen", permit=PERMIT, work=work, clock=alerts.world.clock)
    alerts.violate(ago(4), 5)
    (moved,) = alerts.judged()
    assert (moved.id, moved.since, moved.opened, moved.note) == (found.id, ago(4), ago(3), "seen")
    assert alerts.told() == [Event.OPENED]


def test_what_later_rows_show_to_be_nothing_is_withdrawn(alerts: Alerts) -> None:
    alerts.ruled()
    alerts.rows(3, broken=5)
    alerts.judged()
    alerts.world.plane.append(
        replace_at(call("more", ids=[f"m{n}" for n in range(90)], owes=None), NOW - timedelta(days=3))
    )
    alerts.world.collect()
    assert alerts.judged() == []
    assert alerts.told() == [Event.OPENED, Event.WITHDRAWN]


def test_a_day_is_judged_by_its_drift_only_when_it_is_over(alerts: Alerts) -> None:
    alerts.ruled(signal="global_drift", threshold=0.01)
    alerts.rows(0)
    assert alerts.judged() == []
    alerts.world.clock.move(days=1)
    (found,) = alerts.judged()
    assert found.opened == ago(0)


def test_the_newest_day_of_a_replayed_past_is_over_when_nothing_comes_any_more(alerts: Alerts) -> None:
    alerts.ruled(signal="global_drift", threshold=0.01)
    alerts.rows(9)
    assert alerts.judged() == []
    alerts.world.clock.move(minutes=2)
    assert len(alerts.judged()) == 1


def test_labels_that_come_a_month_late_still_fire(alerts: Alerts) -> None:
    alerts.ruled(signal="performance", metric="mae", threshold=1.0)
    for days in (40, 39, 38, 1):
        alerts.rows(days)
    assert alerts.judged() == []
    with alerts.world.store.work() as work:
        given = [{"id": f"39-{n}", "value": 50.0} for n in range(10)]
        send_labels("d1", given, classes=None, given_by="Ann", labels=work.labels, clock=alerts.world.clock)
    scored(alerts)
    (found,) = alerts.judged()
    assert (found.opened, found.closed) == (ago(39), None)
    assert found.worst == pytest.approx(45.5)
    assert alerts.told() == [Event.OPENED]


def test_a_calls_errors_and_times_are_judged_while_the_day_goes_on(alerts: Alerts) -> None:
    alerts.ruled(signal="errors", threshold=0.1)
    times = np.zeros(BINS, dtype=np.int64)
    cell = UsageCell(1, "champion", "arrival", ago(0), 10, 0, 5, 0.0, times)
    with alerts.world.store.work() as work:
        work.watch.add_usage("d1", [cell])
        work.watch.changed("d1", Changed.USAGE, [ago(0)], at=NOW)
    (found,) = alerts.judged()
    assert (found.opened, found.worst) == (ago(0), 0.5)


def test_missing_labels_are_told_once_they_are_overdue_and_only_where_labels_come(alerts: Alerts) -> None:
    alerts.ruled(signal="missing_labels", threshold=0.5, days=7)
    for days in (20, 12, 4):
        alerts.rows(days)
    assert alerts.judged() == []
    label(alerts, "20", 10)
    (found,) = alerts.judged()
    assert (found.opened, found.worst) == (ago(12), 1.0)
    label(alerts, "12", 9)
    (closed,) = alerts.judged()
    assert closed.closed is not None
    assert closed.sentence.startswith("The share of rows without a label was 100 %")


def test_missing_labels_are_judged_on_when_nobody_calls_any_more(alerts: Alerts) -> None:
    alerts.ruled(signal="missing_labels", threshold=0.5, days=7)
    alerts.rows(5)
    alerts.rows(1)
    label(alerts, "5", 10)
    assert alerts.judged() == []
    alerts.world.clock.move(days=8)
    (found,) = alerts.judged()
    assert found.opened == ago(1)


def test_labels_that_have_come_and_are_not_counted_yet_are_not_missing(alerts: Alerts) -> None:
    alerts.ruled(signal="missing_labels", threshold=0.5, days=7)
    for days in (20, 12, 4):
        alerts.rows(days)
    label(alerts, "20", 10)
    sent(alerts, "12", 10)
    assert alerts.judged() == []
    scored(alerts)
    assert alerts.judged() == []


def label(alerts: Alerts, day: str, rows: int) -> None:
    sent(alerts, day, rows)
    scored(alerts)


def sent(alerts: Alerts, day: str, rows: int) -> None:
    with alerts.world.store.work() as work:
        given = [{"id": f"{day}-{n}", "value": 1.0} for n in range(rows)]
        send_labels("d1", given, classes=None, given_by="Ann", labels=work.labels, clock=alerts.world.clock)


def scored(alerts: Alerts) -> None:
    while score(alerts.world.deployment, alerts.world.collector):
        pass


def test_silence_opens_a_firing_and_a_call_closes_it(alerts: Alerts) -> None:
    alerts.ruled(signal="no_traffic", threshold=48.0)
    alerts.rows(1)
    assert alerts.judge.watch(alerts.world.deployment) == 0
    alerts.world.clock.move(hours=49)
    assert alerts.judge.watch(alerts.world.deployment) == 1
    assert alerts.judge.watch(alerts.world.deployment) == 0
    with alerts.world.store.work() as work:
        work.watch.arrived("d1", newest=alerts.world.clock.now())
    assert alerts.judge.watch(alerts.world.deployment) == 1
    assert alerts.told() == [Event.OPENED, Event.CLOSED]


def fresh_within(alerts: Alerts, hours: float | None) -> None:
    with alerts.world.store.work() as work:
        work.schemas.say("d1", SchemaSaid(Schema((), number=2, stalest=hours), NOW, "u1"))


def watched(alerts: Alerts, *, after: float) -> int:
    alerts.world.clock.move(hours=after)
    return alerts.judge.watch(alerts.world.deployment)


def test_rows_that_stop_coming_are_told_of_once_until_one_comes(alerts: Alerts) -> None:
    alerts.ruled(signal="stale", threshold=0.0)
    fresh_within(alerts, 6.0)
    assert [watched(alerts, after=hours) for hours in (0, 500)] == [0, 0]  # nobody ever called
    alerts.rows(-21)
    assert [watched(alerts, after=hours) for hours in (5, 4, 1, 30)] == [0, 1, 0, 1]
    (firing,) = alerts.judged()
    assert (firing.since, firing.open, firing.about) == (ago(-21), True, "")
    assert firing.sentence == "No row has come since 22 March 2026."
    alerts.rows(-23)
    assert watched(alerts, after=0) == 1
    (closed,) = alerts.judged()
    assert (closed.closed, closed.sentence) == (ago(-23), "No row came from 22 to 24 March 2026.")
    assert alerts.told() == [Event.OPENED, Event.CLOSED]


def test_without_a_limit_rows_are_awaited_by_how_they_came(alerts: Alerts) -> None:
    alerts.ruled(signal="stale", threshold=0.0)
    for day in range(8):
        alerts.rows(-day)
        assert watched(alerts, after=24) == 0
    assert [watched(alerts, after=hours) for hours in (40, 24)] == [0, 1]  # thrice the longest is three days


@pytest.mark.parametrize(("limit", "hours", "told"), [(6.0, 7, "stale"), (60.0, 49, "no_traffic")])
def test_of_a_deployment_that_nobody_calls_any_more_one_alarm_is_enough(
    alerts: Alerts, limit: float, hours: int, told: str
) -> None:
    alerts.ruled(id="r1", signal="stale", threshold=0.0)
    alerts.ruled(id="r2", signal="no_traffic", threshold=48.0, starting=True)
    fresh_within(alerts, limit)
    alerts.rows(0)
    for after in (hours, 60, 200):
        watched(alerts, after=after)
    assert [each.rule for each in alerts.judged()] == ["r1" if told == "stale" else "r2"]
    assert alerts.told() == [Event.OPENED]


def test_a_rule_of_their_own_on_calls_is_told_beside(alerts: Alerts) -> None:
    alerts.ruled(id="r1", signal="stale", threshold=0.0)
    alerts.ruled(id="r2", signal="no_traffic", threshold=48.0)
    fresh_within(alerts, 6.0)
    alerts.rows(0)
    for after in (7, 60):
        watched(alerts, after=after)
    assert sorted(each.rule for each in alerts.judged()) == ["r1", "r2"]


def test_a_champion_that_is_down_is_told_after_half_a_minute(alerts: Alerts) -> None:
    alerts.ruled(signal="probe", threshold=30.0)
    deployments = {"d1": {"release": 1, "champion": {"loaded": True, "last_answered": NOW.isoformat()}}}
    deployments["d1"]["challenger"] = deployments["d1"]["champion"]
    with alerts.world.store.work() as work:
        work.board.report("plane-1", pid=1, at=NOW, status={"deployments": deployments})
    assert alerts.judge.watch(alerts.world.deployment) == 0
    alerts.world.clock.move(seconds=20)
    assert alerts.judge.watch(alerts.world.deployment) == 0
    alerts.world.clock.move(seconds=20)
    assert alerts.judge.watch(alerts.world.deployment) == 1
    with alerts.world.store.work() as work:
        work.board.report("plane-1", pid=2, at=alerts.world.clock.now(), status={"deployments": deployments})
    assert alerts.judge.watch(alerts.world.deployment) == 1
    assert alerts.told() == [Event.OPENED, Event.CLOSED]


def test_a_changed_rule_leaves_what_it_found_before(alerts: Alerts) -> None:
    made = alerts.ruled()
    for days, broken in ((9, 5), (8, 0), (2, 4)):
        alerts.rows(days, broken=broken)
    assert [each.opened for each in alerts.judged()] == [ago(9), ago(2)]
    with alerts.world.store.work() as work:
        judged = work.rules.get(made.id)
        assert judged is not None
        change_rule(judged, {"threshold": 0.6}, deployment=alerts.world.deployment, work=work, clock=alerts.world.clock)
    assert [each.opened for each in alerts.judged()] == [ago(9)]


def test_a_rule_that_is_switched_off_or_removed_closes_its_firing_quietly(alerts: Alerts) -> None:
    made = alerts.ruled()
    alerts.rows(2, broken=5)
    alerts.judged()
    how: Any = {"deployment": alerts.world.deployment, "clock": alerts.world.clock}
    with alerts.world.store.work() as work:
        off = change_rule(made, {"enabled": False}, work=work, **how)
    assert [each.open for each in alerts.judged()] == [False]
    with alerts.world.store.work() as work:
        change_rule(off, {"enabled": True}, work=work, **how)
    alerts.rows(1, broken=5)
    assert [each.open for each in alerts.judged()][-1]
    with alerts.world.store.work() as work:
        remove_rule(made, work=work, **how)
    assert not any(each.open for each in alerts.judged())
    assert all(each.sentence.startswith("Values of size broke the signature ") for each in alerts.judged())
    assert Event.CLOSED not in alerts.told()


def test_a_snooze_ends_with_a_reminder_unless_it_is_over(alerts: Alerts) -> None:
    alerts.ruled()
    alerts.rows(2, broken=5)
    (found,) = alerts.judged()
    with alerts.world.store.work() as work:
        snooze(found, NOW + timedelta(hours=1), work=work, clock=alerts.world.clock)
    for hours, expected in ((0.5, 0), (1, 1), (1, 0)):
        alerts.world.clock.move(hours=hours)
        with alerts.world.store.work() as work:
            assert remind(telling=alerts.judge.telling, work=work, clock=alerts.world.clock) == expected
    assert alerts.told() == [Event.OPENED, Event.REMINDER]


def test_only_the_channels_of_a_rule_are_told(alerts: Alerts) -> None:
    alerts.ruled(channels=())
    alerts.rows(2, broken=5)
    assert len(alerts.judged()) == 1
    assert alerts.told() == []


def test_a_change_during_a_judgement_is_judged_next_time(alerts: Alerts) -> None:
    alerts.rows(2)
    with alerts.world.store.look() as work:
        before = work.watch.changes("d1")
    alerts.violate(ago(2), 1)
    with alerts.world.store.work() as work:
        work.watch.looked_at("d1", before)
    with alerts.world.store.look() as work:
        assert [each.day for each in work.watch.changes("d1") if each.of is Changed.ROWS] == [ago(2)]


def test_what_has_not_changed_since_it_was_judged_is_not_judged_again(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = SIGNALS["violations"]

    def noted(question: Question, start: str, end: str) -> Sequence[Reading]:
        read.append(end)
        return real.read(question, start, end)

    # a count of readings, since that one is missing shows in nothing else
    monkeypatch.setitem(SIGNALS, "violations", dataclasses.replace(real, read=noted))
    alerts.ruled()
    alerts.rows(0, broken=5)
    for _ in range(3):
        assert [each.opened for each in alerts.judged()] == [ago(0)]
    assert len(read) == 2  # a rule that is new, and then the day that goes on, once
    alerts.violate(ago(0), 1)
    assert [each.worst for each in alerts.judged()] == [0.6]
    assert len(read) == 3


def test_a_rule_that_can_not_be_judged_is_tried_again(alerts: Alerts, monkeypatch: pytest.MonkeyPatch) -> None:
    real = SIGNALS["violations"]

    def failing(question: Question, start: str, end: str) -> Sequence[Reading]:
        del question, start, end
        raise ReferenceGone("It is gone.")

    # a reference that is gone keeps this signal from nothing; it stands for one that needs it
    monkeypatch.setitem(SIGNALS, "violations", dataclasses.replace(real, read=failing))
    alerts.ruled()
    alerts.rows(0, broken=5)
    assert alerts.judged() == []
    monkeypatch.setitem(SIGNALS, "violations", real)
    assert [each.opened for each in alerts.judged()] == [ago(0)]


def test_every_deployment_is_given_its_starting_rules_once(store: Store, tmp_path: Path) -> None:
    world = world_in(store, tmp_path)
    telling = Telling(clock=world.clock, address=nowhere)
    judge = Judge(store.work, store.look, world.places, world.clock, telling)
    judge.judge(world.deployment)
    with store.work() as work:
        rules = work.rules.of_deployment("d1")
        for each in rules:
            work.rules.remove(each.id)
    assert {each.signal for each in rules} >= {
        "verdicts",
        "violations",
        "errors",
        "no_traffic",
        "stale",
        "missing_labels",
        "probe",
    }
    judge.judge(world.deployment)
    with store.look() as work:
        assert work.rules.of_deployment("d1") == []


def test_late_rows_that_split_a_firing_leave_no_day_after_its_end(alerts: Alerts) -> None:
    alerts.ruled()
    for days in (6, 5, 4, 3, 2):
        alerts.rows(days, broken=5)
    assert [(each.until, each.closed) for each in alerts.judged()] == [(ago(2), None)]
    sound = call("sound", ids=[f"s{n}" for n in range(90)], owes=None)
    alerts.world.plane.append(replace_at(sound, NOW - timedelta(days=4)))
    alerts.world.collect()
    assert [(each.opened, each.until, each.closed) for each in alerts.judged()] == [
        (ago(6), ago(5), ago(4)),
        (ago(3), ago(2), None),
    ]


def test_a_feature_that_is_far_from_what_is_usual_is_named(alerts: Alerts) -> None:
    alerts.ruled(signal="drift", threshold=1.1, minimum_rows=50, needed=2, windows=7, days=7)
    for days in range(9, 0, -1):
        alerts.rows(days)
    alerts.world.clock.move(minutes=2)
    (found,) = alerts.judged()
    assert (found.since, found.opened, found.until) == (ago(5), ago(4), ago(1))  # fifty rows are there on the fifth day
    assert found.about == "town"  # only Lyon, of which the reference has half
    assert found.worst == pytest.approx(0.5579 / 0.2, abs=1e-3)
    assert found.sentence.startswith("The drift of town over 7 days is 2.79 times the usual (limit 1.1), since")


def test_a_gap_is_not_looked_back_over(alerts: Alerts) -> None:
    alerts.ruled(signal="drift", threshold=1.1, minimum_rows=50, days=7)
    for days in (30, 29, 28, 27, 26, 9, 8, 7, 6):
        alerts.rows(days)
    alerts.world.clock.move(minutes=2)
    assert [each.opened for each in alerts.judged()] == [ago(26)]


@pytest.mark.parametrize(
    ("signal", "threshold", "worst"), [("prediction_drift", 0.1, None), ("response_time", 100.0, 200.0)]
)
def test_predictions_and_response_times_are_watched(
    alerts: Alerts, signal: str, threshold: float, worst: float | None
) -> None:
    alerts.ruled(signal=signal, threshold=threshold)
    alerts.rows(2, rows=3)  # low answers only
    times = count_times([worst or 1.0] * 10)
    cell = UsageCell(1, "champion", "arrival", ago(0), 10, 10, 0, 2000.0, times)
    with alerts.world.store.work() as work:
        work.watch.add_usage("d1", [cell])
        work.watch.changed("d1", Changed.USAGE, [ago(0)], at=NOW)
    alerts.world.clock.move(minutes=2)
    (found,) = alerts.judged()
    assert found.worst > threshold
    if worst is not None:
        assert found.worst == pytest.approx(worst, rel=0.1)


@pytest.mark.parametrize("split", [None, Split(0.5)])
def test_a_challenger_that_is_slow_is_told_of_where_callers_wait_for_it(alerts: Alerts, split: Split | None) -> None:
    alerts.ruled(signal="response_time", threshold=100.0)
    with alerts.world.store.work() as work:
        release = work.deployments.current("d1")
        work.deployments.add_release(dataclasses.replace(release, number=2, split=split))
        times = {"champion": count_times([1.0] * 10), "challenger": count_times([200.0] * 10)}
        work.watch.add_usage(
            "d1", [UsageCell(2, role, "arrival", ago(0), 10, 10, 0, 2000.0, of) for role, of in times.items()]
        )
        work.watch.changed("d1", Changed.USAGE, [ago(0)], at=NOW)
    alerts.world.clock.move(minutes=2)
    assert [each.worst > 100.0 for each in alerts.judged()] == ([True] if split else [])
