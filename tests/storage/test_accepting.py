"""A drift that is known: what was accepted is what days are held against, until it is withdrawn; on every database."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from tests.fakes.rules import rule
from tests.storage.test_verdict_alerts import fired
from tests.storage.test_verdicts import ROWS, ago, calls, collected, issued, words
from tests.storage.worlds import NOW, World, world_in
from watchkeeper.access.permitting import Permit, permit
from watchkeeper.access.role import Right
from watchkeeper.access.user import Identity, User
from watchkeeper.monitoring.acceptance import Acceptance
from watchkeeper.monitoring.behind.causing import causes_of
from watchkeeper.monitoring.collecting.collecting import LeaseLost, lease_of
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.errors import AcceptanceRefused, BaselineTooSmall, NoAcceptance, NotWatched
from watchkeeper.monitoring.policy import DriftPolicy
from watchkeeper.monitoring.ports import DayVerdicts
from watchkeeper.monitoring.references.distributing import distribution
from watchkeeper.monitoring.references.drifting import drift, view
from watchkeeper.monitoring.soundness.findings import Findings
from watchkeeper.monitoring.verdicts.accepting import accept, withdraw
from watchkeeper.monitoring.verdicts.backtesting import backtest
from watchkeeper.monitoring.verdicts.issuing import issue
from watchkeeper.monitoring.verdicts.verdicts import Verdicts, known, verdicts
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.work import Store

ANN = Identity("ann", user=User(id="u1", name="ann", administrator=True, created=NOW))
BEFORE, SINCE = 6, 4
"""Days ago: stable since the first, and with other sizes since the second."""


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    world = world_in(store, tmp_path)
    collected(world, *(calls(day, moved=2.0 * (day <= SINCE)) for day in range(BEFORE, 0, -1)))
    world.clock.move(minutes=5)
    return world


def on_time(days_ago: int, **others: Any) -> Frame:
    """A day's rows that come in its night."""
    received = NOW + timedelta(days=1 - days_ago)
    return msgspec.structs.replace(calls(days_ago, **others), received=int(received.timestamp() * 1e9))


def ann(work: Any) -> Permit:
    return permit(ANN, Right.WRITE, project="p1", members=work.members)


def accepted(world: World, columns: tuple[str, ...] = ("size",), *, since: int = SINCE, **others: Any) -> Acceptance:
    given = {"through": None, "because": "the shop moved", **others}
    with world.store.work() as work:
        by: Any = {"permit": ann(work), "work": work, "places": world.places, "clock": world.clock}
        return accept(world.deployment, columns, since=ago(since), **given, **by)


def withdrawn(world: World, number: int) -> Acceptance:
    with world.store.work() as work:
        return withdraw(world.deployment, number, permit=ann(work), work=work, clock=world.clock)


def of_size(found: dict[str, DayVerdicts]) -> list[str]:
    return [words(found[day])[0] for day in sorted(found)]


def period(world: World, start: int, end: int) -> Verdicts:
    with world.store.work() as work:
        seen = view(world.deployment, start=ago(start), end=ago(end), work=work, places=world.places)
        of = known(world.deployment, seen, start=ago(start), end=ago(end), work=work, places=world.places)
        return verdicts(seen, of, days=start - end + 1)


def test_days_from_then_on_are_judged_again_and_those_before_keep_their_verdicts(world: World) -> None:
    before = issued(world)
    assert of_size(before) == ["stable"] * 2 + ["drifted"] * 4
    said = accepted(world)
    assert (said.number, said.since, said.through, said.accepted_by) == (1, ago(SINCE), ago(1), "ann")
    after = issued(world)
    assert of_size(after) == ["stable"] * 6
    assert [after[ago(day)].revision for day in range(BEFORE, 0, -1)] == [1, 1, 2, 2, 2, 2]
    assert [after[ago(day)].acceptance for day in range(BEFORE, 0, -1)] == [0, 0, 1, 1, 1, 1]
    assert after[ago(5)].at == before[ago(5)].at
    assert issue(world.deployment, world.collector) == 0


