"""How values are spread: the reference beside production, as shares of each column's fixed groups."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from watchkeeper.monitoring.drift.grouped import Grouping
from watchkeeper.monitoring.ports import Counts
from watchkeeper.monitoring.references.drifting import INDEX, MEASURE, View, grouped, measured, prediction_drift
from watchkeeper.serving.deployment import Role
from watchkeeper.tables.bins import BinSet

Shares = list[float]


def distribution(of: View) -> dict[str, Any]:
    rows, counts = of.total(Role.CHAMPION)
    (reference,) = of.references(of.last)
    sides = grouped(of.watch, reference, counts)
    drifts, indices = (measured(of.watch, *sides, measure=each).tolist() for each in (MEASURE, INDEX))
    before, now = (_shares(of.watch.grouping, each) for each in sides)
    there = [int(each.sum()) for each in of.watch.split(counts).values()]
    return {
        "rows": rows,
        "features": [
            {
                **shape(bins),
                "reference": before[place],
                "champion": now[place],
                "rows": there[place],
                "drift": _known(drifts[place]),
                "psi": _known(indices[place]),
            }
            for place, bins in enumerate(of.watch.features)
        ],
        "prediction": _predictions(of),
    }


def _predictions(of: View) -> dict[str, Any]:
    seen = {role: of.total(role)[1] for role in of.baselines}
    grouping, before = of.watch.prediction_grouping, {role: _reference(of, role) for role in seen}
    now = {role: shares(grouping, of.watch.of_prediction(counts))[0] for role, counts in seen.items()}
    return {
        **shape(of.watch.prediction),
        "reference": {role: shares(grouping, each)[0] for role, each in before.items()},
        **{role.value: each for role, each in now.items()},
        "drift": {
            role: _known(float(prediction_drift(of.watch, before[role], counts))) for role, counts in seen.items()
        },
    }


def _reference(of: View, role: Role) -> Counts:
    found = of.of_predictions(role, of.last)
    return of.baselines[role] if found is None else found.reshape(-1)


def shape(bins: BinSet) -> dict[str, Any]:
    return {
        "name": bins.column.name,
        "kind": bins.column.kind.value,
        "labels": bins.group_labels(),
        "edges": bins.edges_of_groups(),
    }


def shares(grouping: Grouping, counts: Sequence[int] | Counts) -> list[Shares]:
    """Of each column, the shares of its groups; from the counts of all columns end to end."""
    return _shares(grouping, grouping.count(np.asarray(counts, dtype=np.int64)).astype(np.int64, copy=False))


def _shares(grouping: Grouping, counts: Counts) -> list[Shares]:
    columns = np.split(counts, grouping.columns[1:])
    return [(each / max(int(each.sum()), 1)).tolist() for each in columns] if len(grouping.columns) else []


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
