"""Reading a table's rows to learn from."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.learning.arrays import Ints, Numbers
from watchkeeper.learning.signature import BINARY, Input, Signature
from watchkeeper.learning.targets import classes, known, truth_of
from watchkeeper.tables.column import Column, Kind

MOST_LEVELS = 2_000


@dataclass(frozen=True)
class Question:
    task: str
    target: str
    time: str | None
    time_zone: str
    inputs: tuple[Column, ...]


@dataclass(frozen=True)
class Examples:
    """Rows whose target is known, and their time where there is one; by time, or in an order of chance.

    Attributes:
        table: the inputs.
        truth: of shape (rows,); 1 for the positive class.
        rows: where each was in the table that they were read from.
        at: event times in microseconds since 1970, UTC.
        without_target, without_time: how many rows were left out.
    """

    question: Question
    table: pa.Table
    truth: Numbers
    rows: Ints
    at: Ints | None
    labels: tuple[str, str] | None
    without_target: int
    without_time: int

    @property
    def moments(self) -> Ints:
        """`at`, or the start of 1970 for each row: nothing reads it then."""
        return self.at if self.at is not None else np.zeros(self.truth.size, dtype=np.int64)

    def signature(self, fitted: Ints) -> Signature:
        """Of a model that is fitted on these rows."""
        question = self.question
        seen = self.table.take(fitted)
        inputs = tuple(_seen(column, seen[column.name]) for column in question.inputs)
        return Signature(question.task, question.target, question.time, question.time_zone, self.labels, inputs)


def read_examples(data: Path, question: Question, *, seed: int) -> Examples:
    names = [column.name for column in question.inputs]
    extra = [name for name in (question.target, question.time) if name is not None and name not in names]
    table = pq.read_table(data, columns=[*names, *extra])
    truths = known(table[question.target])
    times = known(table[question.time]) if question.time is not None else np.ones_like(truths)
    table = table.filter(pa.array(truths & times))
    at = _moments(table, question.time)
    order = _order(at, table.num_rows, seed)
    table = table.take(order)
    target = table[question.target]
    labels = classes(target) if question.task == BINARY else None
    return Examples(
        question=question,
        table=table.select(names),
        truth=truth_of(target, labels),
        rows=np.flatnonzero(truths & times)[order],
        at=_moments(table, question.time),
        labels=labels,
        without_target=int((~truths).sum()),
        without_time=int((truths & ~times).sum()),
    )


def _moments(table: pa.Table, time: str | None) -> Ints | None:
    if time is None:
        return None
    stamps = table[time].cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    return np.asarray(stamps.to_numpy(zero_copy_only=False), dtype=np.int64)


def _order(at: Ints | None, rows: int, seed: int) -> Ints:
    return np.argsort(at, kind="stable") if at is not None else np.random.default_rng(seed).permutation(rows)


def _seen(column: Column, values: "pa.ChunkedArray[pa.Scalar[pa.DataType]]") -> Input:
    present = values.filter(pa.array(known(values)))
    nullable = len(present) < len(values)
    if column.kind is Kind.CATEGORICAL:
        return Input(column.name, column.kind, levels=_levels(present), nullable=nullable)
    if column.kind in {Kind.NUMERIC, Kind.INTEGER} and len(present):
        low, high = pc.min_max(present.cast(pa.float64(), safe=False)).values()
        return Input(column.name, column.kind, low=low.as_py(), high=high.as_py(), nullable=nullable)
    return Input(column.name, column.kind, nullable=nullable)


def _levels(present: "pa.ChunkedArray[pa.Scalar[pa.DataType]]") -> tuple[str, ...]:
    """The commonest first, equals by name."""
    found = pc.value_counts(present.cast(pa.string()))
    names = np.asarray(found.field(0).to_numpy(zero_copy_only=False), dtype=np.object_)
    ranked = np.lexsort((names.astype(np.str_), -found.field(1).to_numpy()))[:MOST_LEVELS]
    return tuple(map(str, names[ranked]))
