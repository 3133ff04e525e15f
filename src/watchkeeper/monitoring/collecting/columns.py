"""The columns of a deployment's journal: those that every row has, and the inputs of the models that answered."""

from collections.abc import Mapping
from typing import Protocol

import pyarrow as pa

from watchkeeper.experiments.ports import Experiments
from watchkeeper.monitoring.collecting.filing import INPUT
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.serving.ports import Deployments
from watchkeeper.tables.column import Kind

MOMENT = pa.timestamp("us", "UTC")
EVERY: Mapping[str, Kind] = {
    "id": Kind.TEXT,
    "call": Kind.TEXT,
    "at": Kind.TIMESTAMP,
    "received": Kind.TIMESTAMP,
    "release": Kind.INTEGER,
    "role": Kind.TEXT,
    "model": Kind.TEXT,
    "key": Kind.TEXT,
    "milliseconds": Kind.NUMERIC,
    "unseen": Kind.BOOLEAN,
    "caught_up": Kind.BOOLEAN,
    "duplicate": Kind.BOOLEAN,
    "prediction": Kind.NUMERIC,
    "value": Kind.TEXT,
    "violations": Kind.TEXT,
}
"""Of every row; inputs follow, each as `input.` and its name."""


class Unit(Protocol):
    @property
    def experiments(self) -> Experiments: ...
    @property
    def deployments(self) -> Deployments: ...


def input_kinds(deployment: Deployment, *, work: Unit) -> dict[str, Kind]:
    """The inputs of all models there have been; what two of them take as different kinds is text."""
    kinds: dict[str, Kind] = {}
    releases = work.deployments.releases(deployment.id)
    for name in dict.fromkeys(filter(None, (each.model(role) for each in releases for role in Role))):
        model = work.experiments.model(name)
        for each in ((model.card if model else None) or {}).get("signature", {}).get("inputs", ()):
            kind = Kind(each["kind"])
            kinds[each["name"]] = kind if kinds.get(each["name"], kind) is kind else Kind.TEXT
    return kinds


def columns_of(deployment: Deployment, *, work: Unit) -> dict[str, Kind]:
    return {**EVERY, **{INPUT + name: kind for name, kind in input_kinds(deployment, work=work).items()}}


def type_of(name: str, kind: Kind) -> pa.DataType:
    """The Arrow type in which a file of the journal has it."""
    if name == "release":
        return pa.int32()
    match kind:
        case Kind.NUMERIC | Kind.INTEGER:
            return pa.float64()
        case Kind.BOOLEAN:
            return pa.bool_()
        case Kind.TIMESTAMP:
            return MOMENT
    return pa.string()
