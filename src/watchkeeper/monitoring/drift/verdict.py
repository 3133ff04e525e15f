"""What is said of one column in one window, in words and in numbers."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    NOT_ENOUGH_DATA = "not enough data"
    STABLE = "stable"
    IMMATERIAL = "immaterial"
    DRIFTED = "drifted"


@dataclass(frozen=True)
class Effect:
    """How far apart both sides are, as D: about the population stability index. The interval holds it with 90 %."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Finding:
    """One facet of a column. `material` where its effect may be as large as the floor from which it matters."""

    facet: str
    p_value: float
    effect: Effect
    floor: float
    significant: bool
    material: bool


@dataclass(frozen=True)
class Judgement:
    """A column's verdict with its numbers.

    Attributes:
        verdict: in words.
        p_value: of the column by itself, over all its facets.
        adjusted_p: over all columns of the window: at most alpha where it is significant.
        q_value: the share of false ones among all columns that are as suspicious.
        effect: the size of the whole, missing values included; what columns are ranked by.
        findings: by facet.
        rows: values of the window, missing ones included.
        smallest_visible: the effect that would have been seen with 80 %: a shift of numbers, or any change of levels.
        rows_enough: so many rows of the window would be enough for a verdict; None where none would be, or is known.
        ordered: a column of numbers, not of levels.
    """

    verdict: Verdict
    p_value: float
    adjusted_p: float
    q_value: float
    effect: Effect
    findings: tuple[Finding, ...]
    rows: int
    smallest_visible: float
    rows_enough: int | None
    ordered: bool

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The facets that the verdict rests on."""
        drifted = self.verdict is Verdict.DRIFTED
        return tuple(found for found in self.findings if found.significant and (found.material or not drifted))