def test_windows_of_several_days_follow_and_come_back(world: World) -> None:
    def longer() -> dict[tuple[str, int], DayVerdicts]:
        issued(world)
        with world.store.look() as work:
            found = work.verdicts.trailing("d1", start=ago(BEFORE), end=ago(1))
        return {(each.day, each.days): each for each in found}

    before = longer()
    assert {words(of)[0] for (day, _), of in before.items() if day >= ago(SINCE - 1)} == {"drifted"}
    accepted(world)
    known = longer()
    assert {words(of)[0] for (day, _), of in known.items() if day >= ago(SINCE)} == {"stable"}
    assert known[ago(1), 7].records["rows"].tolist()[:2] == [SINCE * ROWS, BEFORE * ROWS]
    withdrawn(world, 1)
    after = longer()
    assert all((after[key].records == of.records).all() for key, of in before.items())


def test_withdrawing_restores_the_verdicts_exactly_and_what_is_told_with_them(world: World) -> None:
    before = issued(world)
    accepted(world)
    issued(world)
    back = withdrawn(world, 1)
    assert back.withdrawn is not None
    assert (back.withdrawn.number, back.withdrawn.by) == (2, "ann")
    after = issued(world)
    for day, of in before.items():
        assert (after[day].records == of.records).all()
    assert withdrawn(world, 1) == back
    with pytest.raises(NoAcceptance):
        withdrawn(world, 2)


def test_an_alarm_that_stands_ends_with_the_acceptance_and_stands_again_once_that_is_withdrawn(world: World) -> None:
    with world.store.work() as work:
        work.rules.begin("d1")
        work.rules.add(rule(signal="verdicts", threshold=0.0, needed=1, windows=1))
    world.clock.move(minutes=5)
    (firing,) = fired(world)
    assert firing.open
    accepted(world)
    world.clock.move(minutes=5)
    assert fired(world) == []
    with world.store.look() as work:
        (gone,) = work.firings.since(firing.rule, ago(BEFORE))
    assert (gone.id, gone.open, gone.withdrawn) == (firing.id, False, True)
    withdrawn(world, 1)
    world.clock.move(minutes=5)
    (again,) = fired(world)
    assert (again.since, again.about, again.open) == (firing.since, "size", True)


@pytest.mark.parametrize("judged", [0, 1], ids=["before", "after"])
def test_what_is_told_after_a_withdrawal_hangs_on_no_timing(world: World, judged: int) -> None:
    """Whether the worker came to judge days by what was accepted, or it was withdrawn before."""
    before = issued(world)
    accepted(world)
    for _ in range(judged):
        issued(world)
    withdrawn(world, 1)
    after = issued(world)
    assert all((after[day].records == of.records).all() for day, of in before.items())


def test_what_is_accepted_while_another_is_withdrawn_raises_no_alarm(world: World) -> None:
    collected(world, *(calls(day, name="later", moved=4.5) for day in (2, 1)))
    issued(world)
    accepted(world, through=ago(3))
    accepted(world, ("town",))
    assert issued(world)[ago(1)].records["told"].tolist()[:2] == [1, 0]
    withdrawn(world, 2)
    accepted(world, since=2, because="it moved on")
    newest = issued(world)[ago(1)]
    assert words(newest)[0] == "stable"
    assert not newest.records["told"].any()


def test_what_moves_on_from_what_was_accepted_is_drifted_again_and_told(world: World) -> None:
    accepted(world)
    issued(world)
    collected(world, on_time(0, moved=4.5), on_time(-1, moved=4.5))
    world.clock.move(days=3)
    newest = issued(world)[ago(-1)]
    assert words(newest)[0] == "drifted"
    assert newest.records["told"][0]


def test_a_worker_killed_between_its_transactions_has_lost_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued(world)
    accepted(world)
    take = type(world.collector).take

    def taken_over(self: Any, deployment: Any) -> int | None:
        token = take(self, deployment)
        with world.store.work() as work:  # another worker, once this one's lease has run out
            later = world.clock.now() + timedelta(hours=1)
            work.lease.take(lease_of(deployment), holder="other", now=later, until=later + timedelta(hours=1))
        return token

    with monkeypatch.context() as patched:
        patched.setattr(type(world.collector), "take", taken_over)
        with pytest.raises(LeaseLost):
            issue(world.deployment, world.collector)
    with world.store.look() as work:
        assert {each.acceptance for each in work.verdicts.between("d1", start=ago(9), end=ago(0))} == {0}
    world.clock.move(hours=3)
    assert of_size(issued(world)) == ["stable"] * 6


