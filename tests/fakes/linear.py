"""A linear model whose answers are known by hand, in the place of the world's champion, and rows that it answers."""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec.structs import replace

from tests.storage.test_verdicts import ago
from tests.storage.worlds import NOW, call
from tests.unit.learning.conftest import Columns, Workshop
from watchkeeper.experiments.experiment import Model, ModelState
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.files.places import Places
from watchkeeper.storage.work import Store
from watchkeeper.tables.column import Kind

ROWS = 400
A_SIZE, IN_NICE = 30.0, 20.0
"""What a unit of the size adds to an answer, and the town of Nice."""


def linear_model(store: Store, places: Places, scratch: Path) -> None:
    """Fitted without noise to sizes from 0 to 10 and two towns, half and half, which are the reference's rows too."""
    scratch.mkdir(parents=True, exist_ok=True)
    shop = Workshop(scratch)
    sizes, towns = np.repeat(np.linspace(0, 10, ROWS), 2).tolist(), ["Lyon", "Nice"] * ROWS
    truth = [A_SIZE * size + IN_NICE * (town == "Nice") for size, town in zip(sizes, towns, strict=True)]
    columns: Columns = {"size": (Kind.NUMERIC, sizes), "town": (Kind.CATEGORICAL, towns), "y": (Kind.NUMERIC, truth)}
    card, _ = shop.fit(columns, "linear")
    for file in shop.model.iterdir():
        (places.model("m1") / file.name).write_bytes(file.read_bytes())
    with store.work() as work:
        work.experiments.replace_model(Model("m1", "v1", "linear", ModelState.DONE, card=card))
    places.table("s1").parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"size": sizes, "town": towns}), places.table("s1"), row_group_size=300)


def answered_day(days_ago: int, *, low: float = 0.0, nice: float = 0.5, rows: int = ROWS) -> Frame:
    """A day with sizes from `low` to 10, and such a share of its rows in Nice."""
    at = int(datetime.fromisoformat(ago(days_ago)).replace(hour=12, tzinfo=NOW.tzinfo).timestamp() * 1e6)
    chance = np.random.default_rng(days_ago)
    sizes: list[Any] = chance.permutation(np.linspace(low, 10, rows)).tolist()
    towns = ["Nice" if row < nice * rows else "Lyon" for row in range(rows)]
    frame = call(f"day-{days_ago}", rows=rows, owes=None)
    return replace(
        frame,
        at=[at + row for row in range(rows)],
        inputs={"size": sizes, "town": towns},
        outputs=[A_SIZE * size + IN_NICE * (town == "Nice") for size, town in zip(sizes, towns, strict=True)],
    )
