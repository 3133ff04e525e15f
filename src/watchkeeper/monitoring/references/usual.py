"""How far stretches of the reference itself lie from the whole of it: what is usual, before it is called drift.

A week is never like a year. So a week of production is held against the weeks of the data that the model learned from:
the most that any of them differed from the whole, feature by feature. Where the reference carries no times its rows
are taken as independent, and samples of as many rows stand in for the weeks; that much is usual in any case.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from watchkeeper.monitoring.ports import Counts, JournalPlaces, Unit
from watchkeeper.monitoring.references.by_day import counts_by_day, newest_rows
from watchkeeper.monitoring.references.drifting import MEASURE, Values, features_drift
from watchkeeper.monitoring.references.watching import Watched
from watchkeeper.serving.deployment import Deployment

LEAST, LEAST_UNTIMED = 0.1, 0.2
"""Distances below it are nobody's concern, however unusual; it is more where nothing says how unlike days are."""
FEWEST = 8
"""Stretches that do not overlap, below which the reference's own are no measure."""
SAMPLES = 200


def usual_by_time(watch: Watched, of_days: Counts, *, days: int) -> Values | None:
    """The largest distance from the whole of any stretch of so many days, of shape (features,), from counts of shape
    (days, bins); None where there are fewer than eight such stretches."""
    if len(of_days) < FEWEST * days:
        return None
    sums = np.cumsum(np.vstack([np.zeros_like(of_days[:1]), of_days]), axis=0)
    drifts = features_drift(watch, sums[days:] - sums[:-days], measure=MEASURE)
    return _most(drifts)


def usual_by_chance(watch: Watched, rows: int) -> Values:
    """The largest distance from the whole of 200 samples of so many independent rows, of shape (features,)."""
    chance = np.random.default_rng(0)
    parts = [
        chance.multinomial(rows, counts / counts.sum(), size=SAMPLES)
        if counts.sum()
        else np.zeros((SAMPLES, len(counts)))
        for counts in watch.split(watch.reference).values()
    ]
    return _most(features_drift(watch, np.hstack(parts).astype(np.int64), measure=MEASURE))


@dataclass(frozen=True)
class Usual:
    """What is usual for a deployment's features; made once a process for each number of days, or of rows.

    Attributes:
        table: the data that the reference was taken from; None where it is gone.
        time: its column of times.
    """

    deployment: str
    number: int
    zone: str
    watch: Watched = field(compare=False, repr=False)
    table: Path | None = None
    time: str | None = None

    def over(self, days: int, rows: int) -> Values:
        """Of shape (features,), for a window of so many days with rows, and so many rows: never less than what chance
        does, since a day of production may have fewer rows than one of the reference."""
        by_chance = _by_chance(self, 2 ** int(np.log2(max(rows, 1))))
        by_time = _by_time(self, days)
        return np.maximum(by_chance, LEAST_UNTIMED if by_time is None else by_time)


@lru_cache(maxsize=256)
def _by_time(of: Usual, days: int) -> Values | None:
    of_days = _of_days(of)
    return usual_by_time(of.watch, of_days, days=days) if of_days is not None else None


@lru_cache(maxsize=2)
def _of_days(of: Usual) -> Counts | None:
    """The reference's counts by local day; None where it carries no times, or is gone. Kept while its stretches of one
    day, two days and so on are taken in turn, and no longer: it can be large."""
    if of.table is None or of.time is None:
        return None
    columns = [bins.column.name for bins in of.watch.features]
    table = newest_rows(of.table, [*dict.fromkeys([*columns, of.time])])
    return counts_by_day(of.watch.features, table, time=of.time, zone=of.zone)[1]


@lru_cache(maxsize=256)
def _by_chance(of: Usual, rows: int) -> Values:
    return usual_by_chance(of.watch, rows)


def usual_of(deployment: Deployment, *, watch: Watched, work: Unit, places: JournalPlaces) -> Usual:
    """By the data of the first champion's version, from which the deployment's bins were taken too."""
    first = work.deployments.releases(deployment.id)[0]
    model = work.experiments.model(first.champion)
    version = work.experiments.version(model.version) if model else None
    experiment = work.experiments.get(version.experiment) if version else None
    table = places.table(version.dataset) if version else None
    there = table is not None and table.is_file()
    return Usual(
        deployment=deployment.id,
        number=watch.number,
        zone=deployment.time_zone,
        watch=watch,
        table=table if there else None,
        time=experiment.time if experiment else None,
    )


def times_usual(drifts: Values, usual: Values) -> Values:
    """How many times the usual each distance is; of shape (..., features)."""
    return drifts / np.maximum(usual, LEAST)


def _most(drifts: Values) -> Values:
    if not drifts.shape[-1]:
        return np.zeros(0)
    found: Values = np.nan_to_num(np.nanmax(np.where(np.isnan(drifts), -1.0, drifts), axis=0), nan=0.0)
    return np.maximum(found, 0.0)
