"""Batches: all rows of a dataset, answered by a deployment's models in the background."""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.datasets import Dataset, Datasets, Preview
from watchkeeper.sdk.errors import Conflict, MissingExtra, NotFound, Refused, Unavailable, from_problem
from watchkeeper.sdk.reading import known_moment, moment
from watchkeeper.sdk.resource import Resource
from watchkeeper.sdk.waiting import settled

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Progress = Callable[[float], None]
ENDS = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class Broken:
    """Values that broke the signature in one way. `row` is the first row in which it stands, from 0, `example` its
    value."""

    column: str
    violation: str
    rows: int
    row: int
    example: str


class Batch(Resource):
    """A batch. It keeps to the release that was in force when it was asked for."""

    kind = "batch"
    path = "batches"

    @property
    def state(self) -> str:
        """`waiting`, `running`, `done`, `failed` or `cancelled`."""
        return str(self._document["state"])

    @property
    def progress(self) -> float:
        """The share of the rows that is behind it, from 0 to 1."""
        return float(self._document["progress"])

    @property
    def rows(self) -> int:
        """Of the dataset."""
        return int(self._document["rows"])

    @property
    def answered(self) -> int:
        return int(self._document["answered"])

    @property
    def refused(self) -> int:
        """Rows that a strict type policy left without an answer."""
        return int(self._document["refused"])

    @property
    def violations(self) -> Sequence[Broken]:
        """What broke the signature so far."""
        return [Broken(**each) for each in self._document["violations"]]

    @property
    def dataset(self) -> str:
        """The dataset's id."""
        return str(self._document["dataset"])

    @property
    def release(self) -> int:
        """The number of the release whose models answer."""
        return int(self._document["release"])

    @property
    def journal(self) -> bool:
        """Whether its rows are predictions of the deployment, watched like any others."""
        return bool(self._document["journal"])

    @property
    def challenger_error(self) -> str:
        """Why the challenger gave no answers, where it did not."""
        return str(self._document["challenger_error"])

    @property
    def error(self) -> Mapping[str, Any] | None:
        """Why it failed."""
        return self._document.get("error")

    @property
    def created(self) -> datetime:
        return known_moment(self._document["created"])

    @property
    def created_by(self) -> str:
        """Who asked for it."""
        return str(self._document["created_by"])

    @property
    def started(self) -> datetime | None:
        return moment(self._document.get("started"))

    @property
    def finished(self) -> datetime | None:
        return moment(self._document.get("finished"))

    def wait(self, *, within: float | None = None, progress: Progress | None = None) -> Self:
        """Wait until it is done.

        Args:
            within: seconds to wait at most.
            progress: called with the share that is done, from 0 to 1.

        Raises:
            WatchkeeperError: it failed; `resume()` lets it go on where it stopped.
            Conflict: it was cancelled.
            Unavailable: it was not over in time.
        """

        def look() -> bool:
            self.refresh()
            if progress:
                progress(self.progress)
            return self.state in ENDS

        if not settled(look, pause=self._caller.pause, within=within):
            raise Unavailable(f"The batch is {self.state}, {self.progress:.0%} done.", code="batch-goes-on")
        if self.state == "cancelled":
            raise Conflict("The batch was cancelled.", code="batch-cancelled")
        if self.state == "failed":
            raise from_problem(422, self.error or {})
        return self

    def cancel(self) -> Self:
        """End it, within a second or two. What is journalled of it by then stays; `resume()` lets it go on.

        Raises:
            Conflict: it is over.
        """
        return self._act("cancel")

    def resume(self) -> Self:
        """Let one that failed or was cancelled go on where it stopped.

        Raises:
            Conflict: it is neither.
        """
        return self._act("resume")

    def delete(self) -> None:
        """Remove it with its results; it has to be over."""
        self._caller.delete(f"/batches/{self.id}")

    def preview(self, rows: int = 20) -> Preview:
        """The first rows of its results."""
        said = self._caller.get(f"/batches/{self.id}/preview", {"rows": rows})
        return Preview(columns=tuple(said["columns"]), rows=tuple(tuple(row) for row in said["rows"]))

    def download(
        self,
        path: str | os.PathLike[str],
        format: Literal["parquet", "csv"] | None = None,  # noqa: A002
        *,
        inputs: bool = True,
    ) -> Path:
        """Write its results to a file: a row for each of the dataset, in its order.

        Args:
            path: where to; its ending says the format unless that is given.
            format: Parquet or CSV.
            inputs: put the dataset's columns before the answers.

        Raises:
            Conflict: it is not done, or the dataset was removed and its columns are wanted.
        """
        target = Path(path)
        chosen = format or target.suffix.lower().removeprefix(".")
        if chosen not in {"csv", "parquet"}:
            raise Refused(
                f"'{target.name}' says no format. End it with .csv or .parquet, or give the format.",
                code="unknown-format",
                fields=("format",),
            )
        self._caller.fetch(f"/batches/{self.id}/results", target, {"format": chosen, "inputs": inputs})
        return target

    def to_arrow(self, *, inputs: bool = True) -> "pa.Table":
        """Its results as an Arrow table (needs `pip install pyarrow`)."""
        try:
            import pyarrow.parquet as pq
        except ImportError:
            raise MissingExtra("An Arrow table needs pyarrow: `pip install pyarrow`.") from None
        with tempfile.TemporaryDirectory() as directory:
            return pq.read_table(self.download(Path(directory) / "results.parquet", inputs=inputs), memory_map=False)

    def to_pandas(self, *, inputs: bool = True) -> "pd.DataFrame":
        """Its results as a pandas data frame (needs `pip install pandas pyarrow`)."""
        try:
            import pandas  # noqa: ICN001, F401
        except ImportError:
            raise MissingExtra("A data frame needs pandas: `pip install pandas`.") from None
        return self.to_arrow(inputs=inputs).to_pandas()

    def as_dataset(self, name: str, *, wait: bool = True) -> Dataset:
        """Make a dataset of its rows with their answers.

        Args:
            name: what to call it.
            wait: return when it is ready.

        Raises:
            Conflict: it is not done, or there is a dataset of this name.
        """
        dataset = Dataset(self._caller, self._caller.post(f"/batches/{self.id}/dataset", {"name": name}))
        return dataset.wait() if wait else dataset

    def _act(self, action: str) -> Self:
        self._document = self._caller.post(f"/batches/{self.id}/{action}")
        return self

    def glance(self) -> Mapping[str, Any]:
        return {
            "id": self.id,
            "dataset": self._document["dataset_name"],
            "state": self.state,
            "rows": self.rows,
            "answered": self.answered,
            "refused": self.refused,
            "release": self.release,
            "journal": self.journal,
            "created": self.created,
            "created_by": self.created_by,
        }


