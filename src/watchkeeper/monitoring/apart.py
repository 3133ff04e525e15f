"""What was found of all columns together, over the days up to one."""

from dataclasses import dataclass
from datetime import datetime

from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.multivariate.telling import Apart

MATTERS = 0.54
"""The area from which a difference matters: that of one mean that moved by 0.14 deviations, as a shape's floor is."""
COARSE = 0.1
"""Half an interval's length from which on nothing can be said."""


@dataclass(frozen=True)
class ApartDay:
    """Attributes:
    day: the last day of the window.
    first: the first day.
    counted: rows of these days, of which some were asked about.
    rows: so many of them, and as many of the reference.
    auc: how often a row of these days is put above one of the reference; None where that was not asked.
    low, high: hold it with 90 %.
    columns: what tells the rows apart, the most telling first.
    why: it was not asked; empty where it was.
    """

    day: str
    first: str
    counted: int
    at: datetime
    verdict: Verdict
    rows: int = 0
    auc: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    columns: tuple[tuple[str, float], ...] = ()
    why: str = ""

    @property
    def sentence(self) -> str:
        if self.auc is None or self.low is None or self.high is None:
            return f"Not judged: {self.why}."
        auc = f"AUC {self.auc:.2f} ({self.low:.2f} to {self.high:.2f})"
        match self.verdict:
            case Verdict.DRIFTED:
                return f"Rows of these days can be told from the reference's with {auc}{self._by()}."
            case Verdict.IMMATERIAL:
                return (
                    f"Rows of these days can be told from the reference's, but too little to matter: {auc}{self._by()}."
                )
            case Verdict.STABLE:
                return f"Rows of these days can't be told from the reference's: {auc}."
            case _:
                return f"{self.rows:,} rows cannot tell: {auc}."

    def _by(self) -> str:
        names = [name for name, _ in self.columns[:3]]
        if not names:
            return ""
        *others, last = names
        return f", mostly by {', '.join(others) + ' and ' if others else ''}{last}"


def verdict_of(found: Apart, *, alpha: float) -> Verdict:
    """By itself, and not out of the alarm budget."""
    if found.p_value <= alpha:
        return Verdict.DRIFTED if found.high >= MATTERS else Verdict.IMMATERIAL
    return Verdict.NOT_ENOUGH_DATA if found.high - found.low > 2 * COARSE else Verdict.STABLE
