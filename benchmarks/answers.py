"""`just bench answers`: what each answer and page of a deployment costs, with 200 features, 90 days and both roles.

Every GET route of the console that names a deployment and nothing else, so that no new one is forgotten.
"""

import asyncio
import re
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
from pages import scores, world
from segments import fill_segments
from verdicts import DAYS, FIRST, client_of, collector, fill

from watchkeeper.learning.signature import REGRESSION
from watchkeeper.monitoring.compact import packed
from watchkeeper.monitoring.ports import HourSheet, ViolationCell
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.segments.listing_segments import keep_lists
from watchkeeper.monitoring.verdicts.issuing import issue
from watchkeeper.server.addresses import PAGES, address
from watchkeeper.server.assembly import Assembly, assemble
from watchkeeper.server.console import create_app
from watchkeeper.server.settings import Settings
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.storage.migrating import migrate

FEATURES = 200
ROWS = 10**6
TIMES = 5
COLUMN = "feature 0"
NAMES = {"project": "p", "deployment": "live"}
CSVS = ("usage", "drift", "verdicts", "distribution", "segments", "performance", "comparison", "labels")
ROWS_THEMSELVES = ("/journal", "/labels/download", "/labels/history")
"""Answers that read rows, which take as long as these are many."""


def answers() -> None:
    with tempfile.TemporaryDirectory() as directory:
        assembly = assemble(Settings(data_dir=Path(directory)))
        migrate(assembly.store)
        deployment = world(assembly.store, assembly.places, FEATURES)
        fill(assembly, deployment, rows=ROWS // DAYS)
        _fill_the_rest(assembly, deployment)
        fill_segments(assembly, rows=ROWS // DAYS)
        while issue(deployment, collector(assembly)):
            pass
        keep_lists(deployment, collector(assembly))
        taken = asyncio.run(_taken(assembly))
        assembly.store.close()
    print("| answer or page | ms of processor | kB |\n|---|--:|--:|")
    for path, milliseconds, size in sorted(taken, key=lambda each: -each[1]):
        print(f"| {path} | {milliseconds:.0f} | {size / 1000:,.0f} |", flush=True)


def _fill_the_rest(assembly: Assembly, deployment: Deployment) -> None:
    """Hours, scores and violations."""
    chance = np.random.default_rng(5)
    with assembly.store.work() as work:
        watch = watched(deployment, work=work, places=assembly.places)
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            work.scores.replace_day("d1", day.isoformat(), scores(chance, day.isoformat(), REGRESSION))
            work.hours.add("d1", [each for role in Role for each in _hours(chance, day, role, watch.size)])
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
            cells = [
                ViolationCell(1, day.isoformat(), f"feature {place}", "range", 7, moment, moment, "99")
                for place in range(0, FEATURES, 10)
            ]
            work.watch.add_violations("d1", cells)


def _hours(chance: np.random.Generator, day: date, role: Role, size: int) -> list[HourSheet]:
    first = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) // 3600
    return [
        HourSheet(1, role, first + hour, ROWS // DAYS // 24, packed(chance.poisson(9, size).astype(np.int64)))
        for hour in range(24)
    ]


async def _taken(assembly: Assembly) -> list[tuple[str, float, int]]:
    app = create_app(assembly)
    async with client_of(assembly, app) as client:
        return [await _median(client, path) for path in _paths(app)]


def _paths(app: Any) -> list[str]:
    """Those that name a deployment and nothing else: of the API, and the console's pages and files."""
    asked = [path for path, ways in app.openapi()["paths"].items() if "get" in ways]
    of_api = [each.replace("{deployment}", "d1") for each in asked if "{deployment}" in each]
    pages = [each.format_map(NAMES) for each in PAGES.values() if set(re.findall(r"{(\w+)}", each)) <= set(NAMES)]
    files = [address("csv", project="p", deployment="live", what=what) for what in CSVS]
    mine = [*of_api, *(each for each in pages if "/live" in each), *files]
    return [each for each in mine if "{" not in each and not any(part in each for part in ROWS_THEMSELVES)]


async def _median(client: Any, path: str) -> tuple[str, float, int]:
    """Nothing is measured of a page that only takes forms."""
    taken, size = [], 0
    for _ in range(TIMES):
        begun = time.process_time()
        answer = await client.get(path, params={"days": DAYS, "column": COLUMN})
        taken.append((time.process_time() - begun) * 1000)
        size = len(answer.content)
        if answer.status_code != HTTPStatus.OK:
            return f"{path}: {answer.status_code}", 0.0, size
    return path, statistics.median(taken), size
