"""Finding the rows that labels speak of, and counting anew how good the answers of their days were.

A label is looked for in the journal once. What is not there yet is found by the collector when it comes, among the rows
that it then brings: neither looks at what was looked at before.

A day's scores are made from the raw rows and the labels that count, whole, each time either changes: a late label, a
correction or a challenger's late answer restates its day and nothing else. Of rows that have gone by the deployment's
retention, what they said of their day was kept when they went, and is added. Everything is written in one transaction
that holds only while this worker's lease is the newest; killed before it, it is done again. A file that is damaged is
named in the log and left out, so that the rows of the others are scored.
"""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.learning.signature import REGRESSION
from watchkeeper.monitoring.answers.label_drift import find_label_bins
from watchkeeper.monitoring.answers.scored import Answered, added, cells_of
from watchkeeper.monitoring.collecting.collecting import Collector, LeaseLost, lease_of
from watchkeeper.monitoring.collecting.columns import MOMENT
from watchkeeper.monitoring.days import day_of
from watchkeeper.monitoring.drift.sides import Floats
from watchkeeper.monitoring.errors import JournalBroken
from watchkeeper.monitoring.journal.reading import readable, scan
from watchkeeper.monitoring.performance.estimating import PARTS
from watchkeeper.monitoring.ports import Changed, JournalFile, JournalPlaces, Unit
from watchkeeper.serving.deployment import Deployment, Role

log = logging.getLogger(__name__)
LABELS_A_TURN = 20_000
DAYS_A_TURN = 40
HOURS_A_PART = 24 // PARTS
RAW: Mapping[str, "pa.DataType"] = {
    "id": pa.string(),
    "at": MOMENT,
    "release": pa.int32(),
    "prediction": pa.float64(),
    "value": pa.string(),
}
GOING = "going"


@dataclass(frozen=True)
class Question:
    """What a deployment's models answer; `positive` is the class that a probability is of."""

    task: str
    classes: tuple[str, str] | None

    @property
    def positive(self) -> str | None:
        return self.classes[1] if self.classes else None


def question_of(deployment: Deployment, *, work: Unit) -> Question:
    """All models of a deployment answer one experiment, so that any release's champion knows."""
    model = work.experiments.model(work.deployments.current(deployment.id).champion)
    signature = ((model.card if model else None) or {}).get("signature", {})
    labels = signature.get("labels")
    return Question(signature.get("task", REGRESSION), (labels[0], labels[1]) if labels else None)


def score(deployment: Deployment, collector: Collector) -> int:
    """A bounded piece of what there is to do; how many labels and days that was. Called by the thread that collects."""
    with collector.look() as work:
        pending = work.labels.pending(deployment.id, limit=LABELS_A_TURN)
        stale = work.labels.stale(deployment.id, limit=DAYS_A_TURN)
    if not pending and not stale:
        return 0
    token = collector.take(deployment)
    if token is None:
        return 0
    if pending:
        _place(deployment, pending, collector, token)
    with collector.look() as work:
        stale = work.labels.stale(deployment.id, limit=DAYS_A_TURN)
    for day in stale:
        _restate(deployment, day, collector, token)
    return len(pending) + len(stale)


def _place(deployment: Deployment, pending: Sequence[str], collector: Collector, token: int) -> None:
    """Look the rows up in the journal, the newest files first."""
    with collector.look() as work:
        files = work.journal.files(deployment.id, role=Role.CHAMPION)
    wanted = set(pending)
    found: dict[str, str] = {}
    directory = collector.places.journal(deployment.id)
    for file in sorted(files, key=lambda each: each.made, reverse=True):
        if len(found) == len(wanted):
            break
        found |= _days(directory / file.name, wanted - found.keys(), zone=deployment.time_zone)
    with collector.unit() as work:
        _hold(deployment, token, work)
        work.labels.place(deployment.id, found)
        work.labels.looked_for(deployment.id, sorted(wanted - found.keys()), at=collector.clock.now())


def _days(path: Path, wanted: set[str], *, zone: str) -> dict[str, str]:
    """The local day of each of the rows that is in the file; of none where it is damaged."""
    try:
        with readable(path):
            table = pq.read_table(path, columns=["id", "at", "duplicate"])
    except JournalBroken as broken:
        log.error("no label is looked for in %s: %s", path.name, broken.message)  # noqa: TRY400 # it is named
        return {}
    there = pc.and_(pc.is_in(table["id"], pa.array(sorted(wanted), pa.string())), pc.invert(table["duplicate"]))
    rows = table.filter(there)
    names: list[str] = _plain(rows["id"])
    moments: list[int] = _plain(rows["at"].cast(pa.int64()))
    return {name: day_of(at, zone) for name, at in zip(names, moments, strict=True)}


def _plain(column: "pa.ChunkedArray[Any]") -> list[Any]:
    """Of a column that has a value in each row."""
    found: list[Any] = column.to_pylist()
    return found


