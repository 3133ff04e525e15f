"""Answer all rows of a dataset by the champion, in the journal as if they had been called for."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.datasets.dataset import Dataset, State
from watchkeeper.datasets.importing import receive_dataset
from watchkeeper.learning.model import LoadedModel, load_model
from watchkeeper.pipelines.errors import StepFailed
from watchkeeper.pipelines.fields import Field, text, truth
from watchkeeper.pipelines.pipeline import Step
from watchkeeper.pipelines.steps.finding import check_dataset, check_deployment, dataset_of, deployment_of
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind, Names
from watchkeeper.serving.coercing import Coercer
from watchkeeper.serving.deployment import Deployment, Release, Role
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.ports import Record
from watchkeeper.serving.sampling import owed_rows

PIECE = 1_000
LOOK_AGAIN = 0.2


@dataclass(frozen=True)
class Batch:
    """What a batch is answered with."""

    deployment: Deployment
    release: Release
    dataset: Dataset
    model: LoadedModel
    coercer: Coercer
    record: Record | None


def do(doing: Doing) -> Done:
    """The rows' ids derive from run and step, so that a second time counts nothing twice."""
    name = doing.new_id("dataset")
    with doing.tools.look() as work:
        made = work.datasets.get(name)
        deployment, dataset = deployment_of(doing, work), dataset_of(doing, work)
        release = work.deployments.current(deployment.id)
    if made is None:
        model = load_model(doing.tools.places.model(release.champion)).deciding_at(release.threshold)
        record = doing.tools.record() if doing.fields.get("journal") is not False else None
        coercer = Coercer(model.signature, release.type_policy, passed_over=dataset.schema.names)
        made = _answered(doing, Batch(deployment, release, dataset, model, coercer, record), name)
    while made.state is State.IMPORTING:
        doing.check()
        time.sleep(LOOK_AGAIN)
        with doing.tools.look() as work:
            made = work.datasets.get(name) or made
    if made.state is State.FAILED:
        raise StepFailed(f"The answers could not be kept: {(made.error or {}).get('message', '')}")
    outputs = {"dataset": made.id, "name": made.name, "rows": made.rows, "release": release.number}
    return Done(outputs, f"{made.rows:,} rows were answered by release {release.number}; they are in '{made.name}'.")


def _answered(doing: Doing, batch: Batch, name: str) -> Dataset:
    received = doing.tools.places.receiving() / f"{name}.batch"
    received.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write(doing, batch, received)
        with doing.tools.unit() as work:
            return receive_dataset(
                doing.fields.get("name") or f"{doing.pipeline.name} {doing.run.number} {doing.step.name}",
                file_name=f"{doing.step.name}.parquet",
                received=received,
                permit=doing.permit,
                datasets=work.datasets,
                jobs=work.jobs,
                places=doing.tools.places,
                clock=doing.tools.clock,
                dataset_id=name,
            )
    finally:
        received.unlink(missing_ok=True)


def _write(doing: Doing, batch: Batch, target: Path) -> None:
    writer: pq.ParquetWriter | None = None
    try:
        for number, rows in enumerate(_pieces(doing.tools.places.table(batch.dataset.id))):
            doing.check()
            frame = _frame(doing, batch, number, rows)
            if batch.record is not None:
                batch.record.append(frame)
            part = _with_answers(rows, frame)
            writer = writer or pq.ParquetWriter(target, part.schema, compression="zstd")
            writer.write_table(part)
            doing.log.line(f"{number * PIECE + len(frame.ids):,} rows answered")
        if batch.record is not None:
            batch.record.sync()
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        raise StepFailed(f"The dataset '{batch.dataset.name}' has no rows to answer.")


def _pieces(table: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(table) as file:
        for piece in file.iter_batches(batch_size=PIECE):
            yield pa.Table.from_batches([piece])


def _frame(doing: Doing, batch: Batch, number: int, rows: pa.Table) -> Frame:
    begun, received = time.perf_counter(), time.time_ns()
    coerced = batch.coercer([_sent(row) for row in rows.to_pylist()])
    at = [received // 1000 if moment is None else moment for moment in coerced.at or [None] * rows.num_rows]
    answers = batch.model.answer(coerced.columns, at)
    ids = [f"{doing.mark}/{number * PIECE + row}" for row in range(rows.num_rows)]
    release = batch.release
    owes, owed = owed_rows(ids, release.challenger, deployment=release.deployment, shadow=release.shadow)
    return Frame(
        kind="answered",
        deployment=batch.deployment.id,
        release=batch.release.number,
        role=Role.CHAMPION.value,
        model=batch.release.champion,
        key="",
        call=doing.new_id(f"call {number}"),
        received=received,
        milliseconds=(time.perf_counter() - begun) * 1000,
        ids=ids,
        own_ids=[True] * rows.num_rows,
        at=at,
        inputs=dict(coerced.columns),
        outputs=answers.outputs,
        values=answers.values,
        violations=coerced.violations,
        owes=owes,
        owed_rows=owed,
    )


def _sent(row: dict[str, Any]) -> dict[str, Any]:
    """As it would arrive by HTTP."""
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for name, value in row.items()
    }


def _with_answers(rows: pa.Table, frame: Frame) -> pa.Table:
    taken = set(rows.column_names)
    answers: list[tuple[str, Sequence[Any], pa.DataType]] = [("prediction_id", frame.ids, pa.string())]
    if frame.values is not None:
        answers.append(("prediction", frame.values, pa.string()))
        answers.append(("probability", frame.outputs, pa.float64()))
    else:
        answers.append(("prediction", frame.outputs, pa.float64()))
    for name, values, kind in answers:
        rows = rows.append_column(f"{name}_" if name in taken else name, pa.array(values, kind))
    return rows


def check(step: Step, names: Names) -> None:
    check_deployment(step, names)
    check_dataset(step, names)


PREDICT = Kind(
    name="predict",
    fields={
        "dataset": Field(text, "whose rows are to be answered: a dataset, or `${import.dataset}`", required=True),
        "deployment": Field(text, "whose champion answers; the pipeline's without"),
        "journal": Field(truth, "whether the answers are journalled and watched; true without"),
        "name": Field(text, "what to call the dataset of the answers"),
    },
    outputs=("dataset", "name", "rows", "release"),
    how=How.ALONE,
    do=do,
    check=check,
    timeout=6 * 3600.0,
)
