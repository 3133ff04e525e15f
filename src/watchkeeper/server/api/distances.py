"""How far a period and its days lie from the reference."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.monitoring.references.drifting import Drift, Drifted


def show_distances(found: Drift) -> dict[str, Any]:
    return {
        "measure": found.measure,
        "start": found.start,
        "end": found.end,
        "days": [
            {"day": day, **{role.value: _drifted(each) for role, each in roles.items()}} for day, roles in found.days
        ],
        "total": {role.value: {**_drifted(each), "psi": dict(each.psi)} for role, each in found.total.items()},
        "importances": {role.value: weights for role, weights in found.importances.items()},
    }


def _drifted(each: Drifted) -> Mapping[str, Any]:
    return {
        "rows": each.rows,
        "distance": each.overall,
        "prediction": each.prediction,
        "features": dict(each.features),
    }
