"""What is expected of a deployment's inputs: inferred from its bin sets, then changed by people, a number a change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import numpy as np

from watchkeeper.access.permitting import Permit
from watchkeeper.clock import Clock
from watchkeeper.monitoring.errors import SchemaOutdated
from watchkeeper.monitoring.integrity.editing import edited
from watchkeeper.monitoring.integrity.inferring import infer
from watchkeeper.monitoring.integrity.observed import Observed
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.serving.deployment import Deployment
from watchkeeper.tables.bins import BinSet


@dataclass(frozen=True)
class SchemaSaid:
    """A schema, since when it holds and who set it; neither where it was inferred."""

    schema: Schema
    since: datetime | None
    set_by: str


class Schemas(Protocol):
    def say(self, deployment: str, said: SchemaSaid) -> None: ...
    def said(self, deployment: str) -> list[SchemaSaid]:
        """All that were ever set, newest first: the first holds."""
        ...


def expected(deployment: Deployment, features: Sequence[BinSet], *, schemas: Schemas) -> SchemaSaid:
    """What holds: the last that was set, else what the reference keeps to."""
    said = schemas.said(deployment.id)
    return said[0] if said else SchemaSaid(infer(map(of_reference, features)), None, "")


def expect(
    deployment: Deployment,
    changes: Mapping[str, Mapping[str, Any]],
    *,
    number: int,
    features: Sequence[BinSet],
    permit: Permit,
    schemas: Schemas,
    clock: Clock,
) -> SchemaSaid:
    """Other rules for some columns; from now on they hold for every period, the past ones too.

    Raises:
        SchemaOutdated: `number` is not that of the schema in force.
        NoExpectation, ExpectationRefused: what can't be expected.
    """
    before = expected(deployment, features, schemas=schemas).schema
    if before.number != number:
        raise SchemaOutdated(
            f"The schema has the number {before.number} by now, and the change is of number {number}. Read it again."
        )
    said = SchemaSaid(edited(before, changes), clock.now(), permit.identity.name[:80])
    schemas.say(deployment.id, said)
    return said


def of_reference(bins: BinSet) -> Observed:
    return Observed(bins, np.asarray(bins.reference, dtype=np.int64))
