"""Finding the rows that labels speak of, and counting anew how good the answers of their days were.

A label is looked for in the journal once. What is not there yet is found by the collector when it comes, among the rows
that it then brings: neither looks at what was looked at before.

A day's scores are made from the raw rows and the labels that count, whole, each time either changes: a late label, a
correction or a challenger's late answer restates its day and nothing else. Everything is written in one transaction
that holds only while this worker's lease is the newest; killed before it, it is done again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.learning.signature import REGRESSION
from watchkeeper.monitoring.collecting import Collector, LeaseLost, lease_of
from watchkeeper.monitoring.days import day_of
from watchkeeper.monitoring.performance.estimating import PARTS
from watchkeeper.monitoring.performance.tally import tally
from watchkeeper.monitoring.ports import Changed, JournalFile, ScoreCell, Unit
from watchkeeper.serving.deployment import Deployment, Role

LABELS_A_TURN = 20_000
DAYS_A_TURN = 40
HOURS_A_PART = 24 // PARTS
RAW = ["id", "at", "release", "prediction", "value", "duplicate"]

Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Question:
    """What a deployment's models answer; `positive` is the class that a probability is of."""

    task: str
    classes: tuple[str, str] | None

    @property
    def positive(self) -> str | None:
        return self.classes[1] if self.classes else None


@dataclass(frozen=True)
class Answered:
    """A role's labelled rows of one day, in order of their ids; each array has one entry a row."""

    ids: npt.NDArray[np.str_]
    part: Places
    release: Places
    answer: npt.NDArray[np.float64]
    called: npt.NDArray[np.bool_]
    truth: npt.NDArray[np.float64]


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
    """The local day of each of the rows that is in the file."""
    table = pq.read_table(path, columns=["id", "at", "duplicate"])
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
        start, end = bounds(day, deployment.time_zone)
        files = {role: work.journal.files(deployment.id, role=role, start=start, end=end) for role in Role}
    directory = collector.places.journal(deployment.id)
    answered = {
        role: _answered(_rows(directory, files[role], start, end), truth, question, deployment.time_zone)
        for role in Role
    }
    cells = cells_of(day, answered, task=question.task)
    with collector.unit() as work:
        _hold(deployment, token, work)
        if work.labels.of_day(deployment.id, day) != truth:
            return  # more came meanwhile; the day is still stale
        work.scores.replace_day(deployment.id, day, cells)
        work.watch.changed(deployment.id, Changed.SCORES, [day], at=collector.clock.now())
        work.labels.freshen(deployment.id, day)


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


def _rows(directory: Path, files: Sequence[JournalFile], start: datetime, end: datetime) -> pa.Table:
    """The rows of a stretch of time that count, in order of their ids."""
    parts = []
    for file in files:
        table = pq.read_table(directory / file.name, columns=RAW)
        at = table["at"]
        inside = pc.and_(pc.greater_equal(at, pa.scalar(start, at.type)), pc.less(at, pa.scalar(end, at.type)))
        parts.append(table.filter(pc.and_(inside, pc.invert(table["duplicate"]))))
    if not parts:
        types = (pa.string(), pa.timestamp("us", "UTC"), pa.int32(), pa.float64(), pa.string(), pa.bool_())
        return pa.table({name: pa.array([], kind) for name, kind in zip(RAW, types, strict=True)})
    return pa.concat_tables(parts).sort_by("id")


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
    )


def cells_of(day: str, answered: Mapping[Role, Answered], *, task: str) -> list[ScoreCell]:
    """Of each role all its rows, and those that both roles of a release answered."""
    champion, challenger = answered[Role.CHAMPION], answered[Role.CHALLENGER]
    both = np.intersect1d(_keys(champion), _keys(challenger))
    cells: list[ScoreCell] = []
    for role, of in answered.items():
        everything = np.ones(len(of.ids), dtype=np.bool_)
        for shared, chosen in ((False, everything), (True, np.isin(_keys(of), both))):
            cells += _cells(day, role, of, chosen, shared=shared, task=task)
    return cells


def _keys(of: Answered) -> npt.NDArray[np.str_]:
    return np.char.add(np.char.add(of.release.astype(np.str_), " "), of.ids) if len(of.ids) else of.ids


def _cells(
    day: str, role: Role, of: Answered, chosen: npt.NDArray[np.bool_], *, shared: bool, task: str
) -> list[ScoreCell]:
    corners = sorted(set(zip(of.part[chosen].tolist(), of.release[chosen].tolist(), strict=True)))
    cells = []
    for part, release in corners:
        here = chosen & (of.part == part) & (of.release == release)
        counted = tally(task, of.truth[here], of.answer[here], of.called[here])
        cells.append(ScoreCell(day, int(part), int(release), role.value, shared, counted))
    return cells
