"""Models that answer at once, and a dataset for them, in the place of the world's."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.storage.worlds import NOW
from tests.unit.learning.conftest import Workshop, signal
from watchkeeper.datasets.dataset import Dataset, State
from watchkeeper.experiments.experiment import Model, ModelState
from watchkeeper.storage.files.places import Places
from watchkeeper.storage.work import Store
from watchkeeper.tables.column import Column, Kind, Schema

ROWS = 120
SCHEMA = Schema(
    (
        Column("x", Kind.NUMERIC),
        Column("flag", Kind.BOOLEAN),
        Column("level", Kind.CATEGORICAL),
        Column("noise", Kind.NUMERIC),
        Column("y", Kind.NUMERIC),
    )
)


def real_models(store: Store, places: Places, scratch: Path) -> pa.Table:
    """m1 and m2 are fitted; the dataset `asked`, which is returned, has their columns."""
    scratch.mkdir(parents=True, exist_ok=True)
    shop = Workshop(scratch)
    card, _ = shop.fit(signal(ROWS), "linear")
    for name in ("m1", "m2"):
        places.model(name).mkdir(parents=True, exist_ok=True)
        for file in shop.model.iterdir():
            (places.model(name) / file.name).write_bytes(file.read_bytes())
        with store.work() as work:
            work.experiments.replace_model(Model(name, "v1", "linear", ModelState.DONE, card=card))
    table = pq.read_table(scratch / "table.parquet")
    add_dataset(store, places, "asked", table, SCHEMA)
    return table


def add_dataset(store: Store, places: Places, name: str, table: Any, schema: Schema) -> None:
    """Its id is its name."""
    places.table(name).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, places.table(name), row_group_size=50)
    with store.work() as work:
        found = Dataset(name, "p1", name, f"{name}.csv", State.READY, NOW, "u1", rows=table.num_rows, schema=schema)
        work.datasets.add(found)
