"""How often the rules that every deployment starts with fire where nothing is wrong, and how soon where something is.

Twenty stable deployments live a year each: their rows come from one and the same process before and after the model
was trained. Features differ by day (weather), by season, or not at all; with times in the reference or without.
"""

import math
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.alerts.rule import Reading, Rule
from watchkeeper.alerts.spelling import spells
from watchkeeper.alerts.starting import STARTS, Start, performance_start
from watchkeeper.monitoring.performance.estimating import Block, estimate
from watchkeeper.monitoring.performance.tally import tally
from watchkeeper.monitoring.references.drifting import MEASURE, features_drift
from watchkeeper.monitoring.references.usual import Usual, times_usual
from watchkeeper.monitoring.references.watching import PREDICTION, Watched
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

BEGIN, YEAR, CHANGE = date(2023, 1, 1), 365, 180
LEVELS = 8
ONE, EACH = 1.1, 0.13
"""Times the usual that one feature may drift, and what the more of them, the likelier one is to do by chance, adds."""
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Life:
    """A deployment's circumstances.

    Attributes:
        rows: a day.
        features: every fourth is categorical.
        by_day: which part of a feature's variance is between days (neighbours are alike, 0.7).
        by_season: which part is the season's.
        learned: days of the reference.
        timed: whether the reference carries times.
    """

    rows: int
    features: int
    by_day: float
    by_season: float
    learned: int
    timed: bool


LIVES = (
    Life(20, 3, 0.0, 0.0, 100, timed=False),
    Life(48, 3, 0.0, 0.0, 40, timed=False),
    Life(200, 10, 0.0, 0.0, 20, timed=False),
    Life(1000, 5, 0.0, 0.0, 10, timed=False),
    Life(200, 30, 0.0, 0.0, 30, timed=False),
    Life(48, 10, 0.05, 0.0, 365, timed=False),
    Life(200, 5, 0.05, 0.0, 180, timed=False),
    Life(24, 5, 0.0, 0.0, 365, timed=True),
    Life(48, 3, 0.3, 0.0, 365, timed=True),
    Life(48, 10, 0.3, 0.0, 365, timed=True),
    Life(48, 3, 0.2, 0.4, 365, timed=True),
    Life(48, 10, 0.2, 0.4, 365, timed=True),
    Life(48, 3, 0.2, 0.6, 730, timed=True),
    Life(48, 10, 0.2, 0.6, 730, timed=True),
    Life(200, 5, 0.3, 0.3, 365, timed=True),
    Life(200, 30, 0.1, 0.0, 365, timed=True),
    Life(200, 10, 0.1, 0.3, 730, timed=True),
    Life(20, 10, 0.1, 0.1, 730, timed=True),
    Life(100, 20, 0.2, 0.2, 365, timed=True),
    Life(500, 5, 0.4, 0.2, 365, timed=True),
)


def feature(life: Life, chance: np.random.Generator, place: int) -> Numbers:
    """Of shape (days, rows); standard deviation 1, but one in four has a long tail."""
    days = life.learned + YEAR
    weather, step = np.zeros(days), np.sqrt(1 - 0.7**2)
    for day in range(1, days):
        weather[day] = 0.7 * weather[day - 1] + step * chance.normal()
    season = np.sqrt(2) * np.sin(2 * np.pi * (np.arange(days) / YEAR + chance.random()))
    within = chance.normal(size=(days, life.rows))
    between = np.sqrt(life.by_day) * weather + np.sqrt(life.by_season) * season
    found = between[:, None] + np.sqrt(1 - life.by_day - life.by_season) * within
    return np.asarray(np.exp(0.7 * found) if place % 4 == 1 else found)


def categorical(place: int) -> bool:
    return place % 4 == 3


def levels(values: Numbers) -> npt.NDArray[np.int64]:
    return np.digitize(values, np.linspace(-1.5, 1.5, LEVELS - 1))


