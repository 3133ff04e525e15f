"""Tiny tables in files, and models fitted to them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from watchkeeper.learning.fitting import FitSpec, fit
from watchkeeper.learning.keeping import digest
from watchkeeper.learning.model import LoadedModel, load_model
from watchkeeper.learning.planning import Plan, plan
from watchkeeper.tables.column import Column, Kind, Schema

START = datetime(2020, 1, 1, tzinfo=UTC)
TYPES: Mapping[Kind, Any] = {
    Kind.NUMERIC: pa.float64(),
    Kind.INTEGER: pa.int64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.TIMESTAMP: pa.timestamp("us", "UTC"),
    Kind.CATEGORICAL: pa.string(),
    Kind.TEXT: pa.string(),
    Kind.IDENTIFIER: pa.string(),
}
Columns = Mapping[str, tuple[Kind, Sequence[Any]]]


@dataclass(frozen=True)
class Workshop:
    """`fit` answers with the card and the model as it was saved and loaded again."""

    directory: Path

    def write(self, columns: Columns) -> tuple[Schema, Path]:
        file = self.directory / "table.parquet"
        pq.write_table(pa.table({name: pa.array(each, TYPES[kind]) for name, (kind, each) in columns.items()}), file)
        return Schema(tuple(Column(name, kind) for name, (kind, _) in columns.items())), file

    def plan(
        self,
        columns: Columns,
        *,
        target: str = "y",
        time: str | None = None,
        exclude: tuple[str, ...] = (),
        task: str | None = None,
    ) -> Plan:
        schema, file = self.write(columns)
        return plan(schema, file, target=target, time=time, exclude=exclude, task=task)

    def fit(
        self,
        columns: Columns,
        learner: str,
        *,
        time: str | None = None,
        task: str | None = None,
        seconds: float = 20.0,
        zone: str = "UTC",
    ) -> tuple[dict[str, Any], LoadedModel]:
        planned = self.plan(columns, time=time, task=task)
        spec = FitSpec("y", time, zone, planned.task, planned.inputs, learner, seed=1, budget_seconds=seconds)
        card = fit(self.directory / "table.parquet", spec, self.model, threads=1, progress=unheard)
        return card, load_model(self.model)

    @property
    def model(self) -> Path:
        return self.directory / "model"


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def unheard(share: float, message: str) -> None:
    """Progress that nobody looks at."""


def hours(count: int) -> list[datetime]:
    return [START + timedelta(hours=hour) for hour in range(count)]


def microseconds(moments: Sequence[datetime]) -> list[int]:
    return [int(moment.timestamp()) * 1_000_000 for moment in moments]


def signal(rows: int = 600) -> Columns:
    """What y hangs on: a number, bent; on a truth value, a level and a missing value; not on `noise`."""
    chance = np.random.default_rng(7)
    x, noise = chance.uniform(-2, 2, rows), chance.normal(size=rows)
    flag, level = chance.random(rows) < 0.3, chance.choice(["a", "b", "c"], rows)
    effect = {"a": 0.0, "b": 2.0, "c": -2.0}
    y = 100 + 3 * x**2 + 4 * flag + np.array([effect[each] for each in level]) + 0.1 * chance.normal(size=rows)
    missing = chance.random(rows) < 0.1
    y[missing] = 90.0
    return {
        "x": (Kind.NUMERIC, [None if gone else value for value, gone in zip(x.tolist(), missing, strict=True)]),
        "flag": (Kind.BOOLEAN, flag.tolist()),
        "level": (Kind.CATEGORICAL, level.tolist()),
        "noise": (Kind.NUMERIC, noise.tolist()),
        "y": (Kind.NUMERIC, y.tolist()),
    }


def two_classes(rows: int = 600) -> Columns:
    """`yes` where x is above one half, with one mistake in ten."""
    chance = np.random.default_rng(8)
    x = chance.random(rows)
    yes = (x > 0.5) ^ (chance.random(rows) < 0.1)
    return {
        "x": (Kind.NUMERIC, x.tolist()),
        "y": (Kind.CATEGORICAL, ["yes" if each else "no" for each in yes]),
    }


def sign(directory: Path) -> None:
    """Make the digest right for files that were changed."""
    card = directory / "card.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), "digest": digest(directory)}))
