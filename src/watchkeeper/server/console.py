"""The console: the REST API and the web pages in one FastAPI application."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from watchkeeper.errors import WatchkeeperError
from watchkeeper.server.api import (
    acceptances,
    access,
    account,
    backtest,
    batches,
    callers,
    causes,
    channels,
    datasets,
    drift,
    drift_days,
    drift_policy,
    erasures,
    experiments,
    faults,
    firings,
    health,
    integrity,
    journal,
    labels,
    log,
    members,
    monitoring,
    performance,
    pipelines,
    profiles,
    projects,
    releases,
    resources,
    retention,
    rules,
    runs,
    segments,
    serving,
)
from watchkeeper.server.api.problems import add_problem_handlers
from watchkeeper.server.assembly import Assembly, assemble
from watchkeeper.server.counting import Count, Requests
from watchkeeper.server.listening import listen
from watchkeeper.server.notices import TELL_EVERY, Notices
from watchkeeper.server.orders import Orders
from watchkeeper.server.protecting import Protect
from watchkeeper.server.settings import Settings
from watchkeeper.server.sweeping import sweep_seldom
from watchkeeper.server.web import pages
from watchkeeper.server.web.context import problem_page

logger = logging.getLogger(__name__)
PREFIX = "/api/v1"
NOTE_EVERY = 2.0


def routers() -> list[tuple[str, APIRouter]]:
    """Every router with its prefix: the API's, the health's, the pages'."""
    rooms = (
        access,
        account,
        members,
        projects,
        datasets,
        experiments,
        serving,
        releases,
        batches,
        monitoring,
        drift,
        drift_days,
        causes,
        drift_policy,
        acceptances,
        backtest,
        integrity,
        profiles,
        segments,
        journal,
        callers,
        erasures,
        retention,
        labels,
        log,
        performance,
        rules,
        faults,
        firings,
        channels,
        pipelines,
        runs,
        resources,
    )
    return [*((PREFIX, room.router) for room in rooms), ("", health.router), *(("", each) for each in pages.ROUTERS)]


def create_app(assembly: Assembly, name: str = "console") -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        datasets.empty_receiving(assembly)
        works = (_note_use(app, assembly), _tell(notices, requests))
        tasks = [asyncio.create_task(work) for work in works]
        yield
        for task in tasks:
            task.cancel()
        assembly.record.close()
        assembly.store.close()

    app = FastAPI(
        title="Watchkeeper",
        version=version("watchkeeper"),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.assembly = assembly
    app.state.used = {}
    app.state.notices = notices = Notices(name, assembly.places.run())
    requests = Requests()
    for prefix, router in routers():
        app.include_router(router, prefix=prefix)
    add_problem_handlers(app, wants_page=pages.wants_page, page=problem_page)
    app.add_middleware(Protect, settings=assembly.settings)
    app.add_middleware(Count, requests=requests)
    return app


async def _tell(notices: Notices, requests: Requests) -> None:
    while True:
        try:
            await asyncio.to_thread(notices.tell, list(requests.samples()))
        except OSError:
            logger.exception("the console's figures can't be written; trying again")
        await asyncio.sleep(TELL_EVERY)


async def _note_use(app: FastAPI, assembly: Assembly) -> None:
    """Write down now and then which keys were used: reading must not wait for a write."""
    while True:
        await asyncio.sleep(NOTE_EVERY)
        used, app.state.used = app.state.used, {}
        try:
            if used:
                await asyncio.to_thread(_note, assembly, used)
        except WatchkeeperError:
            logger.warning("which keys were used can't be written down; trying again")


def _note(assembly: Assembly, used: Mapping[str, datetime]) -> None:
    with assembly.store.work() as work:
        for digest, at in used.items():
            work.keys.touch(digest, at=at)


def run_console(name: str, settings: Settings, listener: socket.socket | None, orders: Orders) -> None:
    app = create_app(assemble(settings), name)
    sweep_seldom()
    listen(app, settings=settings, listener=listener, orders=orders)
