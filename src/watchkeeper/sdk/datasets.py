"""Datasets: tables brought in and kept, immutable."""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import Refused, from_problem
from watchkeeper.sdk.frames import write_frame
from watchkeeper.sdk.reading import known_moment
from watchkeeper.sdk.resource import Resource, pick
from watchkeeper.sdk.showing import Tabular, shown
from watchkeeper.sdk.waiting import settled

Progress = Callable[[float], None]
SENDING = 0.5
"""The share of an upload's progress that is sending the file; the rest is the import."""


@dataclass(frozen=True)
class Column:
    """A column and its kind: numeric, integer, categorical, boolean, timestamp, text or identifier."""

    name: str
    kind: str


@dataclass(frozen=True, repr=False)
class Summary(Tabular):
    """What each column holds. `columns` has the server's whole summary, `records()` the line a column."""

    columns: tuple[Mapping[str, Any], ...]

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "name": column.get("name"),
                "kind": column.get("kind"),
                "missing": column.get("missing"),
                "distinct": column.get("distinct"),
                "min": column.get("min"),
                "mean": column.get("mean"),
                "max": column.get("max"),
                "most frequent": _most_frequent(column),
            }
            for column in self.columns
        ]


@dataclass(frozen=True, repr=False)
class Preview(Tabular):
    """The first rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Dataset(Resource):
    """A dataset."""

    kind = "dataset"
    path = "datasets"

    @property
    def name(self) -> str:
        return str(self._document["name"])

    @property
    def state(self) -> str:
        """`importing`, `ready` or `failed`."""
        return str(self._document["state"])

    @property
    def rows(self) -> int:
        return int(self._document.get("rows") or 0)

    @property
    def bytes(self) -> int:
        """The size of what is kept."""
        return int(self._document.get("bytes") or 0)

    @property
    def digest(self) -> str:
        """The SHA-256 of what is kept."""
        return str(self._document.get("digest") or "")

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(Column(column["name"], column["kind"]) for column in self._document.get("columns") or ())

    @property
    def created(self) -> datetime:
        return known_moment(self._document["created"])

    @property
    def progress(self) -> float:
        """How much of the import is done, from 0 to 1."""
        return float(self._document.get("progress") or 0.0)

    def wait(self, *, progress: Progress | None = None) -> Self:
        """Wait until it is imported.

        Raises:
            Refused: it can't be imported; the message names the line or column at fault.
        """

        def look() -> bool:
            self.refresh()
            if progress:
                progress(self.progress)
            return self.state != "importing"

        settled(look, pause=self._caller.pause)
        if self.state == "failed":
            raise from_problem(422, self._document.get("error") or {})
        return self

    def summary(self) -> Summary:
        """What each column holds: missing and distinct values, extremes, the most frequent."""
        return Summary(tuple(self._document.get("summary") or ()))

    def preview(self, rows: int = 20) -> Preview:
        """The first rows."""
        said = self._caller.get(f"/datasets/{self.id}/preview", {"rows": rows})
        return Preview(columns=tuple(said["columns"]), rows=tuple(tuple(row) for row in said["rows"]))

    def download(self, path: str | os.PathLike[str], format: Literal["parquet", "csv"] | None = None) -> Path:  # noqa: A002
        """Write it to a file; its format is the name's ending unless it is given."""
        target = Path(path)
        chosen = format or target.suffix.lower().removeprefix(".")
        if chosen not in {"csv", "parquet"}:
            raise Refused(
                f"'{target.name}' says no format. End it with .csv or .parquet, or give the format.",
                code="unknown-format",
                fields=("format",),
            )
        self._caller.fetch(f"/datasets/{self.id}/download", target, {"format": chosen})
        return target

    def delete(self) -> None:
        """Remove it for good."""
        self._caller.delete(f"/datasets/{self.id}")

    def glance(self) -> Mapping[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "rows": self.rows,
            "columns": len(self.columns),
            "created": self.created,
        }


class Datasets:
    """The datasets of a project."""

    def __init__(self, caller: Caller, project: str) -> None:
        self._caller = caller
        self._path = f"/projects/{project}/datasets"

    def upload(self, name: str, data: Any, *, wait: bool = True, progress: Progress | None = None) -> Dataset:
        """Bring a table in.

        Args:
            name: what to call it.
            data: the path of a CSV file (`,` `;` tab or `|`, plain, gzip or zip) or of a Parquet file, which is
                streamed; or a pandas or polars data frame or an Arrow table, which travels as Parquet.
            wait: return when it is imported, not when it is sent.
            progress: called with the share of the work that is done, from 0 to 1.

        Raises:
            Refused: the table can't be imported; the message names the line or column at fault.
            Conflict: the project has a dataset of this name.
            MissingExtra: a frame was given and pyarrow is not installed.
        """
        if isinstance(data, str | os.PathLike):
            return self._send(name, Path(data), wait=wait, progress=progress)
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / f"{name.replace('/', '-')[:80] or 'table'}.parquet"
            write_frame(data, file)
            return self._send(name, file, wait=wait, progress=progress)

    def get(self, dataset: str) -> Dataset:
        """The dataset of this name or id.

        Raises:
            NotFound: the project has none.
        """
        return pick(Dataset, self.list(), dataset, names=lambda each: (each.name,))

    def list(self) -> Sequence[Dataset]:
        """All of them."""
        return [Dataset(self._caller, document) for document in self._caller.pages(self._path)]

    def _send(self, name: str, file: Path, *, wait: bool, progress: Progress | None) -> Dataset:
        if not file.is_file():
            raise Refused(f"There is no file {file}. Give the path of a CSV or Parquet file.", code="no-file")
        tell = progress or (lambda _: None)
        document = self._caller.send_file(
            self._path,
            file,
            params={"name": name, "file_name": file.name},
            progress=lambda sent: tell(sent * SENDING),
        )
        dataset = Dataset(self._caller, document)
        if not wait:
            return dataset
        return dataset.wait(progress=lambda done: tell(SENDING + done * (1 - SENDING)))


def _most_frequent(column: Mapping[str, Any]) -> str | None:
    levels = column.get("top") or column.get("levels")
    if not levels:
        return None
    first = levels[0]
    level = first.get("value", first.get("level")) if isinstance(first, Mapping) else first[0]
    return shown(level)
