"""The journal: every prediction of a role."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import Conflict, MissingExtra, Unavailable
from watchkeeper.sdk.monitoring.asking import Asked
from watchkeeper.sdk.monitoring.erasures import Erasure, JournalColumns, read_columns, read_erasure
from watchkeeper.sdk.monitoring.retention import GoneRows, RowsGone, read_gone
from watchkeeper.sdk.monitoring.where import Where, conditions, sent
from watchkeeper.sdk.reading import spelled
from watchkeeper.sdk.waiting import settled

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Role = Literal["champion", "challenger"]
Journalled = Literal["full", "hashed", "left_out"]
A_PAGE = 500


@dataclass(frozen=True)
class Rows:
    """Rows of the journal.

    Nothing is fetched before one of its methods is called; each call asks the server anew. Where rows of these days
    have gone by the deployment's retention, you get those that are there and the warning `RowsGone`, which says how
    many.
    """

    asked: Asked

    def batches(self) -> "Iterator[pa.RecordBatch]":
        """All of them as Arrow record batches, one after the other, so that they are never all in memory (needs
        `pip install pyarrow`). They come in the order of the journal's files, not of time.

        Raises:
            Unreachable: the stream broke off before its end; what came until then is not all.
        """
        with self._opened() as reader:
            yield from reader

    def to_arrow(self) -> "pa.Table":
        """All of them as an Arrow table (needs `pip install pyarrow`)."""
        with self._opened() as reader:
            table: pa.Table = reader.read_all()
            return table

    def to_pandas(self) -> "pd.DataFrame":
        """All of them as a pandas data frame (needs `pip install pandas pyarrow`)."""
        try:
            import pandas  # noqa: ICN001, F401
        except ImportError:
            raise MissingExtra("A data frame needs pandas: `pip install pandas`.") from None
        return self.to_arrow().to_pandas()

    def to_parquet(self, path: str | PathLike[str]) -> Path:
        """Write all of them to a Parquet file, which appears whole or not at all. Nothing has to be installed. Its
        schema's metadata says what of these days has gone (`gone`, `kept-since`)."""
        target = Path(path)
        params = {**self.asked.params, "format": "parquet"}
        self.asked.caller.fetch(f"/deployments/{self.asked.deployment}/journal", target, params)
        return target

    def newest(self, rows: int = 100) -> Sequence[Mapping[str, Any]]:
        """The newest of them by event time, as plain mappings, each with its `label` and, under its name, what the
        other role answered."""
        found: list[Mapping[str, Any]] = []
        page: Mapping[str, Any] = {"next": None}
        while len(found) < rows:
            page = self._page(min(rows - len(found), A_PAGE), page["next"])
            found += page["items"]
            if page["next"] is None:
                break
        _warn(read_gone(page))
        return found

    def gone(self) -> GoneRows:
        """What of these days is no longer kept, whatever the conditions on columns."""
        return read_gone(self._page(1, None))

    def _page(self, limit: int, cursor: str | None) -> Mapping[str, Any]:
        params = {**self.asked.params, "limit": limit, "cursor": cursor}
        page: Mapping[str, Any] = self.asked.caller.get(f"/deployments/{self.asked.deployment}/journal/rows", params)
        return page

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        try:
            import pyarrow as pa
        except ImportError:
            raise MissingExtra("An Arrow table needs pyarrow: `pip install pyarrow`.") from None
        params = {**self.asked.params, "format": "arrow"}
        with (
            self.asked.caller.stream(f"/deployments/{self.asked.deployment}/journal", params) as body,
            pa.ipc.open_stream(body) as reader,
        ):
            _warn(read_gone({name.decode(): value.decode() for name, value in (reader.schema.metadata or {}).items()}))
            yield reader

    def _repr_html_(self) -> str:
        from watchkeeper.sdk.showing import html_table

        return html_table(self.newest(20))


def _warn(gone: GoneRows) -> None:
    if gone.rows:
        warnings.warn(RowsGone(gone), stacklevel=3)


