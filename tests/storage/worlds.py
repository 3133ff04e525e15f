"""A deployment as the rooms above would have made it, for tests of what is kept of its calls."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.fakes.clock import StillClock
from watchkeeper.datasets.dataset import Dataset, State
from watchkeeper.experiments.experiment import Experiment, Model, ModelState, Version, VersionState
from watchkeeper.monitoring.collecting.collecting import Collector
from watchkeeper.projects.project import Project
from watchkeeper.serving.deployment import Deployment, Release, Role, TypePolicy
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.files.places import Places
from watchkeeper.storage.journal.store import SegmentStore
from watchkeeper.storage.work import Store
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
INPUTS = (Column("size", Kind.NUMERIC), Column("town", Kind.CATEGORICAL))
SIZES = pa.array(np.linspace(0, 10, 400))
TOWNS = pa.array(["Lyon", "Nice"] * 200)


@dataclass
class World:
    store: Store
    places: Places
    clock: StillClock
    deployment: Deployment
    collector: Collector
    plane: SegmentStore

    def count(self) -> int:
        """Rows counted, champion's and challenger's."""
        return sum(sheet.rows for sheet in self.sheets())

    def sheets(self) -> list[Any]:
        with self.store.look() as work:
            return list(work.watch.sheets(self.deployment.id, start="1900-01-01", end="2200-01-01"))

    def journal(self, role: Role) -> "pa.Table":
        with self.store.look() as work:
            files = work.journal.files(self.deployment.id, role=role)
        tables = [pq.read_table(self.places.journal(self.deployment.id) / file.name) for file in files]
        return pa.concat_tables(tables, promote_options="default") if tables else pa.table({"id": pa.array([], "str")})

    def waiting(self) -> int:
        return self.collector.uncollected(self.deployment)

    def owed(self) -> list[str]:
        with self.store.look() as work:
            return [each.call for each in work.journal.owed(self.deployment.id)]

    def collect(self) -> None:
        while self.collector.turn(self.deployment).frames:
            pass

    def end_plane(self) -> None:
        """The plane's process is gone; the next one has a segment of its own."""
        self.plane.close()
        self.plane = SegmentStore(self.places.segments(), process="plane-1")


def seal(secret: str) -> str:
    return secret[::-1]


unseal = seal


def world_in(store: Store, root: Path) -> World:
    places, clock = Places(root), StillClock(NOW)
    bins = {
        "inputs": [fit_bin_set(INPUTS[0], SIZES).to_json(), fit_bin_set(INPUTS[1], TOWNS).to_json()],
        "target": fit_bin_set(Column("y", Kind.NUMERIC), SIZES).to_json(),
    }
    deployment = Deployment("d1", "p1", "live", "live", "p.live", "e1", "Europe/Paris", NOW, "u1")
    with store.work() as work:
        work.projects.add(Project("p1", "P", "p", "", NOW, "u1"))
        work.datasets.add(Dataset("s1", "p1", "rows", "rows.csv", State.READY, NOW, "u1"))
        work.experiments.add(Experiment("e1", "p1", "why", "y", None, "UTC", None, (), NOW, "u1"))
        version = Version(
            "v1", "e1", 1, "s1", VersionState.DONE, "regression", "rmse", 9.0, ("linear",), [], NOW, "u1", bin_sets=bins
        )
        signature = {"inputs": [{"name": column.name, "kind": column.kind.value} for column in INPUTS]}
        models = [Model(name, "v1", "linear", ModelState.DONE, card={"signature": signature}) for name in ("m1", "m2")]
        work.experiments.add_version(version, models)
        release = Release("d1", 1, "m1", "m2", TypePolicy.BEST_EFFORT, NOW, "u1")
        work.deployments.add(deployment, release)
    for model in models:
        places.model(model.id).mkdir(parents=True)
        pq.write_table(pa.table({"prediction": SIZES}), places.model(model.id) / "reference.parquet")
    segments = SegmentStore(places.segments(), process="worker")
    collector = Collector("worker", store.work, store.look, store.sync, places, segments, clock, unseal)
    return World(store, places, clock, deployment, collector, SegmentStore(places.segments(), process="plane-1"))


def call(
    name: str, *, rows: int = 1, own: bool = False, ids: list[str] | None = None, owes: str | None = "m2"
) -> Frame:
    moment = int((NOW - timedelta(days=1)).timestamp() * 1e6)
    return Frame(
        kind="answered",
        deployment="d1",
        release=1,
        role="champion",
        model="m1",
        key="k1",
        call=name,
        received=int(NOW.timestamp() * 1e9),
        milliseconds=2.0,
        ids=ids or [f"{name}-{row}" for row in range(rows)],
        own_ids=[True] * rows if own or ids else None,
        at=[moment + row for row in range(rows)],
        inputs={"size": [float(row % 10) for row in range(rows)], "town": ["Lyon"] * rows},
        outputs=[float(row % 10) for row in range(rows)],
        owes=owes,
    )
