"""Write a dataset into a file of the server's."""

import os
from collections.abc import Callable
from pathlib import Path

from watchkeeper.datasets.reading import csv_chunks
from watchkeeper.pipelines.errors import StepFailed
from watchkeeper.pipelines.fields import Field, choice, text
from watchkeeper.pipelines.pipeline import Step
from watchkeeper.pipelines.steps.finding import allowed, check_dataset, check_path, dataset_of
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind, Names

PIECE = 2**20


def do(doing: Doing) -> Done:
    """The file is there whole or not at all; one that was there is replaced."""
    with doing.tools.look() as work:
        dataset = dataset_of(doing, work)
    target = allowed(str(doing.fields["path"]), doing.tools.folders)
    kept = doing.tools.places.table(dataset.id)
    partial = target.with_name(f".{target.name}.{doing.new_id('export')}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(kept, partial, csv=doing.fields.get("format") == "csv" or target.suffix == ".csv", check=doing.check)
        partial.replace(target)
    except OSError as error:
        raise StepFailed(f"'{target.name}' can't be written: {error.strerror}.") from None
    finally:
        partial.unlink(missing_ok=True)
    size = target.stat().st_size
    return Done({"path": str(target), "rows": dataset.rows, "bytes": size}, f"{dataset.rows:,} rows are in {target}.")


def _write(kept: Path, partial: Path, *, csv: bool, check: Callable[[], None]) -> None:
    with partial.open("wb") as file:
        if csv:
            for piece in csv_chunks(kept):
                check()
                file.write(piece)
        else:
            with kept.open("rb") as source:
                while piece := source.read(PIECE):
                    check()
                    file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def check(step: Step, names: Names) -> None:
    check_dataset(step, names)
    check_path(step, names)


EXPORT = Kind(
    name="export",
    fields={
        "dataset": Field(text, "what to write: a dataset, or `${predict.dataset}`", required=True),
        "path": Field(text, "the file, below the folders that pipelines may reach", required=True),
        "format": Field(choice("parquet", "csv"), "by the file's ending without"),
    },
    outputs=("path", "rows", "bytes"),
    how=How.ALONE,
    do=do,
    check=check,
    timeout=3600.0,
)
