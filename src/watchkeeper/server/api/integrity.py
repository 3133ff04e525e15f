"""Is the data still sound: the schema of a deployment's inputs, what broke it, what lies beyond the reference."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from watchkeeper.access.role import Right
from watchkeeper.monitoring.expecting import KEPT, SchemaSaid, expect, expected, history
from watchkeeper.monitoring.integrity.extrapolating import Notice
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.soundness.findings import Findings, findings_of
from watchkeeper.monitoring.soundness.freshness import Freshness, freshness
from watchkeeper.monitoring.soundness.soundness import Soundness, soundness
from watchkeeper.server.api.faults import FindingShown, show_findings
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Page
from watchkeeper.server.api.period import ThePeriod
from watchkeeper.server.api.serving import the_deployment

router = APIRouter(tags=["monitoring"])
PATH = "/deployments/{deployment}/schema"


class ExpectationShown(BaseModel):
    """A column's rule; null where a thing may be as it likes."""

    name: str
    kind: str
    required: bool
    lowest: float | None
    highest: float | None
    levels: list[str] | None
    most_missing: float
    unique: bool


class SchemaShown(BaseModel):
    """`number` 1 is what the reference keeps to; `since` and `set_by` tell of a later one. `stalest` is how many hours
    old the newest row may be; null for what the rows of the last weeks lead one to expect."""

    number: int
    since: datetime | None
    set_by: str | None
    columns: list[ExpectationShown]
    stalest: float | None


class SchemaSetShown(SchemaShown):
    """`changed` is what it changed of the one before, a line each."""

    changed: list[str]


class SchemaWanted(BaseModel):
    """Changes of the schema of this `number`, by column: of `required`, `lowest`, `highest`, `levels`, `most_missing`,
    `unique` those that are given; and `stalest`, in hours, where it is given."""

    model_config = ConfigDict(extra="forbid")
    number: int
    columns: dict[str, dict[str, Any]] = Field(default_factory=dict)
    stalest: Any = None

    @property
    def age(self) -> Any:
        return self.stalest if "stalest" in self.model_fields_set else KEPT


class BrokenShown(BaseModel):
    """So many rows broke a column's rule, in the words that violations have; `at_least`, where not all were looked
    at."""

    column: str
    violation: str
    rows: int
    share: float
    at_least: bool


class FreshnessShown(BaseModel):
    """Hours; `limit` is null where too few rows have come to expect anything. `late` rows of the period came beyond the
    lateness limit of the drift policy; `ahead` more lie too far ahead of their arrival, and are not counted."""

    sentence: str
    stale: bool
    newest: datetime | None
    age: float | None
    limit: float | None
    declared: bool
    late: int
    late_share: float
    ahead: int


class NoticeShown(BaseModel):
    column: str
    rows: int
    share: float
    p_value: float
    sentence: str


class IntegrityShown(BaseModel):
    """Of the rows that the champion answered, counted by the schema in force now, whenever the rows came; and what was
    found where the worker looked for faults."""

    start: str
    end: str
    sentence: str
    rows: int
    schema_number: int
    broken: list[BrokenShown]
    notices: list[NoticeShown]
    faults: list[FindingShown]
    freshness: FreshnessShown


@router.get(PATH, **needs(Right.READ))
def get_schema(deployment: str, assembly: TheAssembly) -> SchemaShown:
    """What is expected of the inputs."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        features = watched(found, work=work, places=assembly.places).features
        return show_schema(expected(found, features, schemas=work.schemas))


@router.put(PATH, **needs(Right.WRITE))
def put_schema(deployment: str, wanted: SchemaWanted, permit: ThePermit, assembly: TheAssembly) -> SchemaShown:
    """Other rules for some columns, under the next number. They hold for every period from now on."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        work.deployments.hold(found.id)
        said = expect(
            found,
            wanted.columns,
            number=wanted.number,
            stalest=wanted.age,
            features=watched(found, work=work, places=assembly.places).features,
            permit=permit,
            schemas=work.schemas,
            clock=assembly.clock,
        )
    return show_schema(said)


@router.get(f"{PATH}/history", **needs(Right.READ))
def get_schema_history(deployment: str, assembly: TheAssembly) -> Page[SchemaSetShown]:
    """Every schema that was set, newest first: who, when, and what it changed."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        features = watched(found, work=work, places=assembly.places).features
        said = history(found, features, schemas=work.schemas)
    items = [SchemaSetShown(**show_schema(each.said).model_dump(), changed=list(each.changed)) for each in said]
    return Page(items=items, next=None)


@router.get("/deployments/{deployment}/integrity", **needs(Right.READ))
def get_integrity(deployment: str, assembly: TheAssembly, period: ThePeriod) -> IntegrityShown:
    """What of a period broke the schema, with the share of its rows, what broke in the data, and inputs beyond the
    reference."""
    with assembly.store.look() as work:
        found = the_deployment(deployment, work)
        first, last = period.of(found, work, assembly)
        faults = findings_of(found, start=first, end=last, work=work)
        sound = soundness(found, start=first, end=last, work=work, places=assembly.places)
        fresh = freshness(found, sound, now=assembly.clock.now(), work=work)
        return show_integrity(sound, faults, fresh, start=first, end=last)


def show_schema(said: SchemaSaid) -> SchemaShown:
    rules = said.schema.to_json()["columns"]
    columns = [{name: each[name] for name in ExpectationShown.model_fields} for each in rules]
    return SchemaShown(
        number=said.schema.number,
        since=said.since,
        set_by=said.set_by or None,
        stalest=said.schema.stalest,
        columns=[ExpectationShown(**each) for each in columns],
    )


def show_integrity(found: Soundness, faults: Findings, fresh: Freshness, *, start: str, end: str) -> IntegrityShown:
    return IntegrityShown(
        start=start,
        end=end,
        sentence=found.sentence,
        rows=found.rows,
        schema_number=found.said.schema.number,
        broken=[BrokenShown(**vars(each)) for each in found.broken],
        notices=[_notice(each) for each in found.notices],
        faults=show_findings(faults, start=start, end=end).items,
        freshness=show_freshness(fresh),
    )


def show_freshness(of: Freshness) -> FreshnessShown:
    shown = ("sentence", "stale", "newest", "age", "limit", "declared", "late", "late_share", "ahead")
    return FreshnessShown(**{name: getattr(of, name) for name in shown})


def _notice(of: Notice) -> NoticeShown:
    return NoticeShown(**of.plain())
