"""`just bench segments`: what fifty segments of 200 features cost, and how often one is called drifted for nothing."""

import asyncio
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from pages import world
from verdicts import DAYS, FIRST, client_of, collector, fill

from watchkeeper.monitoring.compact import packed
from watchkeeper.monitoring.drift.dependence import Dependence
from watchkeeper.monitoring.drift.windows import DRIFTED
from watchkeeper.monitoring.policy import USUAL
from watchkeeper.monitoring.ports import Counts, SegmentSheet
from watchkeeper.monitoring.references.watching import Watched, watched
from watchkeeper.monitoring.references.windows import Evidence, Windows, judge
from watchkeeper.monitoring.segment import COUNTED, FEATURES, MOST, Segmented, SegmentSaid
from watchkeeper.monitoring.segments.listing_segments import keep_lists
from watchkeeper.monitoring.verdicts.issuing import issue
from watchkeeper.server.assembly import Assembly, assemble
from watchkeeper.server.console import create_app
from watchkeeper.server.settings import Settings
from watchkeeper.serving.deployment import Role
from watchkeeper.storage.migrating import migrate
from watchkeeper.storage.sql.segments import segment_sheets

COLUMNS, TIMES, TRIALS = 200, 5, 60
NAMES = tuple(f"region {number}" for number in range(MOST))
REFERENCE = 5_000
ANSWERS: dict[str, tuple[str, dict[str, Any]]] = {
    "segments, kept": ("/api/v1/deployments/d1/segments", {"days": DAYS}),
    "segments, not kept": (
        "/api/v1/deployments/d1/segments",
        {"start": FIRST.isoformat(), "end": (FIRST + timedelta(days=DAYS - 2)).isoformat()},
    ),
    "drift of one": ("/api/v1/deployments/d1/drift", {"days": DAYS, "segment": NAMES[0]}),
    "a profile of one": (
        "/api/v1/deployments/d1/profiles",
        {"days": DAYS, "segment": NAMES[0], "column": "feature 1"},
    ),
    "causes": ("/api/v1/deployments/d1/drift/causes", {"days": DAYS}),
    "page": ("/projects/p/deployments/live/distribution", {"days": DAYS}),
    "page of one": ("/projects/p/deployments/live/distribution", {"days": DAYS, "segment": NAMES[0]}),
}


def segments() -> None:
    """In the processor's time, which others on the machine don't change."""
    print(f"| rows a day | bytes a day | the worker's lists, s | {' | '.join(f'{each}, ms' for each in ANSWERS)} |")
    print(f"|--:|--:|--:|{'--:|' * len(ANSWERS)}")
    for rows in (10_000, 1_000_000):
        with tempfile.TemporaryDirectory() as directory:
            _line(Path(directory), rows=rows)
    print()
    _false_alarms()


def _line(root: Path, *, rows: int) -> None:
    assembly = assemble(Settings(data_dir=root))
    migrate(assembly.store)
    deployment = world(assembly.store, assembly.places, COLUMNS)
    fill(assembly, deployment, rows=rows)
    fill_segments(assembly, rows=rows)
    while issue(deployment, collector(assembly)):
        pass
    begun = time.process_time()
    keep_lists(deployment, collector(assembly))
    lists = time.process_time() - begun
    with assembly.store.look() as work:
        kept = work.connection.scalar(sa.select(sa.func.sum(sa.func.length(segment_sheets.c.counts)))) or 0
    taken = asyncio.run(_taken(assembly))
    print(f"| {rows:,} | {kept // DAYS:,} | {lists:.1f} | {' | '.join(f'{each:.0f}' for each in taken)} |", flush=True)
    assembly.store.close()


