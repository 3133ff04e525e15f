"""The Labels port in memory, as far as sending needs it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from watchkeeper.labels.label import Label


@dataclass
class MemoryLabels:
    kept: list[Label] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)

    def hold(self, deployment: str) -> None:
        """There is nobody else."""

    def latest(self, deployment: str, rows: Sequence[str]) -> dict[str, float]:
        del deployment
        return {label.row: label.value for label in self.kept if label.row in rows}

    def add(self, deployment: str, labels: Sequence[Label], *, corrected: Sequence[str]) -> None:
        del deployment
        self.kept += labels
        self.corrected += corrected
