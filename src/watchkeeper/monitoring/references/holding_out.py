"""The inputs that a model was checked on, counted in a deployment's bins: once a deployment and model, and kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from watchkeeper.monitoring.errors import HoldOutUnknown
from watchkeeper.monitoring.ports import Counts, JournalPlaces, OpenUnit, Unit
from watchkeeper.monitoring.references.watching import roles_of, watched
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.tables.bins import BinSet

ROW = "row"
"""The column of a model's reference that says which rows of its data set these are."""


@dataclass(frozen=True)
class _Wanted:
    model: str
    table: Path | None
    reference: Path
    features: Sequence[BinSet]


def find_hold_out(deployment: Deployment, *, unit: OpenUnit, places: JournalPlaces) -> None:
    """Count what the champion was checked on, where nobody has yet; reads its data outside of any transaction. Raise
    HoldOutUnknown."""
    with unit() as work:
        wanted = _wanted(deployment, work, places)
    if wanted is None:
        return
    counts = _counted(wanted)
    with unit() as work:
        work.watch.keep_hold_out(deployment.id, wanted.model, counts)


def hold_out(deployment: Deployment, *, work: Unit) -> Counts:
    """Of the features' bins. Raise HoldOutUnknown where it was not found."""
    champion = roles_of(deployment, work=work)[Role.CHAMPION]
    found = work.watch.hold_out(deployment.id, champion)
    if found is None:
        raise _unknown(champion)
    return found


def _wanted(deployment: Deployment, work: Unit, places: JournalPlaces) -> _Wanted | None:
    watch = watched(deployment, work=work, places=places)
    champion = roles_of(deployment, work=work)[Role.CHAMPION]
    if work.watch.hold_out(deployment.id, champion) is not None:
        return None
    model = work.experiments.model(champion)
    version = work.experiments.version(model.version) if model else None
    table = places.table(version.dataset) if version else None
    return _Wanted(champion, table, places.model(champion) / "reference.parquet", watch.features)


def _counted(of: _Wanted) -> Counts:
    if not of.reference.is_file() or ROW not in pq.read_schema(of.reference).names:
        raise _unknown(of.model)
    if of.table is None or not of.table.is_file():
        raise HoldOutUnknown(
            f"The data that the model '{of.model}' was checked on is gone, and was not counted before. "
            "Hold it against training, or deploy a model of a version that is trained again."
        )
    rows, file = pq.read_table(of.reference, columns=[ROW])[ROW], pq.ParquetFile(of.table)
    there = set(file.schema_arrow.names)
    names = [(each.column.name, each) for each in of.features]
    nothing = np.zeros(0, dtype=np.int64)
    parts = [
        bins.count(file.read(columns=[name])[name].take(rows)) if name in there else np.zeros(bins.size, dtype=np.int64)
        for name, bins in names
    ]
    return np.concatenate([nothing, *parts])


def _unknown(model: str) -> HoldOutUnknown:
    return HoldOutUnknown(
        f"Which rows the model '{model}' was checked on was not kept yet when it was trained. Hold it against "
        "training, or deploy a model of a version that is trained again."
    )
