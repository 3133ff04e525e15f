"""Asking for a batch, and taking that back: what is checked before a worker begins."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from watchkeeper.access.permitting import Permit
from watchkeeper.batches.batch import Batch, State
from watchkeeper.batches.errors import BatchGoesOn, BatchOver, BatchRefused
from watchkeeper.batches.ports import Batches, BatchPlaces, Unit
from watchkeeper.batches.running import remove_results
from watchkeeper.clock import Clock
from watchkeeper.datasets.dataset import Dataset
from watchkeeper.datasets.dataset import State as DatasetState
from watchkeeper.datasets.errors import DatasetNotReady, NoDataset
from watchkeeper.datasets.ports import Datasets
from watchkeeper.jobs.asking import ask
from watchkeeper.names import new_id
from watchkeeper.serving.deployment import Deployment, TypePolicy

ANSWER = "answer-batch"
MOST_NAMED = 5


def begin_batch(
    deployment: Deployment,
    dataset: Dataset,
    *,
    journal: bool,
    permit: Permit,
    work: Unit,
    clock: Clock,
    batch_id: str | None = None,
) -> Batch:
    """Ask for it. It keeps to the release that is in force now. `batch_id` is for who has to find it again."""
    release = work.deployments.current(deployment.id)
    champion = work.experiments.model(release.champion)
    signature = ((champion.card if champion else None) or {}).get("signature", {})
    check_rows(dataset, signature, policy=release.type_policy)
    batch = Batch(
        id=batch_id or new_id(),
        project=deployment.project,
        deployment=deployment.id,
        dataset=dataset.id,
        dataset_name=dataset.name,
        release=release.number,
        champion=release.champion,
        challenger=release.challenger,
        type_policy=release.type_policy,
        threshold=release.threshold,
        journal=journal,
        rows=dataset.rows,
        asked=clock.now(),
        asked_by=permit.user or permit.identity.name,
    )
    work.batches.add(batch)
    ask(ANSWER, batch.id, {}, jobs=work.jobs, clock=clock)
    return batch


def the_dataset(name: str, *, project: str, datasets: Datasets) -> Dataset:
    """By id or name. Raise NoDataset, or DatasetNotReady."""
    direct = datasets.get(name)
    found = direct if direct is not None else datasets.named(name, project=project)
    if found is None or found.project != project:
        raise NoDataset(f"This project has no dataset '{name}'. Upload the table first.", fields=("dataset",))
    if found.state is not DatasetState.READY:
        raise DatasetNotReady(f"The dataset '{found.name}' is {found.state}; wait until it is ready.")
    return found


def check_rows(dataset: Dataset, signature: Mapping[str, Any], *, policy: TypePolicy) -> None:
    """A single value may be at fault, and is seen to; a table of which nothing could be answered is refused."""
    if not dataset.rows:
        raise BatchRefused(f"The dataset '{dataset.name}' has no rows to answer.", fields=("dataset",))
    there = set(dataset.schema.names)
    inputs = [each["name"] for each in signature.get("inputs", ())]
    missing = [name for name in inputs if name not in there]
    if missing and (policy is TypePolicy.STRICT or len(missing) == len(inputs)):
        named = ", ".join(f"'{name}'" for name in missing[:MOST_NAMED])
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        raise BatchRefused(
            f"The dataset '{dataset.name}' lacks columns that the champion takes: {named}{more}. Name the columns as "
            "the model's data had them.",
            fields=tuple(missing),
        )


def cancel_batch(batch: Batch, *, batches: Batches, clock: Clock) -> Batch:
    """It ends within a second or two. What is journalled of it stays; its answers wait to be resumed or removed."""
    found = batches.held(batch.id) or batch
    if found.over:
        raise BatchOver(f"The batch is {found.state} already; there is nothing to cancel.")
    cancelled = replace(found, state=State.CANCELLED, finished=clock.now())
    batches.replace(cancelled)
    return cancelled


def resume_batch(batch: Batch, *, work: Unit, clock: Clock) -> Batch:
    """Let one that failed, or was cancelled, go on at the chunk where it stopped."""
    found = work.batches.held(batch.id) or batch
    if found.state not in {State.FAILED, State.CANCELLED}:
        raise BatchGoesOn(f"The batch is {found.state}; only one that failed or was cancelled can be resumed.")
    resumed = replace(found, state=State.WAITING, error=None, finished=None)
    work.batches.replace(resumed)
    ask(ANSWER, found.id, {}, jobs=work.jobs, clock=clock)
    return resumed


def remove_batch(batch: Batch, *, batches: Batches, places: BatchPlaces) -> None:
    """Its answers go with it; what is journalled stays."""
    found = batches.held(batch.id)
    if found is None:
        return
    if not found.over:
        raise BatchGoesOn(f"The batch is {found.state}; cancel it first.")
    batches.remove(found.id)
    remove_results(found.id, places=places)
