"""What is asked of a table, and what is refused before anything is fitted."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.learning.conftest import Columns, Workshop, hours
from watchkeeper.errors import Refused
from watchkeeper.learning.errors import (
    ColumnUnknown,
    LearnerUnknown,
    MetricUnknown,
    NoInputs,
    TargetUnfit,
    TargetUnknown,
    TaskUnknown,
    TimeUnfit,
    TooFewRows,
)
from watchkeeper.learning.planning import default_metric, known_learners
from watchkeeper.tables.column import Column, Kind

NUMBERS = (Kind.NUMERIC, [float(number) for number in range(30)])


def table(**columns: tuple[Kind, list[Any]]) -> Columns:
    return {"x": NUMBERS, "y": NUMBERS, **columns}


def test_inputs_are_all_columns_that_a_learner_reads(workshop: Workshop) -> None:
    columns = table(
        at=(Kind.TIMESTAMP, hours(30)),
        born=(Kind.TIMESTAMP, hours(30)),
        name=(Kind.TEXT, ["some words"] * 30),
        id=(Kind.IDENTIFIER, [str(number) for number in range(30)]),
        left=NUMBERS,
        level=(Kind.CATEGORICAL, ["a", "b"] * 15),
    )
    found = workshop.plan(columns, time="at", exclude=("left",))
    assert found.inputs == (
        Column("x", Kind.NUMERIC),
        Column("born", Kind.TIMESTAMP),
        Column("level", Kind.CATEGORICAL),
    )


@pytest.mark.parametrize(
    ("kind", "values", "task"),
    [
        (Kind.NUMERIC, [1.0, 2.0, 3.0] * 10, "regression"),
        (Kind.INTEGER, [1, 2, 3] * 10, "regression"),
        (Kind.INTEGER, [0, 1] * 15, "binary"),
        (Kind.NUMERIC, [0.0, 1.0] * 15, "regression"),
        (Kind.BOOLEAN, [True, False] * 15, "binary"),
        (Kind.CATEGORICAL, ["no", "yes", None] * 10, "binary"),
    ],
)
def test_the_target_s_values_suggest_the_task(workshop: Workshop, kind: Kind, values: list[Any], task: str) -> None:
    assert workshop.plan(table(y=(kind, values))).task == task


def test_the_task_can_be_named(workshop: Workshop) -> None:
    whole, real = (Kind.INTEGER, [0, 1] * 15), (Kind.NUMERIC, [0.0, 1.0] * 15)
    assert workshop.plan(table(y=whole), task="regression").task == "regression"
    assert workshop.plan(table(y=real), task="binary").task == "binary"


def test_rows_without_a_target_do_not_count(workshop: Workshop) -> None:
    nineteen = (Kind.NUMERIC, [*map(float, range(19)), *([None] * 5), *([float("nan")] * 6)])
    with pytest.raises(TooFewRows, match="19 rows have a known 'y'; bring 20"):
        workshop.plan(table(y=nineteen))


def test_time_alone_can_be_learned_from(workshop: Workshop) -> None:
    assert workshop.plan({"at": (Kind.TIMESTAMP, hours(30)), "y": NUMBERS}, time="at").inputs == ()


REFUSALS: list[tuple[Columns, dict[str, Any], type[Refused], str, str]] = [
    (table(), {"target": "z"}, TargetUnknown, "no column 'z'. The columns: x, y", "target"),
    (table(y=(Kind.NUMERIC, [None] * 30)), {}, TargetUnfit, "missing in all rows", "target"),
    (table(y=(Kind.NUMERIC, [1.0] * 30)), {}, TargetUnfit, "the same value in all rows", "target"),
    (table(y=(Kind.CATEGORICAL, ["a"] * 30)), {}, TargetUnfit, "the same value in all rows", "target"),
    (table(y=(Kind.CATEGORICAL, ["a", "b", "c"] * 10)), {}, TargetUnfit, "categorical with 3 values", "target"),
    (table(y=(Kind.TIMESTAMP, hours(30))), {}, TargetUnfit, "timestamp with 30 values", "target"),
    (table(), {"task": "binary"}, TargetUnfit, "binary one of exactly two values", "target"),
    (table(y=(Kind.BOOLEAN, [True, False] * 15)), {"task": "regression"}, TargetUnfit, "boolean", "target"),
    (table(y=(Kind.BOOLEAN, [True, *([False] * 29)])), {}, TooFewRows, "1 rows have 'true' as 'y'", "target"),
    (table(), {"task": "ranking"}, TaskUnknown, "The tasks: regression, binary", "task"),
    (table(), {"time": "when"}, TimeUnfit, "no column 'when'", "time"),
    (table(), {"time": "x"}, TimeUnfit, "no timestamp", "time"),
    (table(at=(Kind.TIMESTAMP, [None] * 30)), {"time": "at"}, TimeUnfit, "missing in all rows", "time"),
    (table(), {"exclude": ("z",)}, ColumnUnknown, "no column 'z' to exclude", "exclude"),
    (table(), {"exclude": ("x",)}, NoInputs, "Nothing is left to predict 'y' from", "exclude"),
]


@pytest.mark.parametrize(("columns", "asked", "error", "message", "field"), REFUSALS)
def test_what_cannot_be_learned_is_refused_with_the_reason(
    workshop: Workshop, columns: Columns, asked: dict[str, Any], error: type[Refused], message: str, field: str
) -> None:
    with pytest.raises(error, match=message) as refusal:
        workshop.plan(columns, **asked)
    assert refusal.value.fields == (field,)


def test_each_task_has_a_usual_metric_and_refuses_those_of_others() -> None:
    assert default_metric("regression", None) == "rmse"
    assert default_metric("binary", None) == "auc"
    assert default_metric("regression", "mape") == "mape"
    with pytest.raises(MetricUnknown, match="The metrics: auc, log_loss") as refusal:
        default_metric("binary", "mape")
    assert refusal.value.fields == ("metric",)


def test_learners_are_all_or_those_that_are_wanted() -> None:
    assert set(known_learners(None)) == {"lightgbm", "random_forest", "linear"}
    assert known_learners(["linear", "linear"]) == ("linear",)
    with pytest.raises(LearnerUnknown, match="The learners: lightgbm"):
        known_learners(["crystal-ball"])


def test_a_long_list_of_columns_is_cut(workshop: Workshop) -> None:
    many: Callable[[int], str] = lambda number: f"c{number}"  # noqa: E731
    with pytest.raises(TargetUnknown, match="and more"):
        workshop.plan({many(number): NUMBERS for number in range(40)}, target="z")
