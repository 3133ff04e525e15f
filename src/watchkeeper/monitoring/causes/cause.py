"""What is known of a drifted column, and what is said of it."""

from dataclasses import dataclass
from enum import StrEnum

from watchkeeper.monitoring.causes.parts import Part
from watchkeeper.monitoring.causes.segmenting import Segment
from watchkeeper.monitoring.causes.swapping import Moved
from watchkeeper.monitoring.drift.onset.onset import Course
from watchkeeper.monitoring.drift.verdict import Effect


class Nature(StrEnum):
    """Whether the world has changed, or only its record."""

    NATURAL = "natural shift"
    FAULT = "data fault"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Evidence:
    """Why a drift is taken for a fault or not, in a sentence with its numbers. `fault` is the fault's name;
    `first` and `last` are the local days on which it was found, and the numbers are of the last, where any is named."""

    nature: Nature
    sentence: str
    fault: str | None = None
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class Began:
    """Local days, as texts; see `Onset`."""

    course: Course
    first: str
    low: str
    high: str
    last: str | None = None


@dataclass(frozen=True)
class Whole:
    """By how much the mean prediction has moved, all columns together, with the standard error of that; of a class it
    is the mean `probability`."""

    moved: float
    error: float
    probability: bool = False


@dataclass(frozen=True)
class Suspect:
    """A column with what was found out about it; what was not looked for is None, or empty.

    Attributes:
        drifted: whether that is its verdict.
        importance: the model's, as a share.
        moved, whole: what came of putting its values back, and of putting all back.
        parts: the largest first.
    """

    column: str
    drifted: bool
    effect: Effect
    importance: float | None = None
    moved: Moved | None = None
    whole: Whole | None = None
    parts: tuple[Part, ...] = ()
    segment: Segment | None = None
    began: Began | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Cause:
    """`weight` is its share of all causes' concern: drift times importance."""

    suspect: Suspect
    weight: float
    nature: Nature
    sentence: str