@dataclass(frozen=True)
class World:
    life: Life
    values: Sequence[Numbers]
    """Of each feature, of shape (days, rows); a categorical one's are numbers of levels, and -1 is a new one."""

    def table(self, start: int, end: int) -> "pa.Table":
        columns = {f"f{place}": self._column(place, start, end) for place in range(len(self.values))}
        times = [
            datetime.combine(BEGIN, datetime.min.time(), UTC) + timedelta(days=day, minutes=1440 * row / self.life.rows)
            for day in range(start, end)
            for row in range(self.life.rows)
        ]
        return pa.table({**columns, "at": pa.array(times, pa.timestamp("us", "UTC"))})

    def _column(self, place: int, start: int, end: int) -> "pa.Array":
        values = self.values[place][start:end].ravel()
        return pa.array([f"level {each:g}" for each in values]) if categorical(place) else pa.array(values)


def stable(life: Life, seed: int) -> World:
    chance = np.random.default_rng(seed)
    found = [feature(life, chance, place) for place in range(life.features)]
    return World(life, [levels(each).astype(float) if categorical(n) else each for n, each in enumerate(found)])


def shifted(world: World, by: float) -> World:
    """The first feature is by so many standard deviations higher from one day on."""
    first = world.values[0].copy()
    first[world.life.learned + CHANGE :] += by * first[: world.life.learned].std()
    return replace(world, values=[first, *world.values[1:]])


def renamed(world: World) -> World:
    """The most frequent level of a categorical feature has another name from one day on."""
    place = next(n for n in range(len(world.values)) if categorical(n) or n == len(world.values) - 1)
    if not categorical(place):
        return world
    changed = world.values[place].copy()
    most = np.bincount(changed[: world.life.learned].ravel().astype(int)).argmax()
    later = changed[world.life.learned + CHANGE :]
    later[later == most] = -1
    return replace(world, values=[*world.values[:place], changed, *world.values[place + 1 :]])


def readings_of_drift(world: World, days: int) -> list[Reading]:
    life = world.life
    with tempfile.TemporaryDirectory() as root:
        path = Path(root) / "table.parquet"
        reference = world.table(0, life.learned)
        pq.write_table(reference, path)
        kinds = [Kind.CATEGORICAL if categorical(n) else Kind.NUMERIC for n in range(life.features)]
        bins = tuple(fit_bin_set(Column(f"f{n}", kind), reference[f"f{n}"]) for n, kind in enumerate(kinds))
        watch = Watched(1, bins, fit_bin_set(Column(PREDICTION, Kind.NUMERIC), pa.array(np.linspace(0, 1, 50))))
        usual = Usual(f"{life}", 1, "UTC", watch, path if life.timed else None, "at" if life.timed else None)
        counts = []
        for day in range(life.learned, life.learned + YEAR):
            rows = world.table(day, day + 1)
            of_features = np.concatenate([each.count(rows[each.column.name]) for each in bins])
            counts.append(np.concatenate([of_features, np.zeros(watch.size - watch.of_features, dtype=np.int64)]))
        found = []
        for day in range(YEAR):
            mine = counts[max(day - days + 1, 0) : day + 1]
            rows_seen = life.rows * len(mine)
            ratios = times_usual(
                features_drift(watch, np.sum(mine, axis=0), measure=MEASURE), usual.over(len(mine), rows_seen)
            )
            worst = int(np.nanargmax(ratios))
            found.append(Reading(named(day), rows_seen, float(ratios[worst]), about=watch.names[worst]))
    return found


def readings_of_violations(world: World) -> list[Reading]:
    """Out of the reference's range, or of a level that it never had."""
    life, found = world.life, []
    broken = np.zeros((len(world.values), YEAR))
    for place, values in enumerate(world.values):
        before, after = values[: life.learned], values[life.learned :]
        if categorical(place):
            broken[place] = (~np.isin(after, np.unique(before))).mean(axis=1)
        else:
            broken[place] = ((after < before.min()) | (after > before.max())).mean(axis=1)
    for day in range(YEAR):
        worst = int(broken[:, day].argmax())
        found.append(Reading(named(day), life.rows, float(broken[worst, day]), about=f"f{worst}"))
    return found


