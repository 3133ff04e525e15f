"""What the references of a deployment tell of their seasons: looked for once, and kept."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from watchkeeper.monitoring.collecting.collecting import Collector
from watchkeeper.monitoring.drift.seasons.almanac import Almanac
from watchkeeper.monitoring.drift.seasons.strata import days_of, strata_of
from watchkeeper.monitoring.drift.seasons.weeks import WEEK, YEAR, Weeks
from watchkeeper.monitoring.ports import Counts, KeptAlmanac, Unit
from watchkeeper.monitoring.references.by_day import local_moments, newest_rows
from watchkeeper.monitoring.references.watching import FEATURES, Watched
from watchkeeper.monitoring.verdicts.depending import UNREADABLE, UNTIMED, reference_of
from watchkeeper.serving.deployment import Deployment
from watchkeeper.tables.bins import BinSet

TOO_SHORT = "the reference covers less than a year"
KEPT_READY = 8
"""That a process keeps at hand: some megabytes each, of 200 features."""
log = logging.getLogger(__name__)


def find_almanacs(deployment: Deployment, models: Sequence[str], *, watch: Watched, collector: Collector) -> None:
    """Of the features, and of each of the models' predictions; reads the reference's rows, outside of any transaction,
    where nobody has yet."""
    with collector.look() as work:
        unknown = [of for of in (FEATURES, *models) if work.almanacs.head(deployment.id, of) is None]
        sources = [reference_of(deployment, of, watch=watch, work=work, places=collector.places) for of in unknown]
    for of, (table, time, bins) in zip(unknown, sources, strict=True):
        found = _kept(table, time, bins, zone=deployment.time_zone)
        with collector.unit() as work:
            work.almanacs.keep(deployment.id, of, found)


def _kept(table: Path | None, time: str | None, bins: Sequence[BinSet], *, zone: str) -> KeptAlmanac:
    """A reference that is damaged keeps nothing else from being done."""
    if table is None or time is None or not table.is_file() or not bins:
        return KeptAlmanac(UNTIMED)
    try:
        rows = newest_rows(table, [*dict.fromkeys([*(each.column.name for each in bins), time])])
        found = almanac_of(bins, rows, time=time, zone=zone) if time in rows.column_names else UNTIMED
    except (pa.ArrowException, OSError, KeyError) as failure:
        log.warning("the reference in %s can't be read: %s", table, failure)
        found = UNREADABLE
    return KeptAlmanac(found) if isinstance(found, str) else KeptAlmanac(packed=found.packed())


def almanac_of(bin_sets: Sequence[BinSet], rows: "pa.Table", *, time: str, zone: str) -> Almanac | str:
    """Or why there is none."""
    moments = local_moments(rows, time=time, zone=zone)
    known = ~np.isnat(moments)
    days = days_of(moments[known])
    weeks, cells = Weeks.of(days, strata_of(moments[known]))
    if weeks.covered * WEEK < YEAR:
        return TOO_SHORT
    size = weeks.week.size

    def counted(bins: BinSet) -> Counts:
        keys = cells * bins.size + bins.places(rows[bins.column.name])[known]
        return np.bincount(keys, minlength=size * bins.size).reshape(size, bins.size)

    return Almanac.of(bin_sets, weeks, map(counted, bin_sets))


def known_almanacs(deployment: Deployment, models: Sequence[str], *, watch: Watched, work: Unit) -> dict[str, Almanac]:
    """Of the features and of these models, as far as there are any."""
    found = {}
    for of in (FEATURES, *models):
        why, digest = work.almanacs.head(deployment.id, of) or (UNTIMED, "")
        if not why:
            bin_sets = watch.features if of == FEATURES else (watch.prediction,)
            found[of] = _read(_Kept(digest, partial(work.almanacs.packed, deployment.id, of), bin_sets))
    return found


@dataclass(frozen=True)
class _Kept:
    """Known by its digest: it is read and unpacked where a process has not yet."""

    digest: str
    packed: Callable[[], bytes] = field(compare=False, repr=False)
    bin_sets: Sequence[BinSet] = field(compare=False, repr=False)


@lru_cache(maxsize=KEPT_READY)
def _read(kept: _Kept) -> Almanac:
    return Almanac.unpacked(kept.packed(), kept.bin_sets)
