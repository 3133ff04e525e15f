"""Labels: the truth of what was predicted, sent whenever it is known."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import MissingExtra, Unavailable
from watchkeeper.sdk.label_rows import AT_ONCE, label_rows
from watchkeeper.sdk.monitoring.arrived import Arrived, read_arrived
from watchkeeper.sdk.monitoring.asking import Day, asked
from watchkeeper.sdk.reading import known_moment, moment
from watchkeeper.sdk.waiting import settled

MOST_REASONS = 1_000


@dataclass(frozen=True)
class RefusedLabel:
    """`place` is its place in what was sent, from 0."""

    place: int
    id: str
    reason: str


@dataclass(frozen=True)
class Sent:
    """What became of the labels: `stored` are new, `corrected` of these changed a value that was known, `repeated`
    said what was known. `reasons` has the first refused ones."""

    received: int
    stored: int
    repeated: int
    corrected: int
    refused: int
    reasons: tuple[RefusedLabel, ...]

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "reasons": [vars(each) for each in self.reasons]}


@dataclass(frozen=True)
class LabelsStatus:
    """`rows` have a label; `unmatched` of them are not in the journal (yet); `waiting` were not looked for yet;
    `days_waiting` are days whose performance is about to be counted anew. `late` came for predictions that are no
    longer kept, or, among the unmatched, since some are not, so that nobody knows whether theirs ever was; they count
    for nothing."""

    rows: int
    matched: int
    unmatched: int
    waiting: int
    corrections: int
    days_waiting: int
    newest: datetime | None
    late: int = 0

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "newest": self.newest.isoformat() if self.newest else None}


@dataclass(frozen=True)
class Label:
    id: str
    value: float | str
    received: datetime
    given_by: str
    day: str | None


class Labels:
    """The labels of a deployment."""

    def __init__(self, caller: Caller, deployment: str) -> None:
        self._caller = caller
        self._deployment = deployment
        self._path = f"/deployments/{deployment}/labels"

    def send(self, labels: Any) -> Sent:
        """Say what the truth was, any time later, any number of times: the last value counts, earlier ones are kept.

        They are sent in pieces, so that a generator or a large file is never whole in memory. When that is broken off,
        the pieces that were sent are kept, and all of it can be sent again: what is known changes nothing.

        Args:
            labels: rows `{"id": ..., "value": ...}`, in a sequence or one by one from a generator; a pandas or polars
                data frame, an Arrow table or stream with these columns; or the path of a CSV (`.csv`, `.csv.gz`) or
                Parquet file with them. An id is that of an answer, or your own.

        Returns:
            What became of them. One that can't be taken keeps no other out; the first thousand reasons are listed.

        Raises:
            Refused: it holds nothing that can be understood as labels, or is no such file.
            MissingExtra: it is Parquet or Arrow, and pyarrow is not installed.
        """
        rows = label_rows(labels)
        sent = self._send(list(islice(rows, AT_ONCE)))
        while piece := list(islice(rows, AT_ONCE)):
            sent = _together(sent, self._send(piece))
        return sent

    def status(self) -> LabelsStatus:
        """How many have come, and how many of them are of rows that the journal has."""
        said = self._caller.get(f"{self._path}/status")
        return LabelsStatus(**{**said, "newest": moment(said["newest"])})

    def arrived(self, days: int = 30, *, start: Day | None = None, end: Day | None = None) -> Arrived:
        """The share of the champion's rows that have a label, by day; and how long labels without a row are there."""
        return read_arrived(asked(self._caller, self._deployment, days=days, start=start, end=end))

    def list(self) -> Sequence[Label]:
        """Those that count, in order of their ids."""
        return [_label(each) for each in self._caller.pages(self._path)]

    def history(self, row: str) -> Sequence[Label]:
        """Every value that a row's label has had, newest first; the first counts."""
        return [_label(each) for each in self._caller.get(f"{self._path}/history", {"row": row})["items"]]

    def save(self, path: str | PathLike[str]) -> Path:
        """Those that count, as a Parquet file: id, value, received, day."""
        target = Path(path)
        self._caller.fetch(f"{self._path}/download", target)
        return target

    def to_arrow(self) -> Any:
        """The same as an Arrow table."""
        try:
            import pyarrow.parquet as pq
        except ImportError:
            raise MissingExtra("An Arrow table needs pyarrow: `pip install pyarrow`.") from None
        with tempfile.TemporaryDirectory() as into:
            return pq.read_table(self.save(Path(into) / "labels.parquet"))

    def wait(self, within: float = 60.0) -> LabelsStatus:
        """Wait until everything that has come is counted.

        Raises:
            Unavailable: it was not within that many seconds.
        """

        def counted() -> bool:
            status = self.status()
            return not status.waiting and not status.days_waiting

        if not settled(counted, pause=self._caller.pause, within=within):
            raise Unavailable(
                f"The labels are not counted after {within:g} seconds; the worker's log says why.",
                code="labels-not-counted",
            )
        return self.status()

    def _send(self, rows: Sequence[Any]) -> Sent:
        return _sent(self._caller.post(self._path, {"labels": rows}, safe=True))


def _sent(said: Mapping[str, Any]) -> Sent:
    return Sent(**{**said, "reasons": tuple(RefusedLabel(**each) for each in said["reasons"])})


def _together(before: Sent, next_piece: Sent) -> Sent:
    """Places are those in the whole."""
    moved = (replace(each, place=before.received + each.place) for each in next_piece.reasons)
    names = ("received", "stored", "repeated", "corrected", "refused")
    sums = {name: getattr(before, name) + getattr(next_piece, name) for name in names}
    return Sent(**sums, reasons=(*before.reasons, *moved)[:MOST_REASONS])


def _label(said: Mapping[str, Any]) -> Label:
    return Label(**{**said, "received": known_moment(said["received"])})
