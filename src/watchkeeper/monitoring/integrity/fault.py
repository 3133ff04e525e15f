"""What a fault of the data is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from watchkeeper.monitoring.integrity.pair import Pair


@dataclass(frozen=True)
class Fault:
    """One that was recognised.

    Attributes:
        name: as a reader sees it: "changed unit", "stuck sensor" and so on, or "unknown".
        columns: those that it concerns; of a renamed one the old name, then the new.
        sentence: what is wrong, for somebody who knows the data and no statistics.
        p_value: the chance that rows like the reference's look like this, over everything that was tried for it.
        remaining: how far the window lies from the reference once the fault is undone, 0 to 1.
        evidence: the numbers that it rests on, by name.
    """

    name: str
    columns: tuple[str, ...]
    sentence: str
    p_value: float
    remaining: float
    evidence: Mapping[str, float]

    def plain(self) -> dict[str, Any]:
        return {
            "fault": self.name,
            "columns": list(self.columns),
            "sentence": self.sentence,
            "p_value": self.p_value,
            "remaining": self.remaining,
            "evidence": dict(self.evidence),
        }


Recogniser = Callable[[Pair], Iterable[Fault]]
"""The faults of one sort that would explain the window, each for itself."""
