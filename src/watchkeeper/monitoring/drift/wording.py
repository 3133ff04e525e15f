"""A verdict as a sentence."""

import math
from collections.abc import Sequence
from typing import Protocol

from watchkeeper.monitoring.drift.verdict import Effect, Verdict
from watchkeeper.monitoring.percent import percent

FACETS = {
    "location": "its values stand elsewhere",
    "spread": "its values spread differently",
    "shape": "its shares have changed",
    "worst level": "the share of a level has changed",
    "missing": "another share is missing",
    "out of range": "values lie outside the reference's range",
    "new levels": "levels came that the reference never held",
}
TELLING = {"location", "spread", "worst level"}
"""Where one of these is said, it need not be said that the shape has changed."""
CERTAIN = 1e-10
_LACKING = "its own are too few, or worth too few where they follow each other, or hold no value often enough"
TOLD_WHOLE = 10
"""Rows from which their number is rounded to a whole one."""
FINE = 0.002
"""The width of an interval from which its ends differ where they are rounded to thousandths."""
SHOWN = 0.0005
"""The smallest size that is not 0 as it is written."""


class Found(Protocol):
    """What a sentence is made of."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def effect(self) -> Effect: ...
    @property
    def adjusted_p(self) -> float: ...
    @property
    def smallest_visible(self) -> float: ...
    @property
    def rows(self) -> int: ...
    @property
    def rows_enough(self) -> int | None: ...
    @property
    def ordered(self) -> bool: ...


def sentence(
    of: Found, reasons: Sequence[str], *, level: str | None = None, missing: tuple[float, float] | None = None
) -> str:
    """`reasons` are the names of the facets that the verdict rests on, the clearest first; `level` is the one whose
    share changed most clearly; `missing` are the shares that were missing before and are now."""
    match of.verdict:
        case Verdict.DRIFTED:
            return f"{_reasons(reasons, level, missing)}: {size(of.effect, moved=True)}, p {chance(of.adjusted_p)}."
        case Verdict.IMMATERIAL:
            return f"{_reasons(reasons, level, missing)}, but too little to matter: {size(of.effect)}."
        case Verdict.STABLE:
            if math.isinf(of.smallest_visible):
                return "No change is to be seen: no value is there, as none was before."
            what = "a shift" if of.ordered else "one"
            return f"No change is to be seen; {what} of size {of.smallest_visible:.2g} would have been."
        case _:
            return _not_enough(of)


def size(of: Effect, *, moved: bool = False) -> str:
    """In words where the rows say nothing of it: of what has `moved` it is not 0."""
    if of.estimate >= SHOWN:
        return f"size {interval(of)}"
    if (of.high > 0 if moved else of.high >= 0) and of.high < SHOWN:
        return "size below 0.001"
    if moved or not SHOWN <= of.high < math.inf:
        return "its size cannot be told from so few rows"
    return f"size at most {of.high:.3f}"


def interval(of: Effect) -> str:
    digits = 3 if of.high - of.low >= FINE else 5
    return f"{of.estimate:.{digits}f} ({of.low:.{digits}f} to {of.high:.{digits}f})"


def chance(p_value: float) -> str:
    return "below 1e-10" if p_value < CERTAIN else f"= {p_value:.2g}"


def worth(rows: float) -> str:
    """So many independent rows: 3.4, 110."""
    return f"{rows:.2g}" if rows < TOLD_WHOLE else f"{rows:,.0f}"


def _reasons(names: Sequence[str], level: str | None, missing: tuple[float, float] | None) -> str:
    said = {**FACETS, "worst level": f"the share of '{level}' has changed"}
    if missing is not None:
        before, now = missing
        said["missing"] = f"{percent(now)} are missing instead of {percent(before)}"
    if TELLING & {*names}:
        names = [name for name in names if name != "shape"]
    if {"location", "spread"} <= {*names}:
        said["location"] += " and spread differently"
        names = [name for name in names if name != "spread"]
    words = [said[name] for name in names]
    joined = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return joined[0].upper() + joined[1:]


def _not_enough(of: Found) -> str:
    had = f"{of.rows:,} row{'' if of.rows == 1 else 's'}"
    if of.rows_enough is None:
        return f"{had} cannot tell, and with this reference no more would: {_LACKING}."
    if of.rows_enough <= of.rows:
        return f"{had} cannot tell: no value is there often enough."
    return f"{had} cannot tell; {of.rows_enough:,} would be enough."
