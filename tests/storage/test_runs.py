"""Runs over a real database: what is recorded never runs again, whoever is killed, and people decide what they may."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.clock import StillClock
from tests.fakes.rules import rule
from tests.storage.worlds import NOW, World, call, world_in
from watchkeeper.access.errors import RightMissing
from watchkeeper.access.permitting import Permit, permit
from watchkeeper.access.role import Right, Role
from watchkeeper.access.user import Identity, Member, User
from watchkeeper.alerts.channel import Channel, Kind
from watchkeeper.alerts.firing import Firing
from watchkeeper.alerts.telling import Telling
from watchkeeper.pipelines.creating import create_pipeline, create_pipeline_version, pause_pipeline
from watchkeeper.pipelines.deciding import approve, cancel_run, resume_run
from watchkeeper.pipelines.errors import CodeBroken, NothingAsked, PipelineRefused, RunGoesOn, RunOver
from watchkeeper.pipelines.pipeline import Pipeline, PipelineVersion
from watchkeeper.pipelines.run import Cause, Run, StepRun
from watchkeeper.pipelines.running import LEASE, Runner
from watchkeeper.pipelines.scheduling import Scheduler
from watchkeeper.pipelines.starting import start_run
from watchkeeper.pipelines.steps.kind import Tools
from watchkeeper.storage.work import Store

WAITING = {"kind": "wait", "time": "1h"}


@dataclass
class Line:
    """A project with a deployment, and workers that come and go."""

    store: Store
    world: World
    folder: Path
    workers: int = 0
    runner: Runner | None = None

    @property
    def clock(self) -> StillClock:
        return self.world.clock

    def permit(self, user: str = "u1", right: Right = Right.WRITE) -> Permit:
        with self.store.look() as work:
            found = work.users.get(user)
            assert found is not None
            return permit(Identity(found.name, user=found), right, project="p1", members=work.members)

    def make(self, name: str = "line", *, by: str = "u1", **definition: Any) -> Pipeline:
        with self.store.work() as work:
            return create_pipeline(
                name, definition, permit=self.permit(by), work=work, folders=(self.folder,), clock=self.clock
            )

    def start(self, pipeline: Pipeline, **parameters: Any) -> Run:
        with self.store.work() as work:
            held = work.pipelines.hold(pipeline.id)
            assert held is not None
            return start_run(
                held, cause=Cause.HAND, why="x", by="u1", parameters=parameters, work=work, clock=self.clock
            )

    def run(self, **definition: Any) -> Run:
        return self.start(self.make(**definition))

    def worker(self) -> Runner:
        """A new one; the one before is gone without a word."""
        self.workers += 1
        self.clock.move(seconds=LEASE.total_seconds() + 1)
        tools = Tools(
            unit=self.store.work,
            look=self.store.look,
            places=self.world.places,
            clock=self.clock,
            telling=Telling(self.clock, lambda *_: "http://here"),
            folders=(self.folder,),
        )
        self.runner = Runner(f"worker {self.workers}", tools)
        return self.runner

    def turn(self) -> None:
        (self.runner or self.worker()).turn()

    def state(self, run: Run) -> str:
        with self.store.look() as work:
            found = work.runs.get(run.id)
        assert found is not None
        return found.state.value

    def said(self, run: Run) -> str:
        with self.store.look() as work:
            found = work.runs.get(run.id)
        assert found is not None
        return found.said

    def step(self, run: Run, name: str) -> StepRun:
        with self.store.look() as work:
            return next(step for step in work.runs.steps(run.id) if step.name == name)

    def states(self, run: Run) -> dict[str, str]:
        with self.store.look() as work:
            return {step.name: step.state.value for step in work.runs.steps(run.id)}

    def until(self, run: Run, *states: str, within: float = 20.0) -> None:
        """Steps on threads take real time, however still the clock stands."""
        end = time.monotonic() + within
        while self.state(run) not in states:
            assert time.monotonic() < end, (self.state(run), self.states(run), self.said(run))
            self.turn()
            self.clock.move(seconds=1)
            time.sleep(0.02)

    def releases(self) -> list[Any]:
        with self.store.look() as work:
            return work.deployments.releases("d1")


@pytest.fixture
def line(store: Store, tmp_path: Path) -> Iterator[Line]:
    world = world_in(store, tmp_path)
    folder = tmp_path / "exchange"
    folder.mkdir()
    with store.work() as work:
        work.users.add(User("u1", "Ada", administrator=True, created=NOW))
        for name, role in (("bob", Role.CONTRIBUTOR), ("eve", Role.VIEWER)):
            work.users.add(User(name, name, administrator=False, created=NOW))
            work.members.add(Member("p1", name, role))
    made = Line(store, world, folder)
    yield made
    if made.runner is not None:
        made.runner.stop()


def test_steps_follow_one_another_and_hand_on_what_they_gave(line: Line) -> None:
    run = line.run(
        parameters={"who": "you"},
        steps={
            "sum": {
                "kind": "python",
                "code": "def run(inputs):\n    print('adding')\n    return {'sum': inputs['a'] + 1}",
                "inputs": {"a": 41},
            },
            "check": {"kind": "gate", "value": "${sum.sum}", "is": 42},
            "tell": {"kind": "notify", "message": "It is ${sum.sum}, ${parameters.who}.", "after": ["check"]},
        },
    )
    with line.store.work() as work:
        work.channels.add(Channel("c1", "p1", "hook", Kind.WEBHOOK, {"url": "http://x"}, "", True, NOW, "u1"))
    line.until(run, "done")
    assert line.states(run) == {"sum": "done", "check": "done", "tell": "done"}
    with line.store.look() as work:
        assert [each.message["text"] for each in work.deliveries.of_channel("c1", limit=9)] == ["It is 42, you."]
        assert work.runs.attempts(run.id, step="sum")[0].log == "adding\n"


def test_where_a_gate_does_not_go_on_the_rest_is_skipped_and_the_run_is_done(line: Line) -> None:
    run = line.run(
        steps={
            "check": {"kind": "gate", "value": "${run.number}", "above": 1},
            "tell": {"kind": "notify", "message": "x", "after": ["check"]},
            "again": {"kind": "notify", "message": "x", "after": ["tell"]},
        }
    )
    line.turn()
    assert (line.state(run), line.states(run)) == ("done", {"check": "done", "tell": "skipped", "again": "skipped"})
    assert "skipped" in line.said(run)


def test_a_release_is_made_once_and_names_its_run(line: Line) -> None:
    run = line.run(deployment="p.live", steps={"promote": {"kind": "promote", "reason": "it is better"}})
    line.turn()
    assert line.state(run) == "done"
    for _ in range(3):
        line.worker().turn()
    newest = line.releases()[-1]
    assert (newest.number, newest.champion, newest.run) == (2, "m2", f"{run.id}/promote")
    assert newest.reason == "Run 1 of 'line', step 'promote': it is better"


def test_of_two_promotions_at_once_the_second_gets_the_named_conflict(line: Line) -> None:
    first, second = (line.run(name=name, deployment="d1", steps={"go": {"kind": "promote"}}) for name in ("a", "b"))
    line.turn()
    assert (line.state(first), line.state(second)) == ("done", "failed")
    error = line.step(second, "go").error
    assert error is not None
    assert error["code"] == "no-challenger"
    expected = line.run(name="c", deployment="d1", steps={"go": {"kind": "roll_back", "expected": 1}})
    line.turn()
    error = line.step(expected, "go").error
    assert error is not None
    assert error["code"] == "release-moved"


def test_a_wait_outlives_its_worker_and_goes_by_the_clock(line: Line) -> None:
    run = line.run(steps={"pause": WAITING, "tell": {"kind": "notify", "message": "x", "after": ["pause"]}})
    line.turn()
    assert line.states(run) == {"pause": "waiting", "tell": "pending"}
    line.worker().turn()
    line.clock.move(minutes=50)
    line.turn()
    assert line.state(run) == "running"
    line.clock.move(minutes=10)
    line.turn()
    assert line.state(run) == "done"


def test_event_time_is_that_of_the_newest_row(line: Line) -> None:
    run = line.run(deployment="d1", clock="event", steps={"pause": {"kind": "wait", "time": "12h"}})
    line.turn()
    assert "first row" in line.step(run, "pause").said
    line.world.plane.append(call("first"))
    line.world.collect()
    line.clock.move(hours=100)
    line.turn()
    assert line.states(run) == {"pause": "waiting"}
    late = call("late")
    line.world.plane.append(type(late)(**{**_fields(late), "at": [late.at[0] + 12 * 3600 * 10**6]}))
    line.world.collect()
    line.clock.move(hours=1)
    line.turn()
    assert line.state(run) == "done"


def _fields(frame: Any) -> dict[str, Any]:
    return {name: getattr(frame, name) for name in frame.__struct_fields__}


def test_a_gate_waits_for_who_has_the_right_and_says_who_decided(line: Line) -> None:
    run = line.run(
        steps={
            "ask": {"kind": "gate", "approval": {"right": "manage", "ask": "Really?"}},
            "tell": {"kind": "notify", "message": "x", "after": ["ask"]},
        }
    )
    line.turn()
    assert (line.step(run, "ask").said, line.step(run, "ask").asks) == ("Really?", "manage")
    with line.store.work() as work, pytest.raises(RightMissing, match="bob lacks the right to manage"):
        approve(run, "ask", approved=True, reason="", permit=line.permit("bob"), work=work, clock=line.clock)
    with line.store.work() as work:
        approve(run, "ask", approved=False, reason="not today", permit=line.permit(), work=work, clock=line.clock)
    with line.store.work() as work, pytest.raises(NothingAsked):
        approve(run, "ask", approved=True, reason="", permit=line.permit(), work=work, clock=line.clock)
    line.turn()
    assert (line.state(run), line.states(run)["tell"]) == ("done", "skipped")
    assert line.step(run, "ask").said.startswith("Refused by Ada: not today")
    decision = line.step(run, "ask").decision
    assert decision is not None
    assert (decision["by"], decision["at"]) == ("u1", decision["at"])


def test_what_fails_is_tried_again_with_growing_pauses_then_fails_the_run(line: Line) -> None:
    run = line.run(steps={"get": {"kind": "import", "from": "file", "path": "a.csv", "retries": 2, "pause": "10s"}})
    dues = []
    while line.state(run) == "running":
        step = line.step(run, "get")
        if step.state == "retrying" and step.due not in dues:
            dues.append(step.due)
            assert step.ended is not None
            assert step.due is not None
            assert (step.due - step.ended).total_seconds() == 10 * 2 ** (len(dues) - 1)
        line.turn()
        line.clock.move(seconds=1)
        time.sleep(0.02)
    assert (len(dues), line.step(run, "get").attempt) == (2, 3)
    assert "There is no file 'a.csv' there." in line.said(run)


def test_a_step_that_never_ends_is_stopped(line: Line) -> None:
    run = line.run(
        steps={"loop": {"kind": "python", "code": "def run(inputs):\n    while True: pass", "timeout": "1s"}}
    )
    line.until(run, "failed")
    error = line.step(run, "loop").error
    assert error is not None
    assert error["code"] == "step-timed-out"


def test_a_step_that_prints_without_end_keeps_head_and_tail(line: Line) -> None:
    code = "def run(inputs):\n    print(chr(0))\n    for n in range(200_000): print('line', n)\n    return {'n': 1}"
    run = line.run(steps={"print": {"kind": "python", "code": code}})
    line.until(run, "done")
    with line.store.look() as work:
        made = work.runs.attempts(run.id, step="print")[0]
    assert made.log.startswith("\ufffd\nline 0\nline 1\n")
    assert made.log.endswith("line 199999\n")
    assert made.omitted > 1_000_000
    assert len(made.log) < 70_000


def test_code_that_raises_fails_with_its_traceback_in_the_log(line: Line) -> None:
    run = line.run(steps={"bad": {"kind": "python", "code": "def run(inputs):\n    raise ValueError('so')"}})
    line.until(run, "failed")
    with line.store.look() as work:
        assert "ValueError: so" in work.runs.attempts(run.id, step="bad")[0].log


def test_a_run_that_is_cancelled_stops_what_is_at_work_and_can_be_resumed(line: Line) -> None:
    code = "import time\ndef run(inputs):\n    time.sleep(inputs['s'])\n    return {}"
    run = line.run(
        parameters={"s": 60},
        steps={
            "before": {"kind": "gate", "value": 1, "is": 1},
            "long": {"kind": "python", "code": code, "inputs": {"s": "${parameters.s}"}, "after": ["before"]},
            "tell": {"kind": "notify", "message": "x", "after": ["long"]},
        },
    )
    line.turn()
    assert line.states(run) == {"before": "done", "long": "running", "tell": "pending"}
    with line.store.work() as work:
        cancel_run(run, permit=line.permit(), work=work, clock=line.clock)
    with line.store.work() as work, pytest.raises(RunGoesOn):
        resume_run(run, work=work, clock=line.clock)
    end = time.monotonic() + 20
    while line.states(run)["long"] == "running":
        assert time.monotonic() < end
        line.turn()
        time.sleep(0.02)
    assert (line.state(run), line.states(run)["tell"], line.said(run)) == (
        "cancelled",
        "cancelled",
        "Cancelled by Ada.",
    )
    with line.store.work() as work:
        with pytest.raises(RunOver):
            cancel_run(run, permit=line.permit(), work=work, clock=line.clock)
        resume_run(run, work=work, clock=line.clock)
        work.runs.change(replace(_kept(work, run), parameters={"s": 0}))
    line.until(run, "done")
    assert (line.step(run, "before").attempt, line.step(run, "long").attempt) == (1, 2)


def _kept(work: Any, run: Run) -> Run:
    found: Run = work.runs.get(run.id)
    return found


def test_what_was_at_work_when_its_process_died_begins_again_as_the_same_attempt(line: Line) -> None:
    (line.folder / "ready.txt").write_text("size,y\n1,2\n")
    code = "import time, pathlib\ndef run(inputs):\n    time.sleep(inputs['s'])\n    return {}"
    run = line.run(steps={"long": {"kind": "python", "code": code, "inputs": {"s": 0.5}}})
    line.turn()
    dead = line.runner
    assert dead is not None
    line.worker()
    line.until(run, "done")
    assert line.step(run, "long").attempt == 1
    time.sleep(0.6)
    dead.turn()  # it comes back, and is told nothing and records nothing
    assert line.state(run) == "done"
    dead.stop()


def test_a_failed_run_is_resumed_from_where_it_failed(line: Line) -> None:
    run = line.run(
        steps={
            "before": {"kind": "gate", "value": 1, "is": 1},
            "get": {"kind": "import", "from": "file", "path": "a.csv", "after": ["before"]},
            "aside": {"kind": "wait", "time": "1h"},
        }
    )
    line.until(run, "failed")
    assert line.states(run) == {"before": "done", "get": "failed", "aside": "cancelled"}
    with line.store.work() as work:
        resume_run(run, work=work, clock=line.clock)
    line.turn()
    assert (line.states(run)["before"], line.step(run, "before").attempt) == ("done", 1)
    line.until(run, "failed")
    assert line.step(run, "get").attempt == 2


def test_what_is_named_must_be_there_and_what_is_done_must_be_allowed(line: Line) -> None:
    code = {"kind": "python", "code": "def run(inputs): pass"}
    with pytest.raises(RightMissing, match="run_code"):
        line.make(by="bob", steps={"a": code})
    with pytest.raises(CodeBroken):
        line.make(steps={"a": {**code, "code": "def run(inputs"}})
    with pytest.raises(CodeBroken):
        line.make(steps={"a": {**code, "code": "print(1)"}})
    cases: list[tuple[dict[str, Any], str]] = [
        ({"deployment": "none", "steps": {"a": {"kind": "promote"}}}, "deployment"),
        ({"steps": {"a": {"kind": "promote"}}}, "steps.a.deployment"),
        ({"steps": {"a": {"kind": "promote", "deployment": "none"}}}, "steps.a.deployment"),
        ({"steps": {"a": {"kind": "train", "dataset": "none", "experiment": "why"}}}, "steps.a.dataset"),
        ({"steps": {"a": {"kind": "train", "dataset": "rows", "experiment": "no"}}}, "steps.a.experiment"),
        ({"steps": {"a": {"kind": "notify", "message": "x", "channels": ["no"]}}}, "steps.a.channels"),
        ({"steps": {"a": {"kind": "import", "from": "file", "path": "../../etc/passwd"}}}, "steps.a.path"),
        ({"steps": {"a": {"kind": "export", "dataset": "rows", "path": "/etc/x"}}}, "steps.a.path"),
        ({"steps": {"a": {"kind": "wait"}}}, "steps.a.time"),
        ({"steps": {"a": {"kind": "gate"}}}, "steps.a.value"),
        (
            {"deployment": "d1", "on_firing": {"rules": ["no"]}, "steps": {"a": {"kind": "promote"}}},
            "on_firing.rules",
        ),
    ]
    for definition, place in cases:
        with pytest.raises(PipelineRefused) as refused:
            line.make(**definition)
        assert refused.value.fields == (place,)


def test_a_role_that_was_taken_away_is_missed_when_the_step_comes(line: Line) -> None:
    made = line.make(by="bob", deployment="d1", steps={"go": {"kind": "promote"}})
    with line.store.work() as work:
        work.members.remove(project="p1", user="bob")
    run = line.start(made)
    line.turn()
    assert line.state(run) == "failed"
    assert len(line.releases()) == 1


def scheduler(line: Line) -> Callable[[], list[Run]]:
    return Scheduler(line.store.work, line.store.look, line.clock).turn


def test_a_tick_begins_one_run_and_missed_ones_are_caught_up_by_one_that_says_so(line: Line) -> None:
    made = line.make(schedule={"cron": "0 * * * *", "time_zone": "Europe/Bucharest"}, steps={"pause": WAITING})
    turn = scheduler(line)
    assert turn() == []
    line.clock.move(hours=1)
    first = turn()
    assert [run.cause.value for run in first] == ["tick"]
    assert turn() == []
    line.clock.move(hours=3)
    assert turn() == []  # one goes on
    with line.store.work() as work:
        cancel_run(first[0], permit=line.permit(), work=work, clock=line.clock)
    (second,) = turn()
    assert "it catches up for the 2 before it" in second.why
    assert turn() == []
    assert second.number == 2
    with line.store.work() as work:
        cancel_run(second, permit=line.permit(), work=work, clock=line.clock)
        pause_pipeline(made, paused=True, work=work, clock=line.clock)
    line.clock.move(hours=5)
    assert turn() == []
    with line.store.work() as work:
        pause_pipeline(made, paused=False, work=work, clock=line.clock)
    assert turn() == []


def test_two_schedulers_that_look_at_once_begin_one_run(line: Line) -> None:
    line.make(schedule={"cron": "0 * * * *"}, steps={"pause": WAITING})
    line.clock.move(hours=1)
    one, other = scheduler(line), scheduler(line)
    assert len(one() + other()) == 1


def test_a_tick_by_event_time_comes_when_a_row_has_passed_it(line: Line) -> None:
    line.make(deployment="d1", clock="event", schedule={"cron": "0 0 * * *"}, steps={"pause": WAITING})
    turn = scheduler(line)
    assert turn() == []
    line.world.plane.append(call("first"))
    line.world.collect()
    line.clock.move(days=20)
    assert turn() == []
    late = call("late")
    line.world.plane.append(type(late)(**{**_fields(late), "at": [late.at[0] + 13 * 3600 * 10**6]}))
    line.world.collect()
    (run,) = turn()
    assert run.moment == NOW - timedelta(days=1) + timedelta(hours=13)


def test_a_new_version_leaves_the_old_as_it_was(line: Line) -> None:
    made = line.make(steps={"pause": WAITING})
    run = line.start(made)
    with line.store.work() as work:
        create_pipeline_version(
            made,
            {"steps": {"tell": {"kind": "notify", "message": "x"}}},
            permit=line.permit(),
            work=work,
            folders=(line.folder,),
            clock=line.clock,
        )
    line.turn()
    assert line.states(run) == {"pause": "waiting"}
    assert list(line.states(line.start(made))) == ["tell"]


def test_a_pipeline_whose_newest_run_failed_is_named_until_it_runs_well(line: Line) -> None:
    def failed() -> list[str]:
        with line.store.look() as work:
            return work.runs.failed("d1")

    made = line.make(
        deployment="d1",
        parameters={"n": 0},
        steps={"check": {"kind": "gate", "value": "${parameters.n}", "is": 1, "otherwise": "fail"}},
    )
    line.make(name="other", steps={"pause": WAITING})
    assert failed() == []
    line.start(made)
    line.turn()
    assert failed() == ["line"]
    line.start(made, n=1)
    line.turn()
    assert failed() == []


def fire(line: Line, name: str, signal: str = "drift") -> None:
    with line.store.work() as work:
        work.rules.add(rule(id=f"rule {name}", name=f"rule {name}", signal=signal))
        found = line.clock.now()
        spell = {"since": "2026-02-01", "opened": "2026-02-02", "until": "2026-02-02", "closed": None}
        sizes = {"value": 2.0, "worst": 2.0, "last": 2.0, "threshold": 1.0}
        of = {"rule": f"rule {name}", "project": "p1", "deployment": "d1"}
        work.firings.add(Firing(id=name, sentence="It drifts.", found=found, **of, **spell, **sizes))  # type: ignore[arg-type]


def test_a_firing_of_a_chosen_rule_begins_one_run_and_others_wait_for_the_cool_down(line: Line) -> None:
    line.make(
        deployment="d1",
        on_firing={"rules": ["drift"], "cool_down": "10d"},
        steps={"check": {"kind": "gate", "value": 1, "is": 1}},
    )
    turn = scheduler(line)
    line.clock.move(hours=1)
    fire(line, "other", signal="errors")
    assert turn() == []
    fire(line, "first")
    (run,) = turn()
    assert (run.cause, run.why) == (Cause.FIRING, "A rule fired: It drifts.")
    line.turn()
    assert turn() == []
    line.clock.move(days=2)
    fire(line, "soon")
    assert turn() == []
    line.clock.move(days=9)
    assert turn() == []  # it was dealt with
    fire(line, "late")
    assert len(turn()) == 1


def test_a_wait_for_the_walls_time_is_not_looked_at_before_it_is_over(line: Line) -> None:
    run = line.run(steps={"pause": {"kind": "wait", "time": "30d"}})
    line.turn()
    due = line.step(run, "pause").due
    assert due == NOW + timedelta(seconds=LEASE.total_seconds() + 1, days=30)
    with line.store.look() as work:
        assert work.runs.due(due - timedelta(seconds=1)) == []


def test_a_definition_that_can_no_longer_be_read_keeps_no_other_run_waiting(line: Line) -> None:
    good, bad = (line.make(name=name, steps={"pause": {"kind": "wait", "time": "1s"}}) for name in ("good", "bad"))
    with line.store.work() as work:
        work.pipelines.add_version(PipelineVersion(bad.id, 2, {"steps": {"a": {"kind": "gone"}}}, NOW, "u1"))
    runs = [line.start(each) for each in (good, bad)]
    with line.store.work() as work:
        kept = work.runs.get(runs[1].id)
        assert kept is not None
        work.runs.change(replace(kept, version=2))
    line.until(runs[0], "done")
    assert line.state(runs[1]) == "running"
