"""Bring a file in, the newest file of a folder, or what the deployment has answered and has labels for."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from watchkeeper.datasets.dataset import Dataset, State
from watchkeeper.datasets.importing import receive_dataset
from watchkeeper.pipelines.errors import FileMissing, StepFailed
from watchkeeper.pipelines.fields import Field, choice, text, truth, whole
from watchkeeper.pipelines.pipeline import Step
from watchkeeper.pipelines.steps.finding import allowed, check_deployment, check_path
from watchkeeper.pipelines.steps.journal_rows import write_labelled
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind, Names

FILE, FOLDER, JOURNAL = "file", "folder", "journal"
LOOK_AGAIN = 0.2
PIECE = 2**20


def do(doing: Doing) -> Done:
    """Killed and begun again, it finds the dataset that it had made."""
    name = doing.new_id("dataset")
    with doing.tools.look() as work:
        known = work.datasets.get(name)
    if known is None:
        known = _received(doing, name)
    while known.state is State.IMPORTING:
        doing.check()
        time.sleep(LOOK_AGAIN)
        with doing.tools.look() as work:
            known = work.datasets.get(name) or known
    if known.state is State.FAILED:
        raise StepFailed(f"The import failed: {(known.error or {}).get('message', 'for no known reason')}")
    return Done(
        {"dataset": known.id, "name": known.name, "rows": known.rows, "file": known.file_name},
        f"'{known.name}' has {known.rows:,} rows, from {known.file_name}.",
    )


def _received(doing: Doing, dataset: str) -> Dataset:
    source = doing.fields["from"]
    received = doing.tools.places.receiving() / f"{dataset}.import"
    received.parent.mkdir(parents=True, exist_ok=True)
    try:
        if source == JOURNAL:
            file_name = "the journal.parquet"
            rows = write_labelled(doing, received)
            doing.log.line(f"{rows:,} rows of the journal have a label")
        else:
            path = _newest(doing) if source == FOLDER else allowed(str(doing.fields["path"]), doing.tools.folders)
            file_name = path.name
            _copy(path, received, doing.check)
        with doing.tools.unit() as work:
            return receive_dataset(
                _name(doing),
                file_name=file_name,
                received=received,
                permit=doing.permit,
                datasets=work.datasets,
                jobs=work.jobs,
                places=doing.tools.places,
                clock=doing.tools.clock,
                dataset_id=dataset,
            )
    finally:
        received.unlink(missing_ok=True)


def _name(doing: Doing) -> str:
    usual = f"{doing.pipeline.name} {doing.run.number} {doing.step.name}"
    again = f" ({doing.attempt})" if doing.attempt > 1 else ""
    return f"{doing.fields.get('name') or usual}{again}"


def _newest(doing: Doing) -> Path:
    folder = allowed(str(doing.fields["path"]), doing.tools.folders)
    pattern = doing.fields.get("pattern") or "*"
    if not folder.is_dir():
        raise FileMissing(f"There is no folder '{doing.fields['path']}'.")
    inside = [each for each in folder.iterdir() if each.is_file() and each.match(pattern)]
    if not inside:
        raise FileMissing(f"The folder '{doing.fields['path']}' has no file that is called {pattern}.")
    newest = max(inside, key=lambda each: (each.stat().st_mtime_ns, each.name))
    return allowed(str(newest), doing.tools.folders)


def _copy(path: Path, target: Path, check: Callable[[], None]) -> None:
    if not path.is_file():
        raise FileMissing(f"There is no file '{path.name}' there.")
    with path.open("rb") as source, target.open("wb") as file:
        while piece := source.read(PIECE):
            check()
            file.write(piece)
    shutil.copystat(path, target)


def check(step: Step, names: Names) -> None:
    if step.fields.get("from") == JOURNAL:
        check_deployment(step, names)
    elif "path" not in step.fields:
        names.refuse(step, "path", f"The step '{step.name}' needs a path.")
    else:
        check_path(step, names)


IMPORT = Kind(
    name="import",
    fields={
        "from": Field(
            choice(FILE, FOLDER, JOURNAL),
            "file; folder: its newest file; journal: rows the deployment answered, with their labels",
            required=True,
        ),
        "path": Field(text, "the file or folder, below the folders that pipelines may reach"),
        "pattern": Field(text, "what the folder's files are called, such as *.csv"),
        "name": Field(text, "what to call the dataset"),
        "deployment": Field(text, "whose journal; the pipeline's without"),
        "days": Field(whole(1, 36_600), "how many days back, by the pipeline's clock; all without"),
        "training": Field(truth, "whether the rows that the champion was trained on come along; true without"),
    },
    outputs=("dataset", "name", "rows", "file"),
    how=How.ALONE,
    do=do,
    check=check,
    timeout=6 * 3600.0,
)
