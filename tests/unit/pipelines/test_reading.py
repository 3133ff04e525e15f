"""What is wrong with a definition is said before it is saved, with its place."""

from typing import Any

import pytest

from watchkeeper.pipelines.errors import GraphCycle, PipelineRefused, ScheduleRefused, UnknownStep
from watchkeeper.pipelines.pipeline import ClockKind
from watchkeeper.pipelines.reading import parse_yaml, read_graph, write_yaml

GATE = {"kind": "gate", "approval": True}


def daily(zone: str) -> dict[str, Any]:
    return {"schedule": {"cron": "0 0 * * *", "time_zone": zone}}


def steps(**named: Any) -> dict[str, Any]:
    return {"steps": named}


def test_steps_come_in_an_order_in_which_each_has_what_it_needs() -> None:
    graph = read_graph(
        steps(
            tell={"kind": "notify", "message": "${train.score} of ${parameters.who}", "after": ["gate"]},
            gate={"kind": "gate", "value": "${train.score}", "above": 1},
            train={"kind": "train", "dataset": "${data.dataset}", "experiment": "e"},
            data={"kind": "import", "from": "file", "path": "a.csv"},
        )
        | {"parameters": {"who": "me"}}
    )
    assert [step.name for step in graph.steps] == ["data", "train", "gate", "tell"]
    assert graph.step("tell").after == ("gate", "train")
    assert graph.followers("train") == {"train", "gate", "tell"}
    assert graph.clock is ClockKind.WALL


def test_a_cycle_is_named_with_its_steps() -> None:
    with pytest.raises(GraphCycle, match="wait for one another") as refused:
        read_graph(steps(a={**GATE, "after": ["c"]}, b={**GATE, "after": ["a"]}, c={**GATE, "after": ["b"]}))
    assert sorted(refused.value.fields) == ["steps.a.after", "steps.b.after", "steps.c.after"]


def test_a_step_that_waits_for_itself_is_a_cycle() -> None:
    with pytest.raises(GraphCycle):
        read_graph(steps(a={**GATE, "after": ["a"]}))


@pytest.mark.parametrize(
    ("definition", "kind", "place"),
    [
        ({}, PipelineRefused, "steps"),
        (steps(), PipelineRefused, "steps"),
        (steps(a=GATE) | {"retry": 1}, PipelineRefused, "retry"),
        (steps(a={"kind": "gates"}), PipelineRefused, "steps.a.kind"),
        (steps(a="gate"), PipelineRefused, "steps.a.kind"),
        (steps(run=GATE), PipelineRefused, "steps.run"),
        (steps(**{"1": GATE}), PipelineRefused, "steps.1"),
        (steps(a={**GATE, "approvals": 1}), PipelineRefused, "steps.a.approvals"),
        (steps(a={"kind": "import"}), PipelineRefused, "steps.a.from"),
        (steps(a={**GATE, "retries": -1}), PipelineRefused, "steps.a.retries"),
        (steps(a={**GATE, "timeout": "soon"}), PipelineRefused, "steps.a.timeout"),
        (steps(a={**GATE, "after": ["b"]}), UnknownStep, "steps.a.after"),
        (steps(a={"kind": "gate", "value": "${b.x}", "is": 1}), UnknownStep, "steps.a.value"),
        (steps(a={"kind": "notify", "message": "${parameters.x}"}), UnknownStep, "steps.a.message"),
        (steps(a=GATE, b={"kind": "gate", "value": "${a.dataset}", "is": 1}), UnknownStep, "steps.b.value"),
        (steps(a=GATE) | {"clock": "sun"}, PipelineRefused, "clock"),
        (steps(a=GATE) | {"clock": "event"}, PipelineRefused, "deployment"),
        (steps(a=GATE) | {"on_firing": True}, PipelineRefused, "deployment"),
        (steps(a=GATE) | {"schedule": {"cron": "0 0 30 2 *"}}, ScheduleRefused, "schedule.cron"),
        (
            steps(a=GATE) | daily("Mars"),
            ScheduleRefused,
            "schedule.time_zone",
        ),
        (
            steps(a=GATE) | daily("../etc"),
            ScheduleRefused,
            "schedule.time_zone",
        ),
        (steps(a=GATE) | {"schedule": "daily"}, ScheduleRefused, "schedule"),
    ],
)
def test_it_is_refused_with_its_place(definition: dict[str, Any], kind: type[Exception], place: str) -> None:
    with pytest.raises(kind) as refused:
        read_graph(definition)
    assert place in refused.value.fields  # type: ignore[attr-defined]


def test_yaml_is_read_and_can_be_written_again() -> None:
    found = parse_yaml("steps:\n  pause:\n    kind: wait\n    until: 2026-05-01\n  ask: {kind: gate, approval: true}\n")
    assert found["steps"]["pause"]["until"] == "2026-05-01"
    assert parse_yaml(write_yaml(found)) == found


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a: &x [1]\nb: *x", "Aliases"),
        ("steps: {a: 1, a: 2}", "twice"),
        ("a: [", "no YAML"),
        ("- 1", "names with values"),
        ("!!python/object/apply:os.system ['true']", "no YAML"),
        ("x" * 200_001, "characters"),
    ],
)
def test_yaml_that_is_not_plain_is_refused(written: str, said: str) -> None:
    with pytest.raises(PipelineRefused, match=said):
        parse_yaml(written)
