"""Answer all rows of a dataset: a batch of the deployment, whose results become a dataset."""

from hashlib import sha256

from watchkeeper.batches.batch import Batch
from watchkeeper.batches.batch import State as BatchState
from watchkeeper.batches.beginning import begin_batch, cancel_batch, resume_batch
from watchkeeper.batches.turning import turn_into_dataset
from watchkeeper.datasets.dataset import State
from watchkeeper.pipelines.errors import StepFailed
from watchkeeper.pipelines.fields import Field, text, truth
from watchkeeper.pipelines.pipeline import Step
from watchkeeper.pipelines.steps.finding import check_dataset, check_deployment, dataset_of, deployment_of
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind, Later, Names, Outcome

LOOK_AGAIN = 0.5


def do(doing: Doing) -> Outcome:
    """One batch a run and step: a further attempt lets it go on, so that nothing is answered or counted twice."""
    batch = doing.work.batches.get(_batch_id(doing)) or _begun(doing)
    if batch.over and batch.state is not BatchState.DONE:
        if doing.memory.get("attempt") == doing.attempt:
            raise StepFailed(f"The batch failed: {(batch.error or {}).get('message', 'it was cancelled')}")
        batch = resume_batch(batch, work=doing.work, clock=doing.tools.clock)
    if batch.state is BatchState.DONE:
        return _kept(doing, batch)
    said = f"{batch.answered + batch.refused:,} of {batch.rows:,} rows are answered by release {batch.release}."
    return Later(said, LOOK_AGAIN, {"attempt": doing.attempt})


def _batch_id(doing: Doing) -> str:
    return sha256(f"{doing.mark}/batch".encode()).hexdigest()[:16]


def _begun(doing: Doing) -> Batch:
    return begin_batch(
        deployment_of(doing, doing.work),
        dataset_of(doing, doing.work),
        journal=doing.fields.get("journal") is not False,
        permit=doing.permit,
        work=doing.work,
        clock=doing.tools.clock,
        batch_id=_batch_id(doing),
    )


def _kept(doing: Doing, batch: Batch) -> Outcome:
    made = doing.work.datasets.get(doing.new_id("dataset"))
    if made is None:
        made = turn_into_dataset(
            batch,
            doing.fields.get("name") or f"{doing.pipeline.name} {doing.run.number} {doing.step.name}",
            permit=doing.permit,
            work=doing.work,
            places=doing.tools.places,
            clock=doing.tools.clock,
            dataset_id=doing.new_id("dataset"),
        )
    if made.state is State.FAILED:
        raise StepFailed(f"The answers could not be kept: {(made.error or {}).get('message', '')}")
    if made.state is State.IMPORTING:
        said = f"All {batch.rows:,} rows are answered; '{made.name}' is being made of them."
        return Later(said, LOOK_AGAIN, {"attempt": doing.attempt})
    outputs = {
        "batch": batch.id,
        "dataset": made.id,
        "name": made.name,
        "rows": made.rows,
        "refused": batch.refused,
        "release": batch.release,
    }
    return Done(outputs, f"{made.rows:,} rows were answered by release {batch.release}; they are in '{made.name}'.")


def cancel(doing: Doing) -> None:
    batch = doing.work.batches.get(_batch_id(doing))
    if batch is not None and not batch.over:
        cancel_batch(batch, batches=doing.work.batches, clock=doing.tools.clock)


def check(step: Step, names: Names) -> None:
    check_deployment(step, names)
    check_dataset(step, names)


PREDICT = Kind(
    name="predict",
    fields={
        "dataset": Field(text, "whose rows are to be answered: a dataset, or `${import.dataset}`", required=True),
        "deployment": Field(text, "whose champion and challenger answer; the pipeline's without"),
        "journal": Field(truth, "whether the answers are journalled and watched; true without"),
        "name": Field(text, "what to call the dataset of the answers"),
    },
    outputs=("batch", "dataset", "name", "rows", "refused", "release"),
    how=How.WRITES,
    do=do,
    check=check,
    cancel=cancel,
)
