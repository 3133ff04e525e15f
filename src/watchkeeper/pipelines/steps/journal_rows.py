"""What a deployment has answered and has labels for, as a table like the one that its champion was trained on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.datasets.dataset import Dataset
from watchkeeper.experiments.experiment import Experiment
from watchkeeper.monitoring.answers.scoring import question_of
from watchkeeper.monitoring.collecting.filing import INPUT
from watchkeeper.monitoring.errors import JournalRewritten
from watchkeeper.monitoring.journal.gone_rows import gone_rows
from watchkeeper.monitoring.journal.reading import scan
from watchkeeper.pipelines.errors import StepFailed
from watchkeeper.pipelines.ports import Unit
from watchkeeper.pipelines.steps.finding import deployment_of
from watchkeeper.pipelines.steps.kind import Doing
from watchkeeper.pipelines.steps.log import Log
from watchkeeper.serving.deployment import Deployment, Role

PAGE = 50_000
AGAIN = 3
ALL = pc.scalar(True)
MICROSECONDS = pa.timestamp("us", "UTC")


@dataclass(frozen=True)
class Sought:
    """`base` is the dataset whose columns the rows get, `like` their types; `rows` are labels by row id."""

    base: Dataset
    like: pa.Schema
    experiment: Experiment
    classes: tuple[str, str] | None
    ids: "pa.Array[Any]"
    values: "pa.Array[Any]"
    files: tuple[Path, ...]
    log: Log


def write_labelled(doing: Doing, target: Path) -> int:
    """Write the rows into a Parquet file; how many came from the journal. Where files of the journal were replaced
    meanwhile it begins again with those that are there; raise JournalRewritten when that has happened too often."""
    for _ in range(AGAIN):
        try:
            return _written(doing, target)
        except JournalRewritten:
            doing.log.line("Files of the journal were replaced while they were read: it is read again.")
    return _written(doing, target)


def _written(doing: Doing, target: Path) -> int:
    with doing.tools.look() as work:
        sought = _sought(doing, deployment_of(doing, work), work)
    first = _first(doing)
    written, training = 0, doing.fields.get("training") is not False
    table = doing.tools.places.table(sought.base.id)
    with pq.ParquetWriter(target, sought.like, compression="zstd") as writer:
        after = None
        for part in _training_rows(table, sought, first=first):
            after = _latest(part, sought.experiment.time, after)
            if training:
                writer.write_table(part)
        for part in _journal_rows(sought, first=first, after=after if training else None):
            doing.check()
            writer.write_table(part)
            written += part.num_rows
    if not written:
        raise StepFailed("No row of the journal is newer than the training and has a label yet.")
    return written


def _sought(doing: Doing, deployment: Deployment, work: Unit) -> Sought:
    model = work.experiments.model(work.deployments.current(deployment.id).champion)
    version = work.experiments.version(model.version) if model else None
    experiment = work.experiments.get(deployment.experiment)
    if experiment is not None and experiment.time is None:  # only times can tell what was in the training already
        version = work.experiments.versions(experiment.id)[0]
    base = work.datasets.get(version.dataset) if version else None
    if base is None or experiment is None:
        raise StepFailed("The dataset that the champion was trained on is gone, so that its columns are not known.")
    ids, values = _labels(deployment, work)
    tell_gone(deployment, first=_first(doing), log=doing.log, work=work)
    directory = doing.tools.places.journal(deployment.id)
    return Sought(
        base=base,
        like=pq.read_schema(doing.tools.places.table(base.id)),
        experiment=experiment,
        classes=question_of(deployment, work=work).classes,
        ids=ids,
        values=values,
        files=tuple(directory / each.name for each in work.journal.files(deployment.id, role=Role.CHAMPION)),
        log=doing.log,
    )


def tell_gone(deployment: Deployment, *, first: datetime | None, log: Log, work: Unit) -> None:
    """Rows that can't be learned from any more."""
    gone = gone_rows(deployment, Role.CHAMPION, start=first, end=None, work=work)
    if gone.rows and gone.kept_since:
        log.line(
            f"{gone.rows:,} rows are no longer kept; all that came since {gone.kept_since:%Y-%m-%d %H:%M} UTC are."
        )


def _labels(deployment: Deployment, work: Unit) -> tuple["pa.Array[Any]", "pa.Array[Any]"]:
    ids: list[Any] = []
    values: list[Any] = []
    after = ""
    while page := work.labels.all(deployment.id, after=after, limit=PAGE):
        ids.append(pa.array([each.row for each in page], pa.string()))
        values.append(pa.array([each.value for each in page], pa.float64()))
        after = page[-1].row
    if not ids:
        raise StepFailed("The deployment has no labels yet.")
    return pa.concat_arrays(ids), pa.concat_arrays(values)


def _first(doing: Doing) -> datetime | None:
    days = doing.fields.get("days")
    return doing.moment - timedelta(days=days) if days is not None and doing.moment is not None else None


def _training_rows(table: Path, sought: Sought, *, first: datetime | None) -> Iterator[pa.Table]:
    time = sought.experiment.time
    with pq.ParquetFile(table) as file:
        for group in range(file.num_row_groups):
            rows = file.read_row_group(group)
            if first is not None and time is not None:
                rows = rows.filter(pc.greater_equal(rows[time], pa.scalar(first, rows[time].type)))
            yield rows.cast(sought.like)


def _latest(rows: pa.Table, time: str | None, before: datetime | None) -> datetime | None:
    found = pc.max(rows[time]).as_py() if time is not None and rows.num_rows else None
    return found if before is None or (found is not None and found > before) else before


def _journal_rows(sought: Sought, *, first: datetime | None, after: datetime | None) -> Iterator[pa.Table]:
    for batch in (each for path in sought.files for each in scan(path, ALL)):
        rows = pa.Table.from_batches([batch])
        places = pc.index_in(rows["id"], value_set=sought.ids)
        keep = pc.and_(pc.is_valid(places), pc.invert(rows["duplicate"]))
        if first is not None:
            keep = pc.and_(keep, pc.greater_equal(rows["at"], pa.scalar(first, MICROSECONDS)))
        if after is not None:
            keep = pc.and_(keep, pc.greater(rows["at"], pa.scalar(after, MICROSECONDS)))
        rows, labels = rows.filter(keep), sought.values.take(pc.filter(places, keep))
        if rows.num_rows:
            yield pa.table([_column(field, rows, labels, sought) for field in sought.like], schema=sought.like)


def _column(field: "pa.Field[Any]", rows: pa.Table, labels: "pa.Array[Any]", sought: Sought) -> Any:
    """In the type that the training has it in."""
    if field.name == sought.experiment.target:
        if sought.classes is None:
            return labels.cast(field.type, safe=False)
        return pc.if_else(pc.equal(labels, pa.scalar(1.0)), sought.classes[1], sought.classes[0]).cast(field.type)
    if field.name == sought.experiment.time:
        return rows["at"].cast(field.type, safe=False)
    if f"{INPUT}{field.name}" in rows.column_names:
        return _input(rows[f"{INPUT}{field.name}"], field, sought.log)
    return _nothing(rows.num_rows, field.type)


def _input(values: Any, field: "pa.Field[Any]", log: Log) -> Any:
    """A model of another release may have taken it as another kind."""
    try:
        return values.cast(field.type, safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as reason:
        log.line(f"{field.name}: missing in {len(values):,} rows, since {values.type} is not {field.type}: {reason}")
        return _nothing(len(values), field.type)


def _nothing(count: int, kind: "pa.DataType") -> Any:
    return pa.array([None] * count, kind)
