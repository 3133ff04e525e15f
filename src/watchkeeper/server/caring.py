"""The worker's steady loop over the deployments: collect, catch up, score, judge drift, erase, tidy."""

import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event

from watchkeeper.monitoring.answers.scoring import score
from watchkeeper.monitoring.collecting.collecting import Collector, LeaseLost
from watchkeeper.monitoring.keeping.erasing import erase
from watchkeeper.monitoring.keeping.tidying import tidy
from watchkeeper.monitoring.segments.listing_segments import judge_asked, keep_lists
from watchkeeper.monitoring.together.telling_apart import tell
from watchkeeper.monitoring.verdicts.issuing import issue
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.journal.store import SegmentStore

log = logging.getLogger(__name__)
IDLE = 0.25
SCORE_EVERY, ERASE_EVERY = 20, 4
TIDY_EVERY = 60.0
"""Seconds; under load too, or the files would become more and more."""
REPORT_EVERY = 4
LONGEST_PAUSE = 30.0
REST = 9
"""Times as long as it took to look at all columns together, before they are looked at again."""


@dataclass
class Pause:
    """How long a deployment whose care keeps failing is left alone."""

    until: float = 0.0
    length: float = 0.0

    def over(self, now: float) -> bool:
        return now >= self.until

    def after(self, now: float, *, well: bool) -> None:
        self.length = 0.0 if well else min(max(self.length * 2, 0.5), LONGEST_PAUSE)
        self.until = now + self.length


@dataclass
class Tellings:
    """When all columns together are looked at: a tenth of the time at most; where nothing was due, a minute later."""

    rest: float = 0.0
    nothing: dict[str, float] = field(default_factory=dict)

    def tell(self, deployment: Deployment, collector: Collector) -> None:
        begun = time.monotonic()
        if begun < max(self.rest, self.nothing.get(deployment.id, 0.0)):
            return
        if tell(deployment, collector):
            ended = time.monotonic()
            self.rest = ended + REST * (ended - begun)
        else:
            self.nothing[deployment.id] = begun + TIDY_EVERY


@dataclass(frozen=True)
class Due:
    """What is to be done beside collecting, this turn."""

    tidying: bool
    scoring: bool
    erasing: bool


@dataclass(frozen=True)
class Done:
    """Whether all that had been recorded was collected, whether there is more to do at once, and whether all days have
    verdicts that are true of their rows."""

    all: bool
    more: bool
    judged: bool


@dataclass
class Journals:
    """How far each deployment's journal is collected: since when it is whole, and bytes that wait. Of those that are
    `judged` no rows have come since their days were; whether a day is over is looked at with the tidying."""

    pauses: dict[str, Pause] = field(default_factory=dict)
    known: dict[str, Deployment] = field(default_factory=dict)
    collected: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)
    tellings: Tellings = field(default_factory=Tellings)

    def care(self, deployments: Sequence[Deployment], collector: Collector, due: Due) -> bool:
        """A turn over all; whether there is more to do at once."""
        more = False
        for deployment in deployments:
            pause = self.pauses.setdefault(deployment.id, Pause())
            if not pause.over(time.monotonic()):
                continue
            begun = collector.clock.now()
            done = _care(
                deployment,
                collector,
                due,
                judging=due.tidying or deployment.id not in self.judged,
                tellings=self.tellings,
            )
            pause.after(time.monotonic(), well=done is not None)
            self.known[deployment.id] = deployment
            (self.judged.add if done is not None and done.judged else self.judged.discard)(deployment.id)
            if done is not None and done.all:
                self.collected[deployment.id] = begun.isoformat()
            more = more or (done is not None and done.more)
        return more

    def measure(self, collector: Collector) -> None:
        for deployment in self.known.values():
            try:
                self.waiting[deployment.id] = collector.uncollected(deployment)
            except Exception:
                log.exception("what waits in the journal of %s can't be measured", deployment.address)


def care_for_journals(assembly: Assembly, *, holder: str, stop: Event) -> None:
    segments = SegmentStore(assembly.places.segments(), process="worker")
    collector = Collector(
        holder=holder,
        unit=assembly.store.work,
        look=assembly.store.look,
        sync=assembly.store.sync,
        places=assembly.places,
        segments=segments,
        clock=assembly.clock,
        unseal=assembly.seal.open,
        retention=assembly.retention,
        keep_hours=assembly.settings.keep_hours,
    )
    journals = Journals()
    turn, tidied = 0, -TIDY_EVERY
    while not stop.is_set():
        now = time.monotonic()
        tidying, tidied = (True, now) if now - tidied >= TIDY_EVERY else (False, tidied)
        due = Due(tidying=tidying, scoring=turn % SCORE_EVERY == 0, erasing=turn % ERASE_EVERY == 0)
        more = journals.care(_deployments(assembly), collector, due)
        if turn % REPORT_EVERY == 0:
            _sync(segments)
            journals.measure(collector)
            _report(assembly, journals)
        turn += 1
        if not more:
            stop.wait(IDLE)
    segments.close()


def _deployments(assembly: Assembly) -> list[Deployment]:
    try:
        with assembly.store.look() as work:
            return work.deployments.all()
    except Exception:
        log.exception("the deployments can't be read; trying again")
        return []


def _sync(segments: SegmentStore) -> None:
    """What challengers answered here."""
    try:
        segments.sync()
    except OSError:
        log.exception("the worker's answers can't be put on the disk; trying again")


def _report(assembly: Assembly, journals: Journals) -> None:
    """Say up to when all is collected that was recorded for each deployment, and how much waits."""
    status = {"collected": journals.collected, "waiting": journals.waiting}
    try:
        with assembly.store.work() as work:
            work.board.report("worker", pid=os.getpid(), at=assembly.clock.now(), status=status)
    except Exception:
        log.exception("the worker's state can't be reported; trying again")


def _care(deployment: Deployment, collector: Collector, due: Due, *, judging: bool, tellings: Tellings) -> Done | None:
    """None if it failed: one that fails does not keep the others waiting. What is busy is scored and judged only
    now and then, but it is."""
    try:
        collected = collector.turn(deployment)
        caught_up = collector.catch_up(deployment) if collected.all else 0
        looked = due.scoring or not collected.frames
        scored = score(deployment, collector) if looked else 0
        judged = issue(deployment, collector) if looked and judging else 0
        if looked and not judged:
            tellings.tell(deployment, collector)
        asked = judge_asked(deployment, collector)
        if due.erasing:
            erase(deployment, collector)
        if due.tidying:
            tidy(deployment, collector)
            keep_lists(deployment, collector)
    except LeaseLost:
        return None
    except Exception:
        log.exception("caring for the journal of %s failed; trying again", deployment.address)
        return None
    return Done(
        all=collected.all,
        more=bool(caught_up or scored or judged or asked or (collected.frames and not collected.all)),
        judged=not judged and not collected.frames and (looked or not judging),
    )