def readings_of_performance(life: Life, seed: int, task: str, days: int) -> tuple[list[Reading], float]:
    """Errors whose size differs by day; and what the hold-out said."""
    chance = np.random.default_rng(seed + 1000)
    spread = np.exp(0.3 * feature(replace(life, by_day=0.5, by_season=0.2, learned=60), chance, 0)[:, :1])
    truth = chance.normal(100, 10, size=(60 + YEAR, life.rows))
    if task == "regression":
        answer = truth + 5 * spread * chance.normal(size=truth.shape)
    else:
        odds = 1.5 * chance.normal(size=truth.shape) / spread
        answer = 1 / (1 + np.exp(-odds))
        truth = (chance.random(size=truth.shape) < answer).astype(float)
    blocks = [
        [Block(named(day), part, tally(task, truth[day, part::8], answer[day, part::8])) for part in range(8)]
        for day in range(60 + YEAR)
    ]
    metric = "mape" if task == "regression" else "accuracy"
    known = estimate(metric, task, [each for day in blocks[:60] for each in day]).value or 0.0
    found = []
    for day in range(60, 60 + YEAR):
        mine = [each for past in blocks[day - days + 1 : day + 1] for each in past if each.tally.rows]
        said = estimate(metric, task, mine)
        found.append(Reading(named(day - 60), life.rows * days, said.value, said.low, said.high))
    return found, known


def named(day: int) -> str:
    return (BEGIN + timedelta(days=day)).isoformat()


def ruled(start: Start) -> Rule:
    return Rule(
        **vars(start),
        id="r",
        project="p",
        deployment="d",
        metric=None,
        channels=None,
        enabled=True,
        starting=True,
        anew=None,
        created=datetime(2023, 1, 1, tzinfo=UTC),
        created_by="",
    )


def opened(readings: Sequence[Reading], start: Start, *, above: bool = True, since: date = BEGIN) -> list[int]:
    """The days since then on which firings opened."""
    return [(date.fromisoformat(each.opened) - since).days for each in spells(readings, ruled(start), above=above)]


def drift_start(features: int) -> Start:
    """The rule of decision 12, for a model of so many features."""
    limit = round(ONE + EACH * math.log(max(features, 1)), 2)
    return Start("A feature drifts", "drift", limit, minimum_rows=50, needed=2, windows=7, days=7)


def starting(signal: str) -> Start:
    return next(each for each in STARTS if each.signal == signal)


def performance(known: float, task: str) -> Start:
    return performance_start("mape" if task == "regression" else "accuracy", known)


def firings(life: Life, seed: int) -> Iterator[tuple[str, list[int]]]:
    """Where nothing is wrong."""
    world = stable(life, seed)
    drift = drift_start(life.features)
    yield "drift", opened(readings_of_drift(world, drift.days), drift)
    yield "violations", opened(readings_of_violations(world), starting("violations"))
    for task in ("regression", "binary"):
        readings, known = readings_of_performance(life, seed, task, 7)
        yield f"performance ({task})", opened(readings, performance(known, task), above=task == "regression")


def delay(found: Sequence[int]) -> int | None:
    """Days from the change to the first firing after it."""
    after = [day - CHANGE for day in found if day >= CHANGE]
    return after[0] + 1 if after else None


def detected(life: Life, seed: int) -> tuple[int | None, int | None, int | None]:
    """Days until a shift by one standard deviation, and a renamed level, are told (by drift, by violations)."""
    world, drift = stable(life, seed), drift_start(life.features)
    shift = delay(opened(readings_of_drift(shifted(world, 1.0), drift.days), drift))
    other = renamed(world)
    if other is world:
        return shift, None, None
    by_drift = delay(opened(readings_of_drift(other, drift.days), drift))
    return shift, by_drift, delay(opened(readings_of_violations(other), starting("violations")))


def alarms() -> None:
    total: Counter[str] = Counter()
    print("| rows a day | features | by day | by season | reference | firings in a stable year | days to 1 sigma |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for seed, life in enumerate(LIVES):
        counts = {name: len(found) for name, found in firings(life, seed)}
        total.update(counts)
        shift, *_ = detected(life, seed)
        said = ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "0"
        print(
            f"| {life.rows} | {life.features} | {life.by_day:g} | {life.by_season:g} | "
            f"{life.learned} days{'' if life.timed else ', no times'} | {said} | {shift} |",
            flush=True,
        )
    each = {name: round(count / len(LIVES), 2) for name, count in total.items()}
    print(f"\nFirings a deployment and year: {each}")


if __name__ == "__main__":
    alarms()
