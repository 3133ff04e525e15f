"""What of a deployment is watched, and in which bins: made once, from the reference of its first champion."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.experiments.experiment import Model
from watchkeeper.monitoring.drift.columns import Lining
from watchkeeper.monitoring.drift.grouped import Grouping
from watchkeeper.monitoring.errors import ReferenceGone
from watchkeeper.monitoring.ports import Counts, JournalPlaces, Unit
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column, Kind

FEATURES, PREDICTION = "features", "prediction"
PREDICTIONS = {role: f"prediction of the {role}" for role in Role}
"""How the prediction of each role is called among what is watched."""
Models = Mapping[tuple[int, str], str | None]
"""Which model each release has in each role."""
KEPT_READY = 64
"""Deployments whose bin sets a process keeps at hand."""


@dataclass(frozen=True)
class Watched:
    """The numbered bin sets of a deployment: one a feature, in order, then the prediction's. A sheet holds the counts
    of all of them end to end. `instead` are the counts of other rows, where the features are held against these;
    `within` those of a part of the reference's own."""

    number: int
    features: tuple[BinSet, ...]
    prediction: BinSet
    instead: Counts | None = field(default=None, compare=False)
    within: Counts | None = field(default=None, compare=False)

    @cached_property
    def size(self) -> int:
        return self.of_features + self.prediction.size

    @cached_property
    def of_features(self) -> int:
        """How many bins the features have."""
        return sum(bins.size for bins in self.features)

    @cached_property
    def missing_places(self) -> Counts:
        """Where the missing values of each feature stand in a sheet, then those of the prediction."""
        return np.cumsum([bins.size for bins in (*self.features, self.prediction)]) - 1

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(bins.column.name for bins in self.features)

    @cached_property
    def parts(self) -> Mapping[str, slice]:
        """Where each feature's bins lie in a sheet."""
        ends = np.cumsum([0, *(bins.size for bins in self.features)]).tolist()
        return {name: slice(*ends[place : place + 2]) for place, name in enumerate(self.names)}

    @cached_property
    def reference(self) -> Counts:
        """What the features are held against: their reference's counts, end to end, or those of other rows."""
        if self.instead is not None:
            return self.instead
        if self.within is not None:
            return self.within
        return np.asarray([count for bins in self.features for count in bins.reference], dtype=np.int64)

    @cached_property
    def ordered(self) -> tuple[bool, ...]:
        """Of each feature, whether its values are numbers."""
        return tuple(bins.layout.roles().ordered for bins in self.features)

    @cached_property
    def grouping(self) -> Grouping:
        """Of the features."""
        return Grouping.of([bins.groups() for bins in self.features])

    @cached_property
    def prediction_grouping(self) -> Grouping:
        return Grouping.of([self.prediction.groups()])

    @cached_property
    def lining(self) -> Lining:
        """Of the features."""
        return Lining.of(self.features)

    @cached_property
    def prediction_lining(self) -> Lining:
        return Lining.of([self.prediction])

    def split(self, counts: Counts) -> dict[str, Counts]:
        """A sheet's counts by feature name."""
        return {name: counts[part] for name, part in self.parts.items()}

    def of_prediction(self, counts: Counts) -> Counts:
        return counts[..., self.of_features :]

    def to_json(self) -> dict[str, Any]:
        return {
            "features": [bins.to_json() for bins in self.features],
            "prediction": self.prediction.to_json(),
        }


@lru_cache(maxsize=KEPT_READY)
def _read(number: int, definition: str) -> Watched:
    """The same for the same definition, which never changes once it has a number."""
    kept = json.loads(definition)
    return Watched(
        number=number,
        features=tuple(BinSet.from_json(bins) for bins in kept["features"]),
        prediction=BinSet.from_json(kept["prediction"]),
    )


def watched(deployment: Deployment, *, work: Unit, places: JournalPlaces) -> Watched:
    """The deployment's bin sets; made now if this is the first time they are asked for."""
    kept = work.watch.bin_sets(deployment.id)
    if kept is not None:
        return _read(*kept)
    champion = work.experiments.model(work.deployments.current(deployment.id).champion)
    version = work.experiments.version(champion.version) if champion else None
    if champion is None or version is None or version.bin_sets is None:
        raise LookupError(f"the champion of {deployment.address} has no reference")
    reference = reference_predictions(champion, places=places)
    fresh = Watched(
        number=1,
        features=tuple(BinSet.from_json(bins) for bins in version.bin_sets["inputs"]),
        prediction=fit_bin_set(Column(PREDICTION, Kind.NUMERIC), reference),
    )

    def keep(unit: Unit) -> None:
        if unit.watch.bin_sets(deployment.id) is None:
            unit.watch.add_bin_sets(deployment.id, fresh.number, fresh.to_json())

    work.keep(keep)
    return fresh


def watched_names(deployment: Deployment, *, work: Unit) -> tuple[str, ...]:
    """Of the features; none before the bins are made."""
    kept = work.watch.bin_sets(deployment.id)
    return () if kept is None else _read(*kept).names


def baseline(deployment: Deployment, model: str, *, watch: Watched, work: Unit, places: JournalPlaces) -> Counts:
    """How the model answered its own reference rows, in the deployment's bins (kept after the first time)."""
    kept = work.watch.baseline(deployment.id, model)
    if kept is not None:
        return kept
    found = work.experiments.model(model)
    if found is None:
        return np.zeros(watch.prediction.size, dtype=np.int64)
    counts = watch.prediction.count(reference_predictions(found, places=places))

    def keep(unit: Unit) -> None:
        if unit.watch.baseline(deployment.id, model) is None:
            unit.watch.add_baseline(deployment.id, model, counts)

    work.keep(keep)
    return counts


def reference_predictions(model: Model, *, places: JournalPlaces) -> "pa.ChunkedArray[Any]":
    """The model's answers on the rows it was not fitted on."""
    path: Path = places.model(model.id) / "reference.parquet"
    if not path.is_file():
        raise ReferenceGone(
            f"The files of the model '{model.id}' are gone, so nothing can be compared with its reference. "
            "Restore them, or train a version again and deploy one of its models."
        )
    return pq.read_table(path, columns=[PREDICTION])[PREDICTION]


def importances(model: str, *, work: Unit) -> Mapping[str, float]:
    found = work.experiments.model(model)
    return dict((found.card or {}).get("importances", {})) if found else {}


def roles_of(deployment: Deployment, *, work: Unit) -> dict[Role, str]:
    """The models in force, by role."""
    release = work.deployments.current(deployment.id)
    models = {role: release.model(role) for role in Role}
    return {role: model for role, model in models.items() if model is not None}