class Batches:
    """The batches of a deployment."""

    def __init__(self, caller: Caller, deployment: str, project: str) -> None:
        self._caller = caller
        self._path = f"/deployments/{deployment}/batches"
        self._datasets = Datasets(caller, project)

    def run(
        self,
        data: Any,
        *,
        name: str | None = None,
        journal: bool = True,
        wait: bool = True,
        progress: Progress | None = None,
    ) -> Batch:
        """Answer all rows of a table by champion and challenger; see `Deployment.predict_batch`."""
        batch = self._begin(data, name, journal=journal)
        return batch.wait(progress=progress) if wait else batch

    def list(self) -> Sequence[Batch]:
        """All of them, newest first."""
        return [Batch(self._caller, document) for document in self._caller.pages(self._path)]

    def get(self, batch: str) -> Batch:
        """The batch of this id.

        Raises:
            NotFound: there is none, or none that this key may see.
        """
        return Batch(self._caller, self._caller.get(f"/batches/{batch}"))

    def _begin(self, data: Any, name: str | None, *, journal: bool) -> Batch:
        if isinstance(data, Dataset):
            return self._ask(data.id, journal=journal)
        if isinstance(data, str):
            try:
                return self._ask(data, journal=journal)
            except NotFound:
                if not Path(data).is_file():
                    raise
        uploaded = self._datasets.upload(name or _name_of(data), data)
        return self._ask(uploaded.id, journal=journal)

    def _ask(self, dataset: str, *, journal: bool) -> Batch:
        return Batch(self._caller, self._caller.post(self._path, {"dataset": dataset, "journal": journal}))


def _name_of(data: Any) -> str:
    """Datasets never change, so each table that is brought in needs a name of its own."""
    stem = Path(data).stem if isinstance(data, str | os.PathLike) else "table"
    return f"batch {stem[:100]} {datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