def test_what_is_accepted_while_days_are_judged_leaves_them_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    take = type(world.collector).take

    def meanwhile(self: Any, deployment: Any) -> int | None:
        monkeypatch.setattr(type(world.collector), "take", take)
        accepted(world)
        return take(self, deployment)

    monkeypatch.setattr(type(world.collector), "take", meanwhile)
    assert of_size(issued(world)) == ["stable"] * 6


def test_a_period_counts_from_the_acceptance_on_and_says_by_whom_and_why(world: World) -> None:
    assert period(world, BEFORE, 1).drifted == ("size",)
    accepted(world)
    found = period(world, BEFORE, 1)
    assert found.drifted == ()
    size, town = (next(each for each in found.columns if each.column.name == name) for name in ("size", "town"))
    assert (size.found.verdict, size.found.rows, town.found.rows) == (Verdict.STABLE, SINCE * ROWS, BEFORE * ROWS)
    assert size.found.effect.estimate == pytest.approx(0.0, abs=1e-9)
    assert size.accepted is not None
    stretch = "25 to 28 February 2026"
    assert size.accepted.sentence == f"Held against {stretch}, accepted by ann on 1 March 2026: the shop moved"
    assert town.accepted is None
    assert period(world, BEFORE, SINCE + 1).columns[0].accepted is None


def test_distances_and_shares_are_from_what_was_accepted_too(world: World) -> None:
    accepted(world)
    with world.store.work() as work:
        seen = view(world.deployment, start=ago(BEFORE), end=ago(1), work=work, places=world.places)
    by_day = {day: roles[Role.CHAMPION].features["size"] for day, roles in drift(seen, start=ago(6), end=ago(1)).days}
    usual, since = by_day[ago(5)], by_day[ago(2)]
    assert usual is not None
    assert since == pytest.approx(0.0, abs=1e-9)
    shown = next(each for each in distribution(seen)["features"] if each["name"] == "size")
    assert shown["reference"] == pytest.approx(shown["champion"])
    assert (shown["rows"], shown["drift"]) == (SINCE * ROWS, pytest.approx(0.0, abs=1e-9))


def test_days_without_rows_have_no_distance_whatever_is_accepted(world: World) -> None:
    accepted(world, ("size", "prediction of the champion"))
    with world.store.work() as work:
        seen = view(world.deployment, start=ago(90), end=ago(80), work=work, places=world.places)
    found = drift(seen, start=ago(90), end=ago(80))
    assert found.total[Role.CHAMPION].features == {"size": None, "town": None}
    assert found.total[Role.CHAMPION].prediction is None
    assert distribution(seen)["rows"] == 0


def test_the_cause_of_what_moved_on_is_counted_from_the_acceptance(world: World) -> None:
    accepted(world, through=ago(3))
    collected(world, *(on_time(day, moved=2.0 if day > -6 else 4.5) for day in range(0, -12, -1)))
    with world.store.work() as work:
        span: Any = {"start": ago(0), "end": ago(-11)}
        long = view(world.deployment, start=ago(BEFORE), end=ago(-11), work=work, places=world.places)
        seen = long.since(ago(0))
        found = verdicts(seen, known(world.deployment, seen, **span, work=work, places=world.places), days=12)
    (cause,) = causes_of(long, found, Findings(), start=ago(0))
    assert cause.suspect.began is not None
    assert cause.suspect.began.first == ago(-6)


def test_values_never_seen_before_are_like_any_others_once_they_are_accepted(world: World) -> None:
    """Sizes beyond the reference's are `above`, which no row of the reference is by construction."""
    accepted(world)
    found = issued(world)[ago(1)].records[0]
    assert found["effect"] == pytest.approx(0.0, abs=1e-6)
    assert found["p_value"] == pytest.approx(1.0)


