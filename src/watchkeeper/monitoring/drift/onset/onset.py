"""The day on which a drift began, with an interval."""

from dataclasses import dataclass
from enum import StrEnum


class Course(StrEnum):
    """How it came: from one day to the next, little by little, for some days only; or it was there on the first day."""

    ABRUPT = "abrupt"
    GRADUAL = "gradual"
    PASSING = "passing"
    EARLIER = "earlier"


@dataclass(frozen=True)
class Onset:
    """Places of days, from 0.

    Attributes:
        first: the first day that is otherwise; 0 where the first of all is.
        low, high: the interval for it, both included.
        full: of a gradual course, the first day of the full change.
        last: of a passing course, its last day.
    """

    course: Course
    first: int
    low: int
    high: int
    full: int | None = None
    last: int | None = None
