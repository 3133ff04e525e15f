"""`just bench verdicts`: what judging days costs, and the answers that show it, at any number of predictions."""

import asyncio
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
from pages import world

from watchkeeper.access.identifying import first_administrator, issue_key
from watchkeeper.clock import SystemClock
from watchkeeper.monitoring.collecting.collecting import Collector
from watchkeeper.monitoring.compact import packed
from watchkeeper.monitoring.drift.seasons.almanac import Almanac
from watchkeeper.monitoring.drift.seasons.strata import BLOCKS, days_of, strata_of
from watchkeeper.monitoring.drift.seasons.weeks import Weeks
from watchkeeper.monitoring.ports import DayBlocks, HourSheet, KeptAlmanac, Sheet, UsageCell
from watchkeeper.monitoring.references.watching import FEATURES, watched
from watchkeeper.monitoring.usage.response_times import BINS
from watchkeeper.monitoring.verdicts.issuing import issue
from watchkeeper.server.assembly import Assembly, assemble
from watchkeeper.server.console import create_app
from watchkeeper.server.settings import Settings
from watchkeeper.server.sweeping import sweep_seldom
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.storage.journal.store import SegmentStore
from watchkeeper.storage.migrating import migrate
from watchkeeper.tables.bins import BinSet

TIMES = 9
DAYS = 90
FIRST = date(2025, 6, 1)
ANSWERS = {
    "drift": "/api/v1/deployments/d1/drift",
    "drift/days": "/api/v1/deployments/d1/drift/days",
    "distribution": "/api/v1/deployments/d1/distribution",
    "page": "/projects/p/deployments/live/distribution",
}


def verdicts() -> None:
    """Both roles; in the processor's time, which others on the machine don't change."""
    judging = f"judging {DAYS} days, s"
    columns = ["features", "held against", "predictions", judging, *(f"{each}, ms" for each in ANSWERS)]
    print(f"| {' | '.join(columns)} |")
    print(f"|--:|---|--:|--:|{'--:|' * len(ANSWERS)}")
    for features, rows in ((20, 10**6), (200, 10**6), (200, 10**9)):
        for season in (False, True):
            with tempfile.TemporaryDirectory() as directory:
                _line(Path(directory), features=features, rows=rows, season=season)


def _line(root: Path, *, features: int, rows: int, season: bool) -> None:
    assembly = assemble(Settings(data_dir=root))
    migrate(assembly.store)
    deployment = world(assembly.store, assembly.places, features)
    fill(assembly, deployment, rows=rows // DAYS)
    if season:
        _dated(assembly, deployment, rows=rows // DAYS)
    begun = time.process_time()
    while issue(deployment, collector(assembly)):
        pass
    judging = time.process_time() - begun
    taken = asyncio.run(_answers(assembly))
    against = "the season" if season else "the whole"
    cells = [features, against, f"{rows:,}", f"{judging:.1f}", *(f"{each:.0f}" for each in taken)]
    print(f"| {' | '.join(str(each) for each in cells)} |", flush=True)
    assembly.store.close()


def fill(assembly: Assembly, deployment: Deployment, *, rows: int) -> None:
    """Days as the reference is, each with its own chance, and one feature that moved."""
    chance = np.random.default_rng(1)
    with assembly.store.work() as work:
        watch = watched(deployment, work=work, places=assembly.places)
        shares = [np.array(bins.reference) / sum(bins.reference) for bins in (*watch.features, watch.prediction)]
        shares[0] = np.roll(shares[0], 1)
        for number in range(DAYS):
            day = (FIRST + timedelta(days=number)).isoformat()
            for role in Role:
                counts = np.concatenate([chance.multinomial(rows, each) for each in shares])
                work.watch.add_sheets("d1", [Sheet(1, role, day, rows, counts)])
            times = np.zeros(BINS, dtype=np.int64)
            work.watch.add_usage("d1", [UsageCell(1, "champion", "event", day, 1, rows, 0, 2.0, times)])


def _dated(assembly: Assembly, deployment: Deployment, *, rows: int) -> None:
    """A reference of a year of hours, which all look like its whole, and days whose rows are spread over theirs."""
    chance = np.random.default_rng(2)
    when = np.datetime64("2024-01-01T00", "h") + np.arange(366 * 24)
    weeks, cells = Weeks.of(days_of(when), strata_of(when))
    size = weeks.week.size

    def counted(bins: BinSet) -> Any:
        places = chance.choice(bins.size, when.size, p=np.array(bins.reference) / sum(bins.reference))
        return np.bincount(cells * bins.size + places, minlength=size * bins.size).reshape(size, bins.size)

    with assembly.store.work() as work:
        watch = watched(deployment, work=work, places=assembly.places)
        for of, bins in ((FEATURES, watch.features), ("m1", (watch.prediction,)), ("m2", (watch.prediction,))):
            found = Almanac.of(bins, weeks, map(counted, bins))
            work.almanacs.keep("d1", of, KeptAlmanac(packed=found.packed()))
        for number in range(DAYS):
            day = (FIRST + timedelta(days=number)).isoformat()
            nothing = np.zeros((BLOCKS, len(watch.features) + 1), dtype=np.int64)
            spread = np.full(BLOCKS, rows // BLOCKS)
            work.hours.keep_blocks("d1", [DayBlocks(day, 1, role.value, spread, nothing) for role in Role])
            for hour in range(24):
                moment = (date.fromisoformat(day) - date(1970, 1, 1)).days * 24 + hour
                counts = packed(np.zeros(watch.size, dtype=np.int64))
                work.hours.add("d1", [HourSheet(1, role.value, moment, rows // 24, counts) for role in Role])


def collector(assembly: Assembly) -> Collector:
    store, places = assembly.store, assembly.places
    segments = SegmentStore(places.segments(), process="worker")
    return Collector("b", store.work, store.look, store.sync, places, segments, SystemClock(), assembly.seal.open)


async def _answers(assembly: Assembly) -> list[float]:
    async with client_of(assembly, create_app(assembly)) as client:
        return [await _median(client, path) for path in ANSWERS.values()]


def client_of(assembly: Assembly, app: Any) -> Any:
    """An administrator's, without a network; what there is by now stays, as in the console's process."""
    with assembly.store.work() as work:
        person = first_administrator(users=work.users, clock=assembly.clock)
        _, key = issue_key("benchmark", keys=work.keys, clock=assembly.clock, user=person.id)
    sweep_seldom()
    transport, headers = httpx2.ASGITransport(app=app), {"Authorization": f"Bearer {key}"}
    return httpx2.AsyncClient(transport=transport, base_url="http://localhost", headers=headers)


async def _median(client: Any, path: str) -> float:
    taken = []
    for _ in range(TIMES):
        begun = time.process_time()
        answer = await client.get(path, params={"days": DAYS})
        taken.append((time.process_time() - begun) * 1000)
        assert answer.status_code == 200, answer.text
    return statistics.median(taken)