def test_the_last_word_on_a_column_holds_and_what_it_covered_comes_back_with_its_end(world: World) -> None:
    first = accepted(world, through=ago(3))
    second = accepted(world, ("size", "town"), since=2, because="it moved on")
    with world.store.look() as work:
        assert [each.number for each in work.acceptances.all("d1")] == [2, 1]
    assert [each.accepted for each in period(world, 1, 1).columns if each.column.name == "size"] == [second]
    assert [each.accepted for each in period(world, 3, 3).columns if each.column.name == "size"] == [first]
    withdrawn(world, 2)
    assert [each.accepted for each in period(world, 1, 1).columns if each.column.name == "size"] == [first]


def test_a_prediction_is_held_against_what_the_same_model_answered(world: World) -> None:
    name = "prediction of the champion"
    found = accepted(world, (name,)).columns[name]
    assert (found.model, int(found.counts.sum())) == ("m1", SINCE * ROWS)
    held = next(each for each in period(world, 2, 1).columns if each.column.name == name)
    assert held.accepted is not None
    with world.store.work() as work:
        release = replace(work.deployments.current("d1"), number=2, champion="m2", challenger=None)
        work.deployments.add_release(release)
    collected(world, msgspec.structs.replace(on_time(-1), release=2, model="m2"))
    (now,) = [each for each in period(world, -1, -1).columns if each.column.name == name]
    assert now.accepted is None


def test_the_past_is_tried_as_it_is_judged(world: World) -> None:
    def alarms() -> list[str]:
        with world.store.work() as work:
            span = {"start": ago(BEFORE), "end": ago(1)}
            found = backtest(world.deployment, DriftPolicy(), **span, work=work, places=world.places)
            return [each.column for each in found.alarms]

    assert alarms() == ["size"]
    accepted(world)
    assert alarms() == []


def test_late_rows_of_the_stretch_change_nothing_of_what_was_accepted(world: World) -> None:
    accepted(world)
    before = issued(world)[ago(1)]
    collected(world, calls(3, name="late", moved=5.0))
    after = issued(world)
    assert (after[ago(1)].records == before.records).all()
    assert words(after[ago(3)])[0] == "drifted"


@pytest.mark.parametrize(
    ("columns", "given", "error", "says"),
    [
        ((), {}, AcceptanceRefused, "at least one"),
        (("sise",), {}, NotWatched, "There is: size, town, prediction of the champion"),
        (("size",), {"because": " \n"}, AcceptanceRefused, "why"),
        (("size",), {"because": "x" * 501}, AcceptanceRefused, "up to 500"),
        (("size",), {"because": "\u200b\u2060 \u3164\ufe0f"}, AcceptanceRefused, "why"),
        (("size",), {"because": "\u202e\u200f"}, AcceptanceRefused, "why"),
        (("size",), {"because": "the \u202egrid moved"}, AcceptanceRefused, "turn the direction"),
        (("size",), {"because": "the grid\x00 moved"}, AcceptanceRefused, "control characters"),
        (("size",), {"since": -3}, AcceptanceRefused, "4 March 2026 is not over. Give a first day up to 28 February"),
        (("size",), {"through": ago(-2)}, AcceptanceRefused, "3 March 2026 is not over"),
        (("size",), {"through": ago(5)}, AcceptanceRefused, "before it begins"),
        (("size",), {"since": 9_000}, AcceptanceRefused, "may have 3,660 days"),
        (("size",), {"since": 90, "through": ago(80)}, AcceptanceRefused, "There are rows from 23 February 2026 on"),
        (("prediction of the challenger",), {}, BaselineTooSmall, "200 are the fewest"),
    ],
)
def test_what_can_not_be_accepted_is_refused_by_name_and_nothing_is_kept(
    world: World, columns: tuple[str, ...], given: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        accepted(world, columns, **given)
    with world.store.look() as work:
        assert work.acceptances.all("d1") == []


def test_what_is_said_twice_is_said_once(world: World) -> None:
    said = accepted(world)
    assert accepted(world) == said
    other = accepted(world, because="another reason")
    assert other.number == said.number + 1
    with world.store.look() as work:
        assert [each.number for each in work.acceptances.all("d1")] == [other.number, said.number]


def test_counts_come_back_as_they_were_kept(world: World) -> None:
    said = accepted(world, ("town", "size"))
    with world.store.look() as work:
        (kept,) = work.acceptances.all("d1")
    assert list(kept.columns) == ["town", "size"]
    assert all(np.array_equal(kept.columns[name].counts, of.counts) for name, of in said.columns.items())