def fill_segments(assembly: Assembly, *, rows: int) -> None:
    """Each segment as its own reference is, but for two features of the first, which have moved."""
    chance = np.random.default_rng(2)
    with assembly.store.work() as work:
        deployment = work.deployments.get("d1")
        assert deployment is not None
        watch = watched(deployment, work=work, places=assembly.places)
        work.segments.say("d1", SegmentSaid("feature 0", assembly.clock.now() - timedelta(days=900), "benchmark"))
        work.segments.keep_column("d1", Segmented(1, "feature 0", NAMES, MOST, COUNTED))
        shares = _shares(watch)
        whole = np.stack([_drawn(chance, shares, REFERENCE) for _ in NAMES])
        work.segments.keep_reference(
            "d1", 1, FEATURES, [(n, each[: watch.of_features]) for n, each in enumerate(whole)]
        )
        for model in ("m1", "m2"):
            answers = [(n, each[watch.of_features :]) for n, each in enumerate(whole)]
            work.segments.keep_reference("d1", 1, model, answers)
        for number in range(DAYS):
            day = (FIRST + timedelta(days=number)).isoformat()
            work.segments.add("d1", list(_sheets(chance, watch, shares, day, rows // MOST)))


def _sheets(chance: np.random.Generator, watch: Watched, shares: list[Any], day: str, rows: int) -> list[SegmentSheet]:
    found = []
    moved = [np.roll(each, 3) if place < 2 else each for place, each in enumerate(shares)]
    for place in range(MOST):
        counts = _drawn(chance, moved if place == 0 else shares, rows)
        answered = counts.copy()
        answered[: watch.of_features] = 0
        found += [
            SegmentSheet(1, place, 1, role, day, rows, packed(each))
            for role, each in ((Role.CHAMPION, counts), (Role.CHALLENGER, answered))
        ]
    return found


def _shares(watch: Watched) -> list[Any]:
    return [np.array(bins.reference) / sum(bins.reference) for bins in (*watch.features, watch.prediction)]


def _drawn(chance: np.random.Generator, shares: list[Any], rows: int) -> Counts:
    return np.concatenate([chance.multinomial(rows, each) for each in shares])


async def _taken(assembly: Assembly) -> list[float]:
    async with client_of(assembly, create_app(assembly)) as client:
        return [await _median(client, *each) for each in ANSWERS.values()]


async def _median(client: Any, path: str, params: dict[str, Any]) -> float:
    taken = []
    for _ in range(TIMES):
        begun = time.process_time()
        answer = await client.get(path, params=params)
        taken.append((time.process_time() - begun) * 1000)
        assert answer.status_code == 200, answer.text
    return statistics.median(taken)


def _false_alarms() -> None:
    """Of segments of a reference, each held against its own rows, none of which has drifted."""
    print("| rows of a segment in the reference | in the period | segments called drifted | of | allowed |")
    print("|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as directory:
        assembly = assemble(Settings(data_dir=Path(directory)))
        migrate(assembly.store)
        deployment = world(assembly.store, assembly.places, 20)
        with assembly.store.work() as work:
            watch = watched(deployment, work=work, places=assembly.places)
        for before, now in ((200, 50), (200, 1_000), (2_000, 50), (2_000, 1_000), (2_000, 10_000)):
            found = _called(watch, before=before, now=now)
            print(
                f"| {before:,} | {now:,} | {found} | {TRIALS * MOST:,} | {TRIALS * MOST * USUAL.alpha:.0f} |",
                flush=True,
            )
        assembly.store.close()


def _called(watch: Watched, *, before: int, now: int) -> int:
    chance, shares = np.random.default_rng([before, now]), _shares(watch)
    found = 0
    for _ in range(TRIALS):
        sides = ([_drawn(chance, shares, rows) for _ in range(MOST)] for rows in (before, now))
        reference, window = map(np.stack, sides)
        predictions = np.stack([window[:, watch.of_features :]] * len(Role))
        baselines = np.stack([reference[:, watch.of_features :]] * len(Role))
        models = tuple(tuple(["m1"] * MOST) for _ in Role)
        windows = Windows(
            features=window[:, : watch.of_features],
            references=reference[:, : watch.of_features],
            models=models,
            predictions=predictions,
            baselines=baselines,
            months=np.zeros((1 + len(Role), MOST, 12), dtype=np.int64),
        )
        evidence = Evidence(USUAL, Dependence(), {"m1": Dependence()})
        records = judge(windows, watch=watch, evidence=evidence, days=30)
        found += int((records["verdict"] == DRIFTED).any(axis=1).sum())
    return found
