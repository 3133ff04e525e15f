"""What the monitoring answers cost, by days and features: they read profiles, so traffic does not matter."""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.alerts.summarising import summary
from watchkeeper.datasets.dataset import Dataset, State
from watchkeeper.experiments.experiment import Experiment, Model, ModelState, Version, VersionState
from watchkeeper.learning.signature import BINARY, REGRESSION
from watchkeeper.monitoring.answers.arriving import arrived
from watchkeeper.monitoring.answers.performing import Grain, comparison, performance
from watchkeeper.monitoring.performance.tally import tally
from watchkeeper.monitoring.ports import ScoreCell, Sheet, UsageCell
from watchkeeper.monitoring.references.distributing import distribution
from watchkeeper.monitoring.references.drifting import drift, view
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.usage.response_times import BINS
from watchkeeper.monitoring.usage.using import DaysOf, usage
from watchkeeper.projects.project import Project
from watchkeeper.serving.deployment import Deployment, Release, TypePolicy
from watchkeeper.storage.files.places import Places
from watchkeeper.storage.migrating import migrate
from watchkeeper.storage.work import Store, Work
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TIMES = 9
METRIC = {REGRESSION: "rmse", BINARY: "accuracy"}


def pages() -> None:
    print("| features | days | predictions a day | drift ms | distribution ms |\n|--:|--:|--:|--:|--:|")
    for features, days, rows in ((20, 90, 1000), (200, 90, 1000), (200, 90, 10**9), (200, 730, 10**9), (20, 730, 1000)):
        with tempfile.TemporaryDirectory() as directory:
            _line(Path(directory), features=features, days=days, rows=rows)
    print()
    answers()


def answers() -> None:
    """What the answers about performance cost from scores: each day has eight parts, of both roles."""
    names = ("performance", "comparison", "labels", "summary")
    print(f"| task | days | {' ms | '.join(names)} ms |\n|---|--:|{'--:|' * len(names)}")
    for task in (REGRESSION, BINARY):
        for days in (30, 90, 365):
            with tempfile.TemporaryDirectory() as directory:
                _answers(Path(directory), task=task, days=days)


def _answers(root: Path, *, task: str, days: int) -> None:
    store, places = Store(f"sqlite:///{root / 'kept.sqlite'}"), Places(root)
    migrate(store)
    deployment = world(store, places, 2, task=task)
    first = date(2023, 1, 1)
    period = {"start": first.isoformat(), "end": (first + timedelta(days=days - 1)).isoformat()}
    chance = np.random.default_rng(3)
    with store.work() as work:
        for number in range(days):
            day = (first + timedelta(days=number)).isoformat()
            work.scores.replace_day("d1", day, scores(chance, day, task))
            work.watch.add_usage(
                "d1", [UsageCell(1, "champion", "event", day, 1, 160, 0, 2.0, np.zeros(BINS, np.int64))]
            )
    asked: dict[str, Callable[[Work], object]] = {
        "performance": lambda work: performance(deployment, by=Grain.DAY, **period, work=work),
        "comparison": lambda work: comparison(deployment, **period, work=work),
        "labels": lambda work: arrived(deployment, **period, now=NOW, work=work),
        "summary": lambda work: summary(
            deployment, usage(deployment, by=DaysOf.EVENT, **period, work=work), **period, now=NOW, work=work
        ),
    }
    taken = [statistics.median(_took(store, each) for _ in range(TIMES)) for each in asked.values()]
    print(f"| {task} | {days} | {' | '.join(f'{each:.0f}' for each in taken)} |", flush=True)
    store.close()


def scores(chance: np.random.Generator, day: str, task: str) -> list[ScoreCell]:
    cells = []
    for part in range(8):
        truth = chance.normal(100, 9, 20) if task == REGRESSION else (chance.uniform(size=20) < 0.3).astype(float)
        for role in ("champion", "challenger"):
            answer = truth + chance.normal(size=20) if task == REGRESSION else chance.uniform(size=20)
            cells += [ScoreCell(day, part, 1, role, shared, tally(task, truth, answer)) for shared in (False, True)]
    return cells


def _took(store: Store, ask: Callable[[Work], object]) -> float:
    """The processor's time, which others on the machine don't change."""
    begun = time.process_time()
    with store.look() as work:
        ask(work)
    return (time.process_time() - begun) * 1000


def _line(root: Path, *, features: int, days: int, rows: int) -> None:
    store, places = Store(f"sqlite:///{root / 'kept.sqlite'}"), Places(root)
    migrate(store)
    deployment = world(store, places, features)
    with store.work() as work:
        watch = watched(deployment, work=work, places=places)
    chance = np.random.default_rng(1)
    first = date(2023, 1, 1)
    with store.work() as work:
        for number in range(days):
            day = (first + timedelta(days=number)).isoformat()
            for role in ("champion", "challenger"):
                counts = chance.integers(0, max(rows // 50, 2), watch.size)
                work.watch.add_sheets("d1", [Sheet(1, role, day, rows, counts)])
    start, end = first.isoformat(), (first + timedelta(days=days - 1)).isoformat()

    def seen(what: str) -> float:
        begun = time.perf_counter()
        with store.work() as work:
            found = view(deployment, start=start, end=end, work=work, places=places)
        distribution(found) if what == "distribution" else drift(found, start=start, end=end)
        return (time.perf_counter() - begun) * 1000

    taken = {what: statistics.median(seen(what) for _ in range(TIMES)) for what in ("drift", "distribution")}
    print(f"| {features} | {days} | {rows:,} | {taken['drift']:.0f} | {taken['distribution']:.0f} |", flush=True)
    store.close()


def world(store: Store, places: Places, features: int, *, task: str = REGRESSION) -> Deployment:
    """A deployment of so many features with a challenger, of which nothing has been asked."""
    values = pa.array(np.random.default_rng(2).normal(size=5000))
    columns = [Column(f"feature {number}", Kind.NUMERIC) for number in range(features)]
    bins = {"inputs": [fit_bin_set(column, values).to_json() for column in columns]}
    deployment = Deployment("d1", "p1", "live", "live", "p.live", "e1", "UTC", NOW, "u1")
    with store.work() as work:
        work.projects.add(Project("p1", "P", "p", "", NOW, "u1"))
        work.datasets.add(Dataset("s1", "p1", "rows", "rows.csv", State.READY, NOW, "u1"))
        work.experiments.add(Experiment("e1", "p1", "why", "y", None, "UTC", None, (), NOW, "u1"))
        version = Version(
            "v1", "e1", 1, "s1", VersionState.DONE, task, METRIC[task], 9.0, ("a",), [], NOW, "u1", bin_sets=bins
        )
        signature = {"inputs": [{"name": each.name, "kind": each.kind.value} for each in columns], "time": None}
        card = {"signature": {**signature, "target": "y", "task": task, "labels": None}}
        models = [Model(name, "v1", "a", ModelState.DONE, card=card) for name in ("m1", "m2")]
        work.experiments.add_version(version, models)
        work.deployments.add(deployment, Release("d1", 1, "m1", "m2", TypePolicy.BEST_EFFORT, NOW, "u1"))
    for model in ("m1", "m2"):
        places.model(model).mkdir(parents=True)
        pq.write_table(pa.table({"prediction": values}), places.model(model) / "reference.parquet")
    return deployment
