"""The worker's light thread: says that the worker lives, tells its figures, and keeps what everything consumes."""

import logging
import os
import time
from collections.abc import Callable
from datetime import datetime
from threading import Event

from watchkeeper.health.judging import WORKER
from watchkeeper.health.resources import Grain
from watchkeeper.health.sampling import Sampler
from watchkeeper.health.thinning import thin
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.figures import Sample
from watchkeeper.server.notices import TELL_EVERY, Notices

log = logging.getLogger(__name__)
TOUCH_EVERY = 2.0
SAMPLE_EVERY = 10.0
THIN_EVERY = 600.0


def measure(assembly: Assembly, *, stop: Event) -> None:
    sampler = Sampler(root=os.getppid(), data_dir=assembly.settings.data_dir, clock=assembly.clock)
    notices = Notices(WORKER, assembly.places.run())
    turns: list[tuple[float, Callable[[], None]]] = [
        (TOUCH_EVERY, lambda: _touch(assembly)),
        (TELL_EVERY, lambda: notices.tell(journal_samples(assembly))),
        (SAMPLE_EVERY, lambda: _sample(assembly, sampler)),
        (THIN_EVERY, lambda: thin(unit=assembly.store.work, now=assembly.clock.now())),
    ]
    due = [0.0 for _ in turns]
    while not stop.is_set():
        for place, (every, turn) in enumerate(turns):
            if time.monotonic() >= due[place]:
                due[place] = time.monotonic() + every
                _try(turn)
        stop.wait(max(min(due) - time.monotonic(), 0.0))


def _try(turn: Callable[[], None]) -> None:
    try:
        turn()
    except Exception:
        log.exception("measuring failed; trying again")


def _touch(assembly: Assembly) -> None:
    """A long turn of collecting is not silence."""
    with assembly.store.work() as work:
        work.board.touch("worker", at=assembly.clock.now())


def journal_samples(assembly: Assembly) -> list[Sample]:
    """How far each journal is collected, by what the worker last said of that."""
    with assembly.store.look() as work:
        deployments = {each.id: each.address for each in work.deployments.all()}
        said = next((each.status for each in work.board.all() if each.process == WORKER), {})
        sizes = {address: work.journal.size(name)[1] for name, address in deployments.items()}
        owed = {address: work.journal.owed_count(name) for name, address in deployments.items()}
    collected = {address: said.get("collected", {}).get(name) for name, address in deployments.items()}
    return [
        *(
            Sample("watchkeeper_journal_lag_seconds", (address,), datetime.fromisoformat(at).timestamp())
            for address, at in collected.items()
            if at
        ),
        *(Sample("watchkeeper_calls_owed", (address,), count) for address, count in owed.items()),
        *(Sample("watchkeeper_journal_bytes", (address,), size) for address, size in sizes.items()),
    ]


def _sample(assembly: Assembly, sampler: Sampler) -> None:
    samples = sampler.sample()
    with assembly.store.work() as work:
        work.resources.add(Grain.SAMPLE, samples)
