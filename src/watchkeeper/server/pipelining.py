"""The pipelines put together, and the worker's steady turn over them: begin what is due, move on what goes on."""

import logging
from pathlib import Path
from threading import Event

from watchkeeper.pipelines.running import Runner
from watchkeeper.pipelines.scheduling import Scheduler
from watchkeeper.pipelines.steps.kind import Tools
from watchkeeper.server.alerting import telling_of
from watchkeeper.server.assembly import Assembly

log = logging.getLogger(__name__)
IDLE = 0.25
SCHEDULE_EVERY = 3
"""Turns."""


def folders_of(assembly: Assembly) -> tuple[Path, ...]:
    """Those that pipelines may read from and write to; the first is where relative paths begin."""
    return tuple(Path(each) for each in assembly.settings.folders) or (assembly.places.exchange(),)


def care_for_pipelines(assembly: Assembly, *, holder: str, stop: Event) -> None:
    """On its own thread."""
    for folder in folders_of(assembly):
        folder.mkdir(parents=True, exist_ok=True)
    tools = Tools(
        unit=assembly.store.work,
        look=assembly.store.look,
        places=assembly.places,
        clock=assembly.clock,
        telling=telling_of(assembly),
        folders=folders_of(assembly),
    )
    scheduler = Scheduler(assembly.store.work, assembly.store.look, assembly.clock)
    runner = Runner(holder, tools)
    turns = 0
    while not stop.is_set():
        busy = False
        for turn in (scheduler.turn, runner.turn) if turns % SCHEDULE_EVERY == 0 else (runner.turn,):
            try:
                busy = bool(turn()) or busy
            except Exception:
                log.exception("a turn of the pipelines failed; trying again")
        turns += 1
        stop.wait(IDLE / 2 if busy else IDLE)
    runner.stop()
