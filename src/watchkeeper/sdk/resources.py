"""What the server's processes and their machine consume."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.monitoring.chart import Chart
from watchkeeper.sdk.reading import known_moment, moment
from watchkeeper.sdk.showing import Tabular


@dataclass(frozen=True, repr=False)
class Resources(Tabular):
    """Samples over a period, a row each.

    A row has `at`, `process` (`machine` for the machine itself), `pid` and its measures: `cpu` (processors kept busy),
    `memory` (bytes), `files`, `threads`, `read` and `written` (bytes a second); of the machine also `load`, `swap` and
    `disk`, each with its `_total`. Beside each mean stands the highest, `cpu_highest`.

    Attributes:
        sentence: how it stands now, in words.
        sound: everything is measured, and neither memory nor disk is nearly full.
        grain: what a row is over: `sample`, `ten_minutes` or `day`.
        measured: when the newest sample was taken; None before the first.
        disk_full_in_days: at the present pace; None where no pace can be told honestly.
        latest: the newest sample of each process that runs, the machine first.
        items: all samples of the period, in the order of time.
    """

    sentence: str
    sound: bool
    grain: str
    measured: datetime | None
    disk_full_in_days: float | None
    latest: tuple[Mapping[str, Any], ...]
    items: tuple[Mapping[str, Any], ...]
    document: Mapping[str, Any] = field(compare=False)
    caller: Caller = field(compare=False)
    hours: int = field(compare=False)

    def records(self) -> Sequence[Mapping[str, Any]]:
        return self.items

    def chart(self, measure: str = "memory", process: str = "machine") -> Chart:
        """One measure of one process over the period, as a chart."""
        asked = {"hours": self.hours, "measure": measure, "process": process}
        return Chart(self.caller.get("/resources/chart", asked))

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_resources(caller: Caller, *, hours: int, process: str | None) -> Resources:
    said = caller.get("/resources", {"hours": hours, "process": process})
    return Resources(
        sentence=said["sentence"],
        sound=said["sound"],
        grain=said["grain"],
        measured=moment(said.get("measured")),
        disk_full_in_days=said.get("disk_full_in_days"),
        latest=tuple(_sample(each) for each in said["latest"]),
        items=tuple(_sample(each) for each in said["items"]),
        document=said,
        caller=caller,
        hours=hours,
    )


def _sample(said: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**said, "at": known_moment(said["at"])}
