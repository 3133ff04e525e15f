"""How values are spread: the reference beside production, as shares of each column's fixed groups."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from watchkeeper.monitoring.drift.grouped import Grouping
from watchkeeper.monitoring.drifting import INDEX, MEASURE, View, features_drift, prediction_drift
from watchkeeper.monitoring.ports import Counts
from watchkeeper.serving.deployment import Role
from watchkeeper.tables.bins import BinSet


def distribution(of: View) -> dict[str, Any]:
    rows, counts = of.total(Role.CHAMPION)
    features = of.watch.split(counts)
    drifts = features_drift(of.watch, counts, measure=MEASURE).tolist()
    indices = features_drift(of.watch, counts, measure=INDEX).tolist()
    return {
        "rows": rows,
        "features": [
            {
                **shape(bins),
                "reference": shares(bins, bins.reference),
                "champion": shares(bins, features[bins.column.name]),
                "rows": int(features[bins.column.name].sum()),
                "drift": _known(drift),
                "psi": _known(index),
            }
            for bins, drift, index in zip(of.watch.features, drifts, indices, strict=True)
        ],
        "prediction": _predictions(of),
    }


def _predictions(of: View) -> dict[str, Any]:
    bins = of.watch.prediction
    seen = {role: of.total(role)[1] for role in of.baselines}
    return {
        **shape(bins),
        "reference": {role: shares(bins, of.baselines[role]) for role in seen},
        **{role.value: shares(bins, of.watch.of_prediction(counts)) for role, counts in seen.items()},
        "drift": {
            role: _known(float(prediction_drift(of.watch, of.baselines[role], counts))) for role, counts in seen.items()
        },
    }


def shape(bins: BinSet) -> dict[str, Any]:
    return {
        "name": bins.column.name,
        "kind": bins.column.kind.value,
        "labels": bins.group_labels(),
        "edges": bins.edges_of_groups(),
    }


def shares(bins: BinSet, counts: Sequence[int] | Counts) -> list[float]:
    grouped = Grouping.of([bins.groups()]).count(np.asarray(counts, dtype=np.int64))
    total = int(grouped.sum())
    return [float(count) / total if total else 0.0 for count in grouped]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
