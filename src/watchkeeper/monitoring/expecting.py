"""What is expected of a deployment's inputs: inferred from its bin sets, then changed by people, a number a change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Final, Protocol

import numpy as np

from watchkeeper.access.permitting import Permit
from watchkeeper.clock import Clock
from watchkeeper.monitoring.errors import SchemaOutdated
from watchkeeper.monitoring.integrity.changing import changes
from watchkeeper.monitoring.integrity.editing import edited, fresh_within
from watchkeeper.monitoring.integrity.errors import ExpectationRefused
from watchkeeper.monitoring.integrity.inferring import infer
from watchkeeper.monitoring.integrity.observed import Observed
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.serving.deployment import Deployment
from watchkeeper.tables.bins import BinSet

KEPT: Final = object()
"""Of a rule that is not given."""


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

    def unique(self, deployment: str) -> tuple[str, ...] | None:
        """The inputs of whose values the reference holds none twice; None before anybody looked."""
        ...

    def keep_unique(self, deployment: str, columns: tuple[str, ...]) -> None: ...


@dataclass(frozen=True)
class SchemaSet:
    """A schema that was set, and what it changed of the one before, a line each."""

    said: SchemaSaid
    changed: Sequence[str]


def history(deployment: Deployment, features: Sequence[BinSet], *, schemas: Schemas) -> list[SchemaSet]:
    """All that were ever set, newest first."""
    said = [*schemas.said(deployment.id), inferred(deployment, features, schemas=schemas)]
    return [SchemaSet(each, changes(before.schema, each.schema)) for each, before in pairwise(said)]


def expected(deployment: Deployment, features: Sequence[BinSet], *, schemas: Schemas) -> SchemaSaid:
    """What holds: the last that was set, else what the reference keeps to."""
    said = schemas.said(deployment.id)
    return said[0] if said else inferred(deployment, features, schemas=schemas)


def inferred(deployment: Deployment, features: Sequence[BinSet], *, schemas: Schemas) -> SchemaSaid:
    """What the reference keeps to."""
    unique = frozenset(schemas.unique(deployment.id) or ())
    found = infer(map(of_reference, features))
    columns = tuple(replace(each, unique=each.name in unique) for each in found.columns)
    return SchemaSaid(replace(found, columns=columns), None, "")


def changed_by_hand(deployment: Deployment, features: Sequence[BinSet], *, schemas: Schemas) -> Schema | None:
    """The rules of the columns of which somebody expects something else than what was inferred; None without any."""
    said = schemas.said(deployment.id)
    if not said:
        return None
    before = inferred(deployment, features, schemas=schemas).schema.columns
    columns = tuple(each for each in said[0].schema.columns if each not in before)
    return replace(said[0].schema, columns=columns) if columns else None


def expect(
    deployment: Deployment,
    changes: Mapping[str, Mapping[str, Any]],
    *,
    number: int,
    stalest: Any = KEPT,
    features: Sequence[BinSet],
    permit: Permit,
    schemas: Schemas,
    clock: Clock,
) -> SchemaSaid:
    """Other rules for some columns, and another age that the newest row may have, in hours, where that is given; from
    now on they hold for every period, the past ones too.

    Raises:
        SchemaOutdated: `number` is not that of the schema in force.
        NoExpectation, ExpectationRefused: what can't be expected.
    """
    if not changes and stalest is KEPT:
        raise ExpectationRefused("Say which rule is to change.", fields=("columns",))
    before = expected(deployment, features, schemas=schemas).schema
    if before.number != number:
        raise SchemaOutdated(
            f"The schema has the number {before.number} by now, and the change is of number {number}. Read it again."
        )
    after = edited(before, changes) if stalest is KEPT else fresh_within(edited(before, changes), stalest)
    said = SchemaSaid(replace(after, number=number + 1), clock.now(), permit.identity.name[:80])
    schemas.say(deployment.id, said)
    return said


def of_reference(bins: BinSet) -> Observed:
    return Observed(bins, np.asarray(bins.reference, dtype=np.int64))
