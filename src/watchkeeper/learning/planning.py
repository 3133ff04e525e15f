"""What an experiment asks, checked against a table before anything is fitted."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

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
from watchkeeper.learning.learners import LEARNERS
from watchkeeper.learning.metrics import METRICS
from watchkeeper.learning.signature import BINARY, REGRESSION, TASKS
from watchkeeper.learning.targets import classes, known, truth_of
from watchkeeper.tables.column import Column, Kind, Schema
from watchkeeper.tables.layouts.layout import Values

FEWEST_ROWS = 20
FEWEST_OF_A_CLASS = 5
MOST_LISTED = 30
DEFAULT_METRICS = {REGRESSION: "rmse", BINARY: "auc"}
NUMBERS = frozenset({Kind.NUMERIC, Kind.INTEGER})
TWO_VALUED = frozenset({Kind.BOOLEAN, Kind.CATEGORICAL, Kind.INTEGER})
"""Kinds of which two values are two classes, when no task is named."""
NO_INPUTS = frozenset({Kind.IDENTIFIER, Kind.TEXT})
"""Kinds that no learner reads."""


@dataclass(frozen=True)
class Plan:
    task: str
    inputs: tuple[Column, ...]


def plan(
    schema: Schema, table: Path, *, target: str, time: str | None, exclude: tuple[str, ...], task: str | None
) -> Plan:
    """Inputs are all columns but target, time, what is excluded, identifiers and text."""
    column = schema.get(target)
    if column is None:
        raise TargetUnknown(
            f"There is no column '{target}'. {_listed('The columns', schema.names)}", fields=("target",)
        )
    if task is not None and task not in TASKS:
        raise TaskUnknown(f"There is no task '{task}'. {_listed('The tasks', TASKS)}", fields=("task",))
    _check_time(schema, time, target=target)
    _check_excluded(schema, exclude)
    values = _usable(table, target, time)
    found = _task_of(column, values, task)
    _check_classes(values, found, target)
    left = {target, time, *exclude}
    inputs = tuple(each for each in schema.columns if each.name not in left and each.kind not in NO_INPUTS)
    if not inputs and time is None:
        raise NoInputs(
            f"Nothing is left to predict '{target}' from: exclude less, or bring columns that are no text.",
            fields=("exclude",),
        )
    return Plan(found, inputs)


def default_metric(task: str, wanted: str | None) -> str:
    """The metric by which models are ranked: the one that is wanted, or the task's usual one."""
    suitable = [name for name, metric in METRICS.items() if task in metric.tasks]
    if wanted is None:
        return DEFAULT_METRICS[task]
    if wanted not in suitable:
        raise MetricUnknown(
            f"There is no metric '{wanted}' for {task}. {_listed('The metrics', suitable)}", fields=("metric",)
        )
    return wanted


def known_learners(wanted: list[str] | None) -> tuple[str, ...]:
    """Those that are wanted, each once; all without a wish."""
    names = tuple(dict.fromkeys(wanted)) if wanted else tuple(LEARNERS)
    unknown = [name for name in names if name not in LEARNERS]
    if unknown:
        raise LearnerUnknown(
            f"There is no learner '{unknown[0]}'. {_listed('The learners', LEARNERS)}", fields=("learners",)
        )
    return names


def _check_time(schema: Schema, time: str | None, *, target: str) -> None:
    if time is None:
        return
    column = schema.get(time)
    if column is None:
        raise TimeUnfit(f"There is no column '{time}'. {_listed('The columns', schema.names)}", fields=("time",))
    if column.kind is not Kind.TIMESTAMP or time == target:
        stamps = [each.name for each in schema.columns if each.kind is Kind.TIMESTAMP and each.name != target]
        raise TimeUnfit(
            f"'{time}' cannot be the event time: it is the target, or no timestamp. "
            f"{_listed('Timestamps here', stamps) if stamps else 'There is no other timestamp here; leave time out.'}",
            fields=("time",),
        )


def _check_excluded(schema: Schema, exclude: tuple[str, ...]) -> None:
    unknown = [name for name in exclude if schema.get(name) is None]
    if unknown:
        raise ColumnUnknown(
            f"There is no column '{unknown[0]}' to exclude. {_listed('The columns', schema.names)}", fields=("exclude",)
        )


def _usable(table: Path, target: str, time: str | None) -> Values:
    """The known values of the target in rows whose time is known."""
    read = pq.read_table(table, columns=[target] if time is None else [target, time])
    truths = known(read[target])
    if not truths.any():
        raise TargetUnfit(f"'{target}' is missing in all rows; choose another target.", fields=("target",))
    if time is not None and read[time].null_count == len(read):
        raise TimeUnfit(f"'{time}' is missing in all rows; leave time out.", fields=("time",))
    usable = truths if time is None else truths & known(read[time])
    if int(usable.sum()) < FEWEST_ROWS:
        raise TooFewRows(
            f"{int(usable.sum())} rows have a known '{target}'{f' and {time}' if time else ''}; "
            f"bring {FEWEST_ROWS} at least.",
            fields=("target",),
        )
    return read[target].filter(pa.array(usable))


def _task_of(column: Column, values: Values, wanted: str | None) -> str:
    """The task that is wanted, or the one that the values suggest."""
    two = classes(values) is not None
    if len(values.unique()) == 1:
        raise TargetUnfit(
            f"'{column.name}' has the same value in all rows, so there is nothing to predict.", fields=("target",)
        )
    if two and (wanted == BINARY or (wanted is None and column.kind in TWO_VALUED)):
        return BINARY
    if column.kind in NUMBERS and wanted != BINARY:
        return REGRESSION
    raise TargetUnfit(
        f"'{column.name}' is {column.kind.value} with {len(values.unique()):,} values, which does not suit "
        f"{wanted or 'any task'}: regression predicts numbers, binary one of exactly two values.",
        fields=("target",),
    )


def _check_classes(values: Values, task: str, target: str) -> None:
    labels = classes(values) if task == BINARY else None
    if labels is None:
        return
    positives = int(np.sum(truth_of(values, labels)))
    for label, rows in zip(labels, (len(values) - positives, positives), strict=True):
        if rows < FEWEST_OF_A_CLASS:
            raise TooFewRows(
                f"{rows} rows have '{label}' as '{target}'; bring {FEWEST_OF_A_CLASS} at least.", fields=("target",)
            )


def _listed(what: str, names: Iterable[str]) -> str:
    shown = list(islice(names, MOST_LISTED + 1))
    return f"{what}: {', '.join(shown[:MOST_LISTED])}{' and more' if len(shown) > MOST_LISTED else ''}."
