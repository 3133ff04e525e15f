"""Turning a batch's results into a dataset: its name is taken at once, and a worker fills it."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from watchkeeper.access.permitting import Permit
from watchkeeper.batches.batch import Batch
from watchkeeper.batches.ports import BatchPlaces, OpenUnit, Unit
from watchkeeper.batches.results import check_results, parquet_pieces, results_of
from watchkeeper.batches.running import described
from watchkeeper.clock import Clock
from watchkeeper.datasets.dataset import Dataset, State
from watchkeeper.datasets.importing import check_dataset_name, import_dataset
from watchkeeper.errors import Refused, WatchkeeperError
from watchkeeper.jobs.asking import ask
from watchkeeper.names import new_id
from watchkeeper.tables.keeping import moved_when_whole

log = logging.getLogger(__name__)
FILL = "fill-dataset"


def turn_into_dataset(
    batch: Batch,
    name: str,
    *,
    permit: Permit,
    work: Unit,
    places: BatchPlaces,
    clock: Clock,
    dataset_id: str | None = None,
) -> Dataset:
    """Ask for a dataset of the batch's rows with their answers. `dataset_id` is for who has to find it again."""
    check_results(batch, inputs=True, places=places)
    dataset = Dataset(
        id=dataset_id or new_id(),
        project=batch.project,
        name=check_dataset_name(name, project=batch.project, datasets=work.datasets),
        file_name=f"batch-{batch.id}.parquet",
        state=State.IMPORTING,
        created=clock.now(),
        created_by=permit.user,
    )
    work.datasets.add(dataset)
    ask(FILL, dataset.id, {"batch": batch.id}, jobs=work.jobs, clock=clock)
    return dataset


def fill_dataset(dataset: str, arguments: Mapping[str, object], *, unit: OpenUnit, places: BatchPlaces) -> None:
    """Run again after a crash it begins anew, or only tidies up where all was done."""
    with unit() as work:
        known = work.datasets.get(dataset)
        batch = work.batches.get(str(arguments["batch"]))
    if known is not None and known.state is State.IMPORTING:
        try:
            _write(batch, known, places)
        except Exception as failure:
            log.exception("the dataset %s of a batch failed", dataset)
            with unit() as work:
                work.datasets.replace(replace(known, state=State.FAILED, error=described(_named(failure))))
            return
    import_dataset(dataset, unit=unit, places=places)


def _write(batch: Batch | None, dataset: Dataset, places: BatchPlaces) -> None:
    if batch is None:
        raise Refused("The batch was removed before its results could be taken. Run it again.")
    check_results(batch, inputs=True, places=places)
    incoming = places.incoming(dataset.id)
    incoming.parent.mkdir(parents=True, exist_ok=True)
    with moved_when_whole(incoming) as partial, partial.open("wb") as file:
        for piece in parquet_pieces(results_of(batch, inputs=True, places=places)):
            file.write(piece)


def _named(failure: Exception) -> Exception:
    """A full disk is the operator's to mend."""
    if isinstance(failure, OSError):
        return WatchkeeperError(f"The results could not be kept: {failure.strerror}. Make room, then ask again.")
    return failure
