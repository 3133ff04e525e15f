"""The Journal tab: rows that were answered, newest first, how long they are kept, and what is kept from readers."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.errors import WatchkeeperError
from watchkeeper.monitoring.answers.leafing import Leaf, Place, leaf
from watchkeeper.monitoring.answers.scoring import bounds
from watchkeeper.monitoring.collecting.filing import INPUT
from watchkeeper.monitoring.errors import NothingToErase
from watchkeeper.monitoring.journal.conditions import OPERATORS
from watchkeeper.monitoring.journal.gone_rows import GoneRows
from watchkeeper.monitoring.journalled import Journalled
from watchkeeper.monitoring.keeping.retaining import keep
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.erasures import (
    ColumnsWanted,
    ErasureWanted,
    change_columns,
    make_erasure,
    show_columns,
    show_erasure,
)
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs, permit_of
from watchkeeper.server.api.journal import conditions_in, selected
from watchkeeper.server.api.period import PagePeriod
from watchkeeper.server.api.retention import show_retention
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.asking import Asked, asked_of
from watchkeeper.server.web.context import TheForm, go, page, refusal, the_deployment, the_project
from watchkeeper.server.web.keeping import wanted_retention
from watchkeeper.server.web.serving import Tab, tab_of
from watchkeeper.serving.deployment import Role
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)
A_PAGE, ERASURES = 50, 20
COLUMN = "column "
"""Before an input's name in the form that says how it is journalled."""


@router.get(PAGES["journal"], **needs(Right.READ_ROWS))
def journal(
    request: Request,
    deployment: str,
    assembly: TheAssembly,
    period: PagePeriod,
    role: Role = Role.CHAMPION,
    id: str | None = None,  # noqa: A002
    where: str | None = None,
    column: str = "",
    operator: str = "=",
    value: str = "",
    cursor: str | None = None,
    logged: int | None = None,
) -> Response:
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly, period=period)
        asked, wrong = asked_of(
            tab.deployment, where=where, added=(column, operator, value), id=id, role=role, work=work
        )
        found: tuple[GoneRows, Leaf] | None = None
        try:
            found = _leaf(tab, asked, cursor=cursor) if wrong is None else None
        except WatchkeeperError as refused:
            wrong = refused
        context = {**tab.context, **_context(request, tab, asked, found)}
    written = {"column": column, "operator": operator, "value": value}
    at = refusal(wrong, at="filter", written=written) if wrong else None
    status = wrong.status if wrong else 200
    return page(request, "deployment_journal.html", status=status, **context, refused=at, logged=logged)


def shown_again(request: Request, deployment: str, assembly: Assembly, *, refused: dict[str, Any]) -> Response:
    """The newest rows, with another form of the page that was refused."""
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly)
        asked, _ = asked_of(tab.deployment, where=None, added=("", "=", ""), id=None, role=Role.CHAMPION, work=work)
        context = {**tab.context, **_context(request, tab, asked, _leaf(tab, asked, cursor=None))}
    return page(request, "deployment_journal.html", status=refused["status"], **context, refused=refused, logged=None)


@router.post(PAGES["journal_columns"], **needs(Right.MANAGE))
def columns(request: Request, deployment: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    """Only what differs from what holds is set, so that what was set before keeps its day."""
    with assembly.store.work() as work:
        project = the_project(request, work)
        found = the_deployment(project, deployment, work)
        now = {each.column: each.journalled.value for each in show_columns(found, work).items}
        chosen = {name.removeprefix(COLUMN): word for name, word in form.items() if name.startswith(COLUMN)}
        wanted = {name: word for name, word in chosen.items() if now.get(name) != word}
        change_columns(found, ColumnsWanted(columns=wanted), permit=permit, work=work, assembly=assembly)
    return go("journal", project=project.slug, deployment=found.slug)


@router.post(PAGES["journal_erase"], **needs(Right.MANAGE))
def erase(request: Request, deployment: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    """The rows whose ids stand there, a line each."""
    with assembly.store.work() as work:
        project = the_project(request, work)
        found = the_deployment(project, deployment, work)
        ids = [line.strip() for line in form.get("ids", "").splitlines() if line.strip()]
        if not ids and not form.get("where"):
            raise NothingToErase("Write the ids of the rows, a line each, or choose rows by a filter.", fields=("ids",))
        where = list(conditions_in(form.get("where"))) if not ids else []
        wanted = ErasureWanted(ids=ids or None, where=where)
        make_erasure(found.id, wanted, permit=permit, work=work, assembly=assembly)
    return go("journal", project=project.slug, deployment=found.slug)


@router.post(PAGES["journal_keep"], **needs(Right.MANAGE))
def keep_rows(request: Request, deployment: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    try:
        wanted = wanted_retention(form)
    except WatchkeeperError as refused:
        return shown_again(request, deployment, assembly, refused=refusal(refused, at="keep", written=form))
    with assembly.store.work() as work:
        project = the_project(request, work)
        found = the_deployment(project, deployment, work)
        keep(found, wanted, permit=permit, work=work, clock=assembly.clock)
    return go("journal", project=project.slug, deployment=found.slug)


def _leaf(tab: Tab, asked: Asked, *, cursor: str | None) -> tuple[GoneRows, Leaf]:
    """With an id, whenever it was; else within the period."""
    zone = tab.deployment.time_zone
    start, end = (None, None) if asked.id else (bounds(tab.start, zone)[0], bounds(tab.end, zone)[1])
    rows = selected(
        tab.deployment.id, tab.work, tab.assembly, role=asked.role, start=start, end=end, where=asked.conditions
    )
    return rows.gone, leaf(rows, limit=A_PAGE, after=Place.read(cursor) if cursor else None, work=tab.work)


def _context(request: Request, tab: Tab, asked: Asked, found: tuple[GoneRows, Leaf] | None) -> dict[str, Any]:
    may_manage = Right.MANAGE in permit_of(request).rights
    gone, there = found or (None, Leaf((), None))
    return {
        "asked": asked,
        "keep": asked.query,
        "gone": gone,
        "rows": [_shown(row) for row in there.rows],
        "older": there.after.cursor if there.after else None,
        "retention": show_retention(tab.deployment, tab.work, tab.assembly).model_dump(),
        "retentions": tab.work.retentions.said(tab.deployment.id),
        "usual": tab.assembly.retention,
        "operators": OPERATORS,
        "columns": [each.model_dump() for each in show_columns(tab.deployment, tab.work).items],
        "ways": list(Journalled),
        "erasures": _erasures(tab.work, tab.deployment.id),
        "may_manage": may_manage,
        "where": json.dumps(asked.given) if asked.given else "",
    }


def _erasures(work: Work, deployment: str) -> Sequence[dict[str, Any]]:
    found = work.erasures.page(deployment, after=None, limit=ERASURES)
    return [show_erasure(each).model_dump() for each in found]


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its inputs apart: they stand with the role that the caller was answered by."""
    other = row.get("challenger") or row.get("champion") or {}
    inputs = {
        name.removeprefix(INPUT): row[name] if row.get(name) is not None else other.get(name)
        for name in dict.fromkeys([*row, *other])
        if name.startswith(INPUT)
    }
    violations = json.loads(row["violations"]) if row.get("violations") else []
    return {**row, "inputs": inputs, "violations": violations, "other": other or None}