def _restate(deployment: Deployment, day: str, collector: Collector, token: int) -> None:
    with collector.look() as work:
        truth = work.labels.of_day(deployment.id, day)
        question = question_of(deployment, work=work)
        files = files_of_day(deployment, day, work=work)
        gone = work.retentions.day(deployment.id, Role.CHAMPION, day)
        after = work.labels.of_day(deployment.id, day, since=gone.at) if gone else {}
        kept = work.scores.gone(deployment.id, day)
    rows = rows_of_day(deployment, day, files, collector.places.journal(deployment.id))
    answered = answered_of(rows, truth, question, deployment.time_zone)
    with collector.unit() as work:
        _hold(deployment, token, work)
        if work.labels.of_day(deployment.id, day) != truth:
            return  # more came meanwhile; the day is still stale
        _count_labels(deployment, day, answered[Role.CHAMPION].truth, work, places=collector.places)
        work.scores.replace_day(deployment.id, day, added([*kept, *cells_of(day, answered, task=question.task)]))
        if gone:
            late = after.keys() - set(_plain(rows[Role.CHAMPION]["id"]))
            work.retentions.came_late(deployment.id, day, len(late))
        work.watch.changed(deployment.id, Changed.SCORES, [day], at=collector.clock.now())
        work.labels.freshen(deployment.id, day)


def _count_labels(deployment: Deployment, day: str, truth: Floats, work: Unit, *, places: JournalPlaces) -> None:
    bins = find_label_bins(deployment, work=work, places=places)
    if bins is not None:
        gone = work.label_counts.gone(deployment.id, day)
        counts = bins.count(pa.array(truth))
        work.label_counts.replace_day(deployment.id, day, counts if gone is None else counts + gone)


def _hold(deployment: Deployment, token: int, work: Unit) -> None:
    """Before anything is written: the lease, then the labels, in the order in which the collector takes them."""
    if not work.lease.still(lease_of(deployment), token):
        raise LeaseLost
    work.labels.hold(deployment.id)


def bounds(day: str, zone: str) -> tuple[datetime, datetime]:
    """When a local day begins, and when the next does, in UTC."""
    place, first = ZoneInfo(zone), date.fromisoformat(day)
    start, end = (datetime.combine(first + timedelta(days=n), time(), place).astimezone(UTC) for n in (0, 1))
    return start, end


def files_of_day(deployment: Deployment, day: str, *, work: Unit) -> dict[Role, list[JournalFile]]:
    """Those that can have rows of the day."""
    start, end = bounds(day, deployment.time_zone)
    return {role: work.journal.files(deployment.id, role=role, start=start, end=end) for role in Role}


def rows_of_day(
    deployment: Deployment,
    day: str,
    files: Mapping[Role, Sequence[JournalFile]],
    directory: Path,
    *,
    going: Collection[str] = (),
) -> dict[Role, pa.Table]:
    """Of each role the rows that count, in order of their ids; those in the files `going` are about to be let go."""
    start, end = bounds(day, deployment.time_zone)
    return {role: _rows(directory, of, start, end, going) for role, of in files.items()}


def _rows(
    directory: Path, files: Sequence[JournalFile], start: datetime, end: datetime, going: Collection[str]
) -> pa.Table:
    at = pc.field("at")
    inside = (at >= pa.scalar(start, MOMENT)) & (at < pa.scalar(end, MOMENT)) & ~pc.field("duplicate")
    schema = pa.schema([*RAW.items(), (GOING, pa.bool_())])
    batches = []
    for file in files:
        for batch in _sound(directory / file.name, inside):
            mark = pa.array(np.full(batch.num_rows, file.name in going))
            batches.append(pa.RecordBatch.from_arrays([*batch.columns, mark], schema=schema))
    return pa.Table.from_batches(batches, schema).sort_by("id")


def _sound(path: Path, inside: "pc.Expression") -> Iterator[pa.RecordBatch]:
    """The rows up to where the file is damaged."""
    try:
        yield from scan(path, inside, columns=list(RAW))
    except JournalBroken as broken:
        log.error("rows are scored without those of %s: %s", path.name, broken.message)  # noqa: TRY400 # it is named


def answered_of(
    rows: Mapping[Role, pa.Table], truth: Mapping[str, float], question: Question, zone: str
) -> dict[Role, Answered]:
    """Those of the rows that have a label."""
    return {role: _answered(of, truth, question, zone) for role, of in rows.items()}


def _answered(rows: pa.Table, truth: Mapping[str, float], question: Question, zone: str) -> Answered:
    names = rows["id"].to_pylist()
    labelled = np.array([name in truth for name in names], dtype=np.bool_)
    finite = np.isfinite(rows["prediction"].to_numpy(zero_copy_only=False)) if names else labelled
    kept = rows.filter(pa.array(labelled & finite))
    ids: list[str] = _plain(kept["id"])
    hours = [moment.astimezone(ZoneInfo(zone)).hour for moment in _plain(kept["at"])]
    return Answered(
        ids=np.array(ids, dtype=np.str_),
        part=np.array(hours, dtype=np.intp) // HOURS_A_PART,
        release=kept["release"].to_numpy().astype(np.intp),
        answer=kept["prediction"].to_numpy(zero_copy_only=False).astype(np.float64),
        called=np.array([value == question.positive for value in kept["value"].to_pylist()], dtype=np.bool_),
        truth=np.array([truth[name] for name in ids], dtype=np.float64),
        going=kept[GOING].to_numpy(zero_copy_only=False).astype(np.bool_),
    )
