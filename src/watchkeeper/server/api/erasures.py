"""What of a journal is kept from its readers: columns that are hashed or left out, and rows that are erased."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.monitoring.collecting.masking import column_settings, set_columns
from watchkeeper.monitoring.erasure import Erasure, ErasureState
from watchkeeper.monitoring.errors import NoErasure
from watchkeeper.monitoring.journalled import Journalled
from watchkeeper.monitoring.keeping.erasing import ask_erasure
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.monitoring import aware
from watchkeeper.server.api.paging import Cursor, Limit, Page, paged
from watchkeeper.server.api.serving import the_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(tags=["journal"])


class ColumnShown(BaseModel):
    """`since` and `set_by` are null for a column that nothing was ever said of."""

    column: str
    kind: str
    journalled: Journalled
    since: datetime | None
    set_by: str | None


class ColumnsWanted(BaseModel):
    """Inputs, each to `full`, `hashed` or `left_out`."""

    columns: dict[str, str]


class ErasureWanted(BaseModel):
    """Either `ids`, or conditions (`[column, operator, value]`, which all have to hold) and a period of event time."""

    ids: list[str] | None = None
    where: list[Any] = []
    start: datetime | None = None
    end: datetime | None = None


class ErasureShown(BaseModel):
    """`given` is how many ids were named; `rows` (of both roles, and of results of
    batches that were not journalled) and `labels` are how many are gone."""

    id: str
    asked: datetime
    asked_by: str
    given: int
    where: list[Any]
    start: datetime | None
    end: datetime | None
    state: ErasureState
    rows: int | None
    labels: int | None
    done: datetime | None
    error: str


@router.get("/deployments/{deployment}/journal/columns", **needs(Right.READ))
def get_journal_columns(deployment: str, assembly: TheAssembly) -> Page[ColumnShown]:
    """How each input is journalled: in full, hashed, or left out; the profiles count it all the same."""
    with assembly.store.look() as work:
        return show_columns(the_deployment(deployment, work), work)


@router.patch("/deployments/{deployment}/journal/columns", **needs(Right.MANAGE))
def patch_journal_columns(
    deployment: str, wanted: ColumnsWanted, permit: ThePermit, assembly: TheAssembly
) -> Page[ColumnShown]:
    """In force for what is collected from now on; rows that are there stay as they are. Examples of violations are
    hidden at once."""
    with assembly.store.work() as work:
        found = the_deployment(deployment, work)
        change_columns(found, wanted, permit=permit, work=work, assembly=assembly)
        return show_columns(found, work)


@router.post("/deployments/{deployment}/journal/erasures", status_code=202, **needs(Right.MANAGE))
def create_erasure(deployment: str, wanted: ErasureWanted, permit: ThePermit, assembly: TheAssembly) -> ErasureShown:
    """Erase rows that have arrived by now, in both roles, with their labels, and from the results of batches; counts
    stay. Conditions are looked for in the journal: rows of a batch that was not journalled go by their ids. It is done
    after the answer: ask for the erasure until its `state` is `done` or `failed`. It can't be undone."""
    with assembly.store.work() as work:
        return show_erasure(make_erasure(deployment, wanted, permit=permit, work=work, assembly=assembly))


@router.get("/deployments/{deployment}/journal/erasures", **needs(Right.READ_ROWS))
def list_erasures(
    deployment: str, assembly: TheAssembly, limit: Limit = 100, cursor: Cursor = None
) -> Page[ErasureShown]:
    """Who asked when for which rows to be gone, newest first."""
    with assembly.store.look() as work:
        found = work.erasures.page(the_deployment(deployment, work).id, after=cursor, limit=limit + 1)
    return paged(found, limit=limit, show=show_erasure, cursor=lambda each: each.id)


@router.get("/deployments/{deployment}/journal/erasures/{erasure}", **needs(Right.READ_ROWS))
def get_erasure(deployment: str, erasure: str, assembly: TheAssembly) -> ErasureShown:
    with assembly.store.look() as work:
        found = work.erasures.get(erasure)
        if found is None or found.deployment != the_deployment(deployment, work).id:
            raise NoErasure("There is no such erasure here.")
    return show_erasure(found)


def change_columns(
    deployment: Deployment, wanted: ColumnsWanted, *, permit: Permit, work: Work, assembly: Assembly
) -> None:
    set_columns(deployment, wanted.columns, permit=permit, work=work, seal=assembly.seal.close, clock=assembly.clock)


def make_erasure(deployment: str, wanted: ErasureWanted, *, permit: Permit, work: Work, assembly: Assembly) -> Erasure:
    return ask_erasure(
        the_deployment(deployment, work),
        ids=wanted.ids,
        where=wanted.where,
        start=aware(wanted.start),
        end=aware(wanted.end),
        permit=permit,
        work=work,
        clock=assembly.clock,
    )


def show_columns(deployment: Deployment, work: Work) -> Page[ColumnShown]:
    items = [
        ColumnShown(
            column=name,
            kind=kind,
            journalled=setting.journalled if setting else Journalled.FULL,
            since=setting.since if setting else None,
            set_by=setting.set_by if setting else None,
        )
        for name, (kind, setting) in column_settings(deployment, work=work).items()
    ]
    return Page(items=items, next=None)


def show_erasure(erasure: Erasure) -> ErasureShown:
    return ErasureShown.model_validate(erasure, from_attributes=True)
