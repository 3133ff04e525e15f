"""Bringing a file in: it is received, then a worker reads, types and summarises it."""

import logging
from dataclasses import replace
from pathlib import Path

from watchkeeper.access.permitting import Permit
from watchkeeper.clock import Clock
from watchkeeper.datasets.dataset import Dataset, State
from watchkeeper.datasets.ports import DatasetPlaces, Datasets, OpenUnit
from watchkeeper.errors import WatchkeeperError
from watchkeeper.jobs.asking import ask
from watchkeeper.jobs.ports import Jobs
from watchkeeper.names import new_id
from watchkeeper.projects.errors import NameTaken
from watchkeeper.projects.naming import checked_name

log = logging.getLogger(__name__)

IMPORT = "import-dataset"


def check_dataset_name(name: str, *, project: str, datasets: Datasets) -> str:
    name = checked_name(name, of="dataset")
    if datasets.named(name, project=project):
        raise NameTaken(
            f"This project has a dataset '{name}' already; datasets never change, so choose another name.",
            fields=("name",),
        )
    return name


def receive_dataset(
    name: str,
    *,
    file_name: str,
    received: Path,
    permit: Permit,
    datasets: Datasets,
    jobs: Jobs,
    places: DatasetPlaces,
    clock: Clock,
    dataset_id: str | None = None,
) -> Dataset:
    """Take a received file over and ask for its import. `dataset_id` is for who has to find it again."""
    project = permit.project or ""
    dataset = Dataset(
        id=dataset_id or new_id(),
        project=project,
        name=check_dataset_name(name, project=project, datasets=datasets),
        file_name=file_name,
        state=State.IMPORTING,
        bytes=received.stat().st_size,
        created=clock.now(),
        created_by=permit.user,
    )
    incoming = places.incoming(dataset.id)
    incoming.parent.mkdir(parents=True, exist_ok=True)
    received.replace(incoming)
    datasets.add(dataset)
    ask(IMPORT, dataset.id, {}, jobs=jobs, clock=clock)
    return dataset


def import_dataset(dataset: str, *, unit: OpenUnit, places: DatasetPlaces) -> None:
    """Read the received file into the kept table. A file that fails leaves a named error and nothing else.

    Run again after a crash it begins anew, or only tidies up where all was done.
    """
    with unit() as work:
        known = work.datasets.get(dataset)
    if known is not None and known.state is State.IMPORTING:
        _keep(_imported(known, unit=unit, places=places), unit=unit, places=places)
    places.incoming(dataset).unlink(missing_ok=True)


def _imported(known: Dataset, *, unit: OpenUnit, places: DatasetPlaces) -> Dataset:
    from watchkeeper.tables.importing import import_table  # heavy, and for the worker alone

    table = places.table(known.id)
    try:
        table.parent.mkdir(parents=True, exist_ok=True)
        imported = import_table(
            places.incoming(known.id),
            table,
            name=known.file_name,
            progress=lambda share: _report(known.id, share, unit),
        )
    except WatchkeeperError as refused:
        return replace(known, state=State.FAILED, error=_described(refused))
    except Exception as failure:
        log.exception("import of dataset %s failed", known.id)
        return replace(known, state=State.FAILED, error=_described(_unforeseen(failure)))
    return replace(
        known,
        state=State.READY,
        progress=1.0,
        rows=imported.rows,
        bytes=imported.bytes,
        digest=imported.digest,
        schema=imported.schema,
        summary=imported.summary,
    )


def _keep(done: Dataset, *, unit: OpenUnit, places: DatasetPlaces) -> None:
    """A dataset that was removed during its import leaves no table behind."""
    with unit() as work:
        work.datasets.replace(done)
        removed = work.datasets.get(done.id) is None
    if removed:
        places.table(done.id).unlink(missing_ok=True)


def _report(dataset: str, share: float, unit: OpenUnit) -> None:
    with unit() as work:
        work.datasets.progress(dataset, share)


def _unforeseen(failure: Exception) -> WatchkeeperError:
    """A full disk is the operator's to mend; anything else is our fault and stands in the log."""
    if isinstance(failure, OSError):
        return WatchkeeperError(f"The file could not be kept: {failure.strerror}. Make room, then send it again.")
    return WatchkeeperError(f"The import failed ({type(failure).__name__}: {failure}); the worker's log has more.")


def _described(error: WatchkeeperError) -> dict[str, object]:
    return {"code": error.code, "message": error.message, "fields": list(error.fields)}
