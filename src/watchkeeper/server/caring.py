"""The worker's steady loop over the deployments: collect, catch up, score, erase, tidy."""

import logging
import os
import time
from dataclasses import dataclass
from threading import Event

from watchkeeper.monitoring.collecting import Collector, LeaseLost
from watchkeeper.monitoring.erasing import erase
from watchkeeper.monitoring.scoring import score
from watchkeeper.monitoring.tidying import tidy
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.journal.store import SegmentStore

log = logging.getLogger(__name__)
IDLE = 0.25
TIDY_EVERY, SCORE_EVERY, ERASE_EVERY = 240, 20, 4
REPORT_EVERY = 4
LONGEST_PAUSE = 30.0


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


def care_for_journals(assembly: Assembly, *, holder: str, stop: Event) -> None:
    segments = SegmentStore(assembly.places.segments(), process="worker")
    collector = Collector(
        holder=holder,
        unit=assembly.store.work,
        look=assembly.store.look,
        places=assembly.places,
        segments=segments,
        clock=assembly.clock,
        unseal=assembly.seal.open,
    )
    collected: dict[str, str] = {}
    pauses: dict[str, Pause] = {}
    turn = 0
    while not stop.is_set():
        busy = 0
        for deployment in _deployments(assembly):
            pause = pauses.setdefault(deployment.id, Pause())
            if not pause.over(time.monotonic()):
                continue
            done = _care(
                deployment,
                collector,
                tidying=turn % TIDY_EVERY == 0,
                scoring=turn % SCORE_EVERY == 0,
                erasing=turn % ERASE_EVERY == 0,
            )
            pause.after(time.monotonic(), well=done is not None)
            if done == 0:
                collected[deployment.id] = assembly.clock.now().isoformat()
            busy += done or 0
        if turn % REPORT_EVERY == 0:
            _report(assembly, collected)
        turn += 1
        if not busy:
            stop.wait(IDLE)
    segments.close()


def _deployments(assembly: Assembly) -> list[Deployment]:
    try:
        with assembly.store.look() as work:
            return work.deployments.all()
    except Exception:
        log.exception("the deployments can't be read; trying again")
        return []


def _report(assembly: Assembly, collected: dict[str, str]) -> None:
    """Say since when each deployment has had nothing left to collect."""
    try:
        with assembly.store.work() as work:
            work.board.report("worker", pid=os.getpid(), at=assembly.clock.now(), status={"collected": collected})
    except Exception:
        log.exception("the worker's state can't be reported; trying again")


def _care(deployment: Deployment, collector: Collector, *, tidying: bool, scoring: bool, erasing: bool) -> int | None:
    """How much was done, None if it failed: one that fails does not keep the others waiting. What is busy is scored
    only now and then, but it is."""
    try:
        collected = collector.turn(deployment)
        caught_up = collector.catch_up(deployment) if not collected else 0
        scored = score(deployment, collector) if scoring or not collected else 0
        if erasing:
            erase(deployment, collector)
        if tidying and not collected:
            tidy(deployment, collector)
    except LeaseLost:
        return None
    except Exception:
        log.exception("caring for the journal of %s failed; trying again", deployment.address)
        return None
    return collected + caught_up + scored
