"""A batch at work: what a worker does, and what is recorded of it after each chunk."""

import logging
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from watchkeeper.batches.batch import Batch, ChunkReport, State, merged
from watchkeeper.batches.errors import BatchCancelled, DatasetGone
from watchkeeper.batches.ports import Answer, BatchPlaces, OpenUnit, Unit
from watchkeeper.clock import Clock
from watchkeeper.errors import Unavailable, WatchkeeperError

log = logging.getLogger(__name__)
PAUSES = (1.0, 5.0, 20.0)
"""Seconds after which a record that could not be kept is tried again."""


@dataclass(frozen=True)
class Batcher:
    unit: OpenUnit
    places: BatchPlaces
    answer: Answer
    clock: Clock

    def run(self, batch: str) -> None:
        """Answer what of the batch is not answered yet. Run again after a crash, it goes on at the next chunk."""
        found = self._begun(batch)
        if found is None:
            return
        try:
            self._check_dataset(found)
            self.answer(found, kept=lambda report: self._record(batch, report), stopped=lambda: self._stopped(batch))
            self._close(batch, State.DONE)
        except BatchCancelled:
            self._clear(batch)
        except Exception as failure:
            log.exception("batch %s failed", batch)
            self._close(batch, State.FAILED, described(failure))

    def _begun(self, batch: str) -> Batch | None:
        with self.unit() as work:
            found = work.batches.held(batch)
            if found is None or found.over:
                return None
            running = replace(found, state=State.RUNNING, started=found.started or self.clock.now())
            work.batches.replace(running)
        return running

    def _clear(self, batch: str) -> None:
        """What one left that was removed while it still ran."""
        with self.unit() as work:
            removed = work.batches.get(batch) is None
        if removed:
            remove_results(batch, places=self.places)

    def _check_dataset(self, batch: Batch) -> None:
        with self.unit() as work:
            there = work.datasets.get(batch.dataset) is not None
        if not there or not self.places.table(batch.dataset).is_file():
            raise DatasetGone(f"The dataset '{batch.dataset_name}' was removed. Upload it again, and ask again.")

    def _record(self, batch: str, report: ChunkReport) -> None:
        def record(work: Unit) -> None:
            found = work.batches.held(batch)
            if found is None or found.over:
                raise BatchCancelled("The batch was cancelled.")
            if found.chunks == report.number:
                work.batches.replace(_after(found, report))

        self._keep(record)

    def _close(self, batch: str, state: State, error: Mapping[str, Any] | None = None) -> None:
        def close(work: Unit) -> None:
            found = work.batches.held(batch)
            whole = found is not None and found.answered + found.refused == found.rows
            if found is not None and not found.over and (whole or state is not State.DONE):
                work.batches.replace(replace(found, state=state, error=error, finished=self.clock.now()))

        self._keep(close)

    def _keep(self, change: Callable[[Unit], None]) -> None:
        """A database that is away for a moment must not cost a batch of hours."""
        for pause in PAUSES:
            try:
                with self.unit() as work:
                    return change(work)
            except Unavailable:
                time.sleep(pause)
        with self.unit() as work:
            return change(work)

    def _stopped(self, batch: str) -> bool:
        with self.unit() as work:
            found = work.batches.get(batch)
        return found is None or found.over


def remove_results(batch: str, *, places: BatchPlaces) -> None:
    shutil.rmtree(places.batch(batch), ignore_errors=True)


def described(error: Exception) -> Mapping[str, Any]:
    if isinstance(error, WatchkeeperError):
        return {"code": error.code, "message": error.message, "fields": list(error.fields)}
    return {"code": "failure", "message": f"{type(error).__name__}: {error}", "fields": []}


def _after(batch: Batch, report: ChunkReport) -> Batch:
    return replace(
        batch,
        chunks=batch.chunks + 1,
        answered=batch.answered + report.answered,
        refused=batch.refused + report.refused,
        violations=merged(batch.violations, report.violations),
        challenger_error=batch.challenger_error or report.challenger_error,
    )