class Journal:
    """What a deployment was asked and what it answered, row by row. Call it to choose rows."""

    def __init__(self, caller: Caller, deployment: str) -> None:
        self._caller = caller
        self._deployment = deployment
        self._path = f"/deployments/{deployment}/journal"

    def __call__(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        role: Role = "champion",
        where: Where | None = None,
    ) -> Rows:
        """The rows of a role whose event time lies from `start` up to before `end`; times without a zone are UTC.

        Args:
            start: from this event time on.
            end: up to before this event time.
            role: whose answers.
            where: conditions on columns, all of which have to hold: `{"town": "Lyon"}`, `{"town": ["Lyon", "Nice"]}`,
                `{"size": (">", 3)}`, `{"size": [(">", 3), ("<=", 9)]}`, `{"key": None}` (missing). The operators are
                = != < <= > >= in. An input goes by its own name, or with `input.` before it; the other columns are id,
                call, at, received, release, role, model, key, milliseconds, unseen, caught_up, duplicate, prediction,
                value and violations.
        """
        params = {
            "role": role,
            "start": spelled(start) if start else None,
            "end": spelled(end) if end else None,
            "where": sent(where),
        }
        return Rows(Asked(self._caller, self._deployment, params))

    def columns(self) -> JournalColumns:
        """How each input is journalled: in full, hashed, or left out."""
        return read_columns(self._caller.get(f"{self._path}/columns"))

    def change(self, columns: Mapping[str, Journalled]) -> JournalColumns:
        """Say how inputs are journalled from now on. Rows that are there stay as they are; profiles, drift and the
        challenger use every value all the same.

        Args:
            columns: each to `full`; `hashed` (with a key of this deployment's own, so that equal values have equal
                hashes); or `left_out`.

        Raises:
            Refused: there is no such input.
            Forbidden: only an admin of the project may.
        """
        return read_columns(self._caller.patch(f"{self._path}/columns", {"columns": dict(columns)}))

    def erase(
        self,
        ids: Sequence[str] | None = None,
        *,
        where: Where | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        wait: bool = True,
        within: float = 300.0,
    ) -> Erasure:
        """Erase rows that have arrived by now, in both roles, with their labels, and from the results of batches.
        Counts (profiles, usage) stay. It can't be undone, and is written down: who, when, which rows, how many.

        Args:
            ids: of the rows; or say which by `where` and a period. Rows of a batch that was not journalled are erased
                by ids alone.
            where: conditions as for reading. Of a hashed column, give the value itself.
            start: from this event time on.
            end: up to before this event time.
            wait: return when it is done: a record has to be collected, and a challenger's answer that is owed to have
                come.
            within: seconds.

        Raises:
            Refused: it does not say which rows.
            Conflict: it failed; the message says why.
            Forbidden: only an admin of the project may.
            Unavailable: it was not done within that many seconds; it goes on all the same.
        """
        wanted = {
            "ids": list(ids) if ids is not None else None,
            "where": conditions(where),
            "start": spelled(start) if start else None,
            "end": spelled(end) if end else None,
        }
        asked = read_erasure(self._caller.post(f"{self._path}/erasures", wanted))
        return self._settled(asked, within) if wait else asked

    def erasures(self) -> Sequence[Erasure]:
        """All that were asked for, newest first."""
        return [read_erasure(each) for each in self._caller.pages(f"{self._path}/erasures")]

    def _settled(self, asked: Erasure, within: float) -> Erasure:
        found = [asked]

        def over() -> bool:
            found.append(read_erasure(self._caller.get(f"{self._path}/erasures/{asked.id}")))
            return found[-1].state != "waiting"

        if not settled(over, pause=self._caller.pause, within=within):
            raise Unavailable(
                f"The rows are not erased after {within:g} seconds; that goes on. Ask `journal.erasures()` later.",
                code="erasure-waiting",
            )
        if found[-1].state == "failed":
            raise Conflict(found[-1].error, code="erasure-failed")
        return found[-1]
