"""Letting raw rows go by a deployment's retention: whole files, the oldest first.

First the labels that have come by then find their rows. Then, in one transaction that holds only while this worker's
lease is the newest, the files leave the manifest, and what can't be counted again without them is kept: how many rows
of which days they had, and what their labelled rows said of those days. Then the files are removed, like those that
were merged away. Killed before that transaction, nothing has happened; killed after it, files are left that nobody
reads, which the next care removes.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.monitoring.answers.scored import cells_going
from watchkeeper.monitoring.answers.scoring import answered_of, files_of_day, question_of, rows_of_day, score
from watchkeeper.monitoring.collecting.collecting import Collector, LeaseLost, lease_of
from watchkeeper.monitoring.days import QUARTER, day_of
from watchkeeper.monitoring.drift.sides import Floats
from watchkeeper.monitoring.journal.reading import scan
from watchkeeper.monitoring.ports import JournalFile, ScoreCell, Unit
from watchkeeper.monitoring.retention import Gone, GoneDay, Retention, in_force
from watchkeeper.serving.deployment import Deployment, Role

AT_ONCE, MOST = 16, 256
"""Files that go in one transaction, and in one turn."""


@dataclass(frozen=True)
class Said:
    """What rows that go say of their day, and the truth of the champion's."""

    day: str
    cells: Sequence[ScoreCell]
    truth: Floats


def let_go(deployment: Deployment, collector: Collector, token: int) -> int:
    """How many files went. Called by the thread that collects, under the deployment's lease."""
    begun = collector.clock.now()
    with collector.look() as work:
        retention = in_force(work.retentions.said(deployment.id), usual=collector.retention)
        files = _ripe(deployment, retention, now=begun, work=work)[:MOST]
    if not files:
        return 0
    score(deployment, collector)
    with collector.look() as work:
        if work.labels.pending(deployment.id, limit=1, before=begun):
            return 0  # which came while the rows were there, and are still to find them
    for start in range(0, len(files), AT_ONCE):
        _let_go(deployment, files[start : start + AT_ONCE], retention, collector, token)
    return len(files)


def beyond(retention: Retention, files: Sequence[JournalFile], *, now: datetime) -> list[JournalFile]:
    """Those that are too old or too much, the oldest first. A file is as old as the newest of its rows, by when they
    were collected; only rows of one day are in a file together."""
    excess = sum(file.bytes for file in files) - retention.bytes if retention.bytes is not None else 0
    oldest = now - timedelta(days=retention.days) if retention.days is not None else None
    going: list[JournalFile] = []
    for file in sorted(files, key=lambda each: (each.made, each.name)):
        if excess <= 0 and (oldest is None or file.made >= oldest):
            break
        going.append(file)
        excess -= file.bytes
    return going


def _ripe(deployment: Deployment, retention: Retention, *, now: datetime, work: Unit) -> list[JournalFile]:
    """Those beyond the rule that nobody needs any more: no challenger owes an answer to their rows, and no erasure is
    still to find them."""
    going = beyond(retention, work.journal.files(deployment.id), now=now)
    if not going or work.erasures.waiting(deployment.id):
        return []
    owed = work.journal.owed(deployment.id, limit=1)
    return list(takewhile(lambda file: not owed or file.made < owed[0].received, going))


def _let_go(
    deployment: Deployment, files: Sequence[JournalFile], retention: Retention, collector: Collector, token: int
) -> None:
    at = collector.clock.now()
    days = list(_days(deployment, files, collector.places.journal(deployment.id), at=at))
    said = [_said(deployment, day, files, collector) for day in sorted({each.day for each in days})]
    with collector.unit() as work:
        if not work.lease.still(lease_of(deployment), token):
            raise LeaseLost
        work.labels.hold(deployment.id)
        if in_force(work.retentions.said(deployment.id), usual=collector.retention) != retention:
            return  # which somebody has just changed
        work.journal.retire_files(deployment.id, [file.name for file in files], at=at)
        work.scores.keep_gone(deployment.id, [cell for each in said for cell in each.cells])
        bins = work.label_counts.bins(deployment.id)
        for each in said:
            if bins is not None:
                work.label_counts.keep_gone(deployment.id, each.day, bins.count(pa.array(each.truth)))
        work.retentions.let_go(deployment.id, _gone(files, at=at), days)
        work.samples.let_go(deployment.id, {each.day for each in days})


def _gone(files: Sequence[JournalFile], *, at: datetime) -> Gone:
    return Gone(
        since=max(file.made for file in files),
        begun=at,
        rows=sum(file.rows for file in files),
        bytes=sum(file.bytes for file in files),
        first=min(file.first for file in files),
        last=max(file.last for file in files),
    )


def _days(deployment: Deployment, files: Sequence[JournalFile], directory: Path, *, at: datetime) -> Iterator[GoneDay]:
    for role in sorted({file.role for file in files}):
        counts: Counter[str] = Counter()
        for file in files:
            if file.role == role:
                counts.update(_rows_by_day(directory / file.name, deployment.time_zone))
        yield from (GoneDay(day, role, rows, at) for day, rows in sorted(counts.items()))


def _rows_by_day(path: Path, zone: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for batch in scan(path, pc.scalar(True), columns=["at"]):
        moments = batch.column("at").cast(pa.int64()).to_numpy(zero_copy_only=False)
        quarters, rows = np.unique(moments // QUARTER, return_counts=True)
        for quarter, count in zip(quarters.tolist(), rows.tolist(), strict=True):
            counts[day_of(quarter * QUARTER, zone)] += count
    return counts


def _said(deployment: Deployment, day: str, going: Sequence[JournalFile], collector: Collector) -> Said:
    """What the labelled rows of these files say of the day."""
    with collector.look() as work:
        truth = work.labels.of_day(deployment.id, day)
        question = question_of(deployment, work=work)
        files = files_of_day(deployment, day, work=work) if truth else {}
    if not truth:
        return Said(day, [], np.zeros(0))
    directory, names = collector.places.journal(deployment.id), {file.name for file in going}
    rows = rows_of_day(deployment, day, files, directory, going=names)
    answered = answered_of(rows, truth, question, deployment.time_zone)
    champions = answered[Role.CHAMPION]
    return Said(day, cells_going(day, answered, task=question.task), champions.truth[champions.going])
