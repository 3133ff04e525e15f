"""The worker: jobs that were asked for, and the steady care of the journal."""

import logging
import os
import signal
import socket
from collections.abc import Mapping
from threading import Event, Thread

from watchkeeper.batches.beginning import ANSWER
from watchkeeper.batches.child import ChildAnswer
from watchkeeper.batches.running import Batcher
from watchkeeper.batches.turning import FILL, fill_dataset
from watchkeeper.datasets.importing import IMPORT, import_dataset
from watchkeeper.experiments.creating import TRAIN
from watchkeeper.experiments.fitting import ChildFit
from watchkeeper.experiments.training import Trainer
from watchkeeper.jobs.durable import DurableRunner
from watchkeeper.jobs.job import State
from watchkeeper.jobs.ports import Work
from watchkeeper.server.alerting import care_for_alerts, care_for_deliveries
from watchkeeper.server.assembly import Assembly, assemble
from watchkeeper.server.caring import care_for_journals
from watchkeeper.server.measuring import measure
from watchkeeper.server.orders import Orders
from watchkeeper.server.pipelining import care_for_pipelines
from watchkeeper.server.settings import Settings
from watchkeeper.server.succeeding import leave, take_over
from watchkeeper.server.sweeping import sweep_seldom

log = logging.getLogger(__name__)
HAND_OVER_EVERY = 0.1
JOBS_AT_ONCE = 2
NICE = 10
"""What the worker does can wait for a moment, training above all; a caller of the plane can't."""


def run_worker(name: str, settings: Settings, listener: socket.socket | None, orders: Orders) -> None:
    del listener, orders
    _make_way()
    assembly = assemble(settings)
    sweep_seldom()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    holder = f"{socket.gethostname()} {name} {os.getpid()}"
    take_over(assembly.places.holder(), holder=holder, unit=assembly.store.work, clock=assembly.clock)
    care = Thread(target=care_for_journals, args=(assembly,), kwargs={"holder": holder, "stop": stop}, daemon=True)
    care.start()
    pipelines = Thread(
        target=care_for_pipelines, args=(assembly,), kwargs={"holder": holder, "stop": stop}, daemon=True
    )
    pipelines.start()
    for turns in (measure, care_for_alerts, care_for_deliveries):
        Thread(target=turns, args=(assembly,), kwargs={"stop": stop}, daemon=True).start()
    runner = DurableRunner(
        assembly.places.jobs_database(),
        works_of(assembly),
        finished=lambda job, well: _finished(assembly, job, well=well),
    )
    runner.launch(at_once=JOBS_AT_ONCE)
    while not stop.wait(HAND_OVER_EVERY):
        hand_over(assembly, runner)
    for thread in (care, pipelines):
        thread.join(timeout=10)
    runner.stop()
    leave(holder, unit=assembly.store.work, clock=assembly.clock)
    assembly.store.close()


def _make_way() -> None:
    """For the plane: less of a processor that both want, and never the place of who is at work."""
    os.nice(NICE)
    if hasattr(os, "SCHED_BATCH"):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def works_of(assembly: Assembly) -> Mapping[str, Work]:
    """What each kind of job does; a line a kind."""
    fit = ChildFit(clock=assembly.clock, threads=os.cpu_count() or 1)
    trainer = Trainer(unit=assembly.store.work, places=assembly.places, fit=fit, clock=assembly.clock)
    answer = ChildAnswer(
        "watchkeeper.server.batching", str(assembly.places.root), assembly.places, assembly.settings.disk_low
    )
    batcher = Batcher(assembly.store.work, assembly.places, answer, assembly.clock)
    return {
        ANSWER: lambda batch, _: batcher.run(batch),
        FILL: lambda dataset, said: fill_dataset(dataset, said, unit=assembly.store.work, places=assembly.places),
        IMPORT: lambda dataset, _: import_dataset(dataset, unit=assembly.store.work, places=assembly.places),
        TRAIN: lambda version, _: trainer.train(version),
    }


def hand_over(assembly: Assembly, runner: DurableRunner) -> None:
    """Give the runner what was asked for. It keeps a job before the record says so, so a crash between the two hands
    it over again, which changes nothing."""
    try:
        with assembly.store.look() as work:
            asked = work.jobs.asked(20)
        for job in asked:
            runner.start(job)
            with assembly.store.work() as work:
                work.jobs.mark(job.id, State.RUNNING)
    except Exception:
        log.exception("handing jobs over failed; trying again")


def _finished(assembly: Assembly, job: str, *, well: bool) -> None:
    with assembly.store.work() as work:
        work.jobs.mark(job, State.DONE if well else State.FAILED)
