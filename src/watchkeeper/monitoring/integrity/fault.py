"""What a fault of the data is."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from watchkeeper.monitoring.integrity.pair import Pair

HIDDEN = "a word that the reference hardly holds"


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
        word: a value that stands in the sentence, where it is a word and may be somebody's; else empty.
    """

    name: str
    columns: tuple[str, ...]
    sentence: str
    p_value: float
    remaining: float
    evidence: Mapping[str, float]
    word: str = ""

    def discreet(self, known: Collection[str]) -> Self:
        """Without a word of the rows in its sentence, unless it is `known`."""
        if not self.word or self.word in known:
            return self
        return replace(self, sentence=self.sentence.replace(f"'{self.word}'", HIDDEN), word="")

    @property
    def same(self) -> tuple[Hashable, ...]:
        """What a fault of another day has to have as well to be this one: another factor is another fault."""
        return (self.name, self.columns, *(self.evidence.get(each) for each in ("factor", "offset")))

    def plain(self) -> dict[str, Any]:
        return {
            "fault": self.name,
            "columns": list(self.columns),
            "sentence": self.sentence,
            "p_value": self.p_value,
            "remaining": self.remaining,
            "evidence": dict(self.evidence),
        }

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> Self:
        rest = {name: kept[name] for name in ("sentence", "p_value", "remaining", "evidence")}
        return cls(name=kept["fault"], columns=tuple(kept["columns"]), **rest)


Recogniser = Callable[[Pair], Iterable[Fault]]
"""The faults of one sort that would explain the window, each for itself."""
