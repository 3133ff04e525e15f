"""Looking for faults without being asked: in the rows of days that are over and on which something broke or drifted.

What is kept of the rows is what was recognised: names of columns, factors, shares, and words. A day is looked at again
once its verdicts are revised.
"""

import logging
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from watchkeeper.clock import Clock
from watchkeeper.monitoring.days import moved
from watchkeeper.monitoring.drift.windows import DRIFTED
from watchkeeper.monitoring.errors import JournalRewritten, ReferenceGone
from watchkeeper.monitoring.expecting import expected
from watchkeeper.monitoring.ports import Changed, Counts, DayVerdicts, JournalPlaces, LookedDay, OpenUnit, Unit
from watchkeeper.monitoring.references.usual import usual_of
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.soundness.faulting import (
    Found,
    Looked,
    answered_rows,
    credible,
    enough_for,
    hidden_columns,
    look,
    to_look_at,
)
from watchkeeper.monitoring.soundness.soundness import soundness
from watchkeeper.monitoring.soundness.uniqueness import repeated_in, unique_in
from watchkeeper.monitoring.two_tables.source import Filed
from watchkeeper.serving.deployment import Deployment
from watchkeeper.tables.bins import BinSet
from watchkeeper.tables.layouts.categorical import CategoricalLayout

log = logging.getLogger(__name__)
DAYS_A_TURN = 4
EASES = 7
"""Days after one with a fault on which alerts that name it may have more to say."""
BROKEN = 0.05
"""The share of a day's rows that break the rule for a column from which that gives occasion to look."""
FEWEST, STILL, USUAL = 20, 0.98, 0.5
"""Values of a day, and the part of them in one bin from which an input stands still, where at most so large a part of
the reference is there."""
HIDDEN = "Its values are not journalled in full, so that it can't be told whether the data broke."
GONE = "Its rows are gone by the deployment's retention, so that it can't be told any more whether the data broke."


@dataclass(frozen=True)
class Looker:
    """`look` opens a transaction that only reads, `unit` one that writes."""

    unit: OpenUnit
    look: OpenUnit
    places: JournalPlaces
    clock: Clock

    def turn(self, deployment: Deployment) -> int:
        """The earliest days of those that are due, the ones that were never looked at first; how many they were. On any
        thread: whoever comes twice finds the same."""
        with self.look() as work:
            days = work.looks.due(deployment.id, limit=DAYS_A_TURN)
            known = work.schemas.unique(deployment.id) is not None
        if days and not known:
            self._find_unique(deployment)
        for day in days:
            try:
                self._day(deployment, day)
            except JournalRewritten:
                log.info("the rows of %s on %s were replaced while looked at; trying again", deployment.address, day)
        return len(days)

    def _day(self, deployment: Deployment, day: str) -> None:
        with self.look() as work:
            (issued,) = work.verdicts.between(deployment.id, start=day, end=day)
            around = work.looks.between(deployment.id, start=moved(day, -EASES), end=day)
            before = next((each for each in around if each.day == day), None)
            concerned = occasion(deployment, issued, work=work, places=self.places)
            hidden = hidden_columns(deployment, work=work)
            columns = tuple(each for each in concerned if each not in hidden)
            at, why = self._to_look_at(deployment, day, work) if columns else (None, HIDDEN if concerned else "")
            known = _words(deployment, work, self.places)
            once = _once(deployment, work, self.places)
            rows = answered_rows(deployment, start=day, end=day, work=work, places=self.places) if once else None
        found = look(at) if at is not None else Found(0, ())
        told = [each for each in found.faults if enough_for(each, rows=found.rows)]
        faults = tuple(each.discreet(known) for each in told if at is not None and credible(each, at))
        repeated = repeated_in(rows, once) if rows is not None else {}
        fresh = LookedDay(day, issued.revision, self.clock.now(), columns, found.rows, faults, why, repeated)
        gone = any(each.gone.rows > 0 for each in (at.selection if at else None, rows) if each is not None)
        said = kept(fresh, before, gone=gone)
        with self.unit() as work:
            work.looks.keep(deployment.id, [said])
            work.watch.changed(deployment.id, Changed.LOOKED, [day], at=self.clock.now())
            if any(each.faults for each in (said, *around)):
                work.watch.changed(deployment.id, Changed.FAULTS, [day], at=self.clock.now())

    def _find_unique(self, deployment: Deployment) -> None:
        """Once for a deployment; none where the reference's rows are gone."""
        with self.look() as work:
            watch = watched(deployment, work=work, places=self.places)
            table = usual_of(deployment, watch=watch, work=work, places=self.places).table
        found = unique_in(Filed(str(table)), watch.features) if table is not None else ()
        with self.unit() as work:
            work.schemas.keep_unique(deployment.id, found)

    def _to_look_at(self, deployment: Deployment, day: str, work: Unit) -> tuple[Looked | None, str]:
        try:
            return to_look_at(deployment, start=day, end=day, work=work, places=self.places), ""
        except ReferenceGone as gone:
            return None, gone.message


def occasion(deployment: Deployment, issued: DayVerdicts, *, work: Unit, places: JournalPlaces) -> tuple[str, ...]:
    """The inputs that drifted on the day, broke their rule in a part of its rows, or stood still."""
    found = soundness(deployment, start=issued.day, end=issued.day, work=work, places=places)
    names = [bins.column.name for bins in found.features]
    drifted = np.flatnonzero(issued.records["verdict"][: len(names)] == DRIFTED).tolist()
    broken = Counter({each.column: each.rows for each in found.broken})
    for cell in work.watch.violations(deployment.id, start=issued.day, end=issued.day):
        broken[cell.column] += cell.rows
    least = BROKEN * max(found.rows, 1)
    return tuple(
        bins.column.name
        for place, bins in enumerate(found.features)
        if place in drifted or broken[bins.column.name] >= least or stands_still(bins, found.counts[bins.column.name])
    )


def stands_still(bins: BinSet, counts: Counts) -> bool:
    """Whether nearly all values of a day are in one bin that holds no such part of the reference: too few rows that
    follow each other are worth a verdict, and a stuck sensor breaks no rule."""
    most, present = int(counts[:-1].argmax()), int(counts[:-1].sum())
    seldom = bins.reference[most] <= USUAL * sum(bins.reference[:-1])
    return seldom and present >= FEWEST and int(counts[most]) >= STILL * present


def _once(deployment: Deployment, work: Unit, places: JournalPlaces) -> list[str]:
    """The inputs of which the schema wants no value twice, as far as their rows are kept in full."""
    features = watched(deployment, work=work, places=places).features
    schema = expected(deployment, features, schemas=work.schemas).schema
    hidden = hidden_columns(deployment, work=work)
    return [each.name for each in schema.columns if each.unique and each.name not in hidden]


def _words(deployment: Deployment, work: Unit, places: JournalPlaces) -> frozenset[str]:
    """Levels of the reference that pages show anyway."""
    features = watched(deployment, work=work, places=places).features
    return frozenset(
        level for bins in features if isinstance(bins.layout, CategoricalLayout) for level in bins.layout.levels
    )


def kept(fresh: LookedDay, before: LookedDay | None, *, gone: bool) -> LookedDay:
    """What was found while there were rows stays where they have gone."""
    if not gone:
        return fresh
    if before is not None and (before.rows or before.repeated):
        return replace(before, revision=fresh.revision, at=fresh.at)
    return replace(fresh, rows=0, faults=(), repeated={}, why=GONE if fresh.columns else fresh.why)
