"""A deployment in a sentence: is it well, how much is asked, how good are the answers, what has drifted, and is the
challenger better."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from watchkeeper.monitoring.performance.comparing import Comparison, Verdict
from watchkeeper.monitoring.performance.wording import PERCENT, sure_of, title_of


@dataclass(frozen=True)
class Drifted:
    """A feature that an open firing is about; `since` is its first day."""

    feature: str
    since: str


@dataclass(frozen=True)
class Summary:
    """Plain values of a period, and what they say together.

    Attributes:
        today: the day on which it is read: a day of another year is said with its year.
        state: `healthy`, `degraded` or `down`; `health` says it in a sentence.
        predictions: rows that the champion answered, on `days` with any; `a_day` of them.
        value: the deployment's metric over the rows that have a label, which are `share` of them.
        drifted: the longest first.
        alerts: firings that are open on the last day; `others` of them are of anything but drift.
        comparison: of the challenger; None without one, or where there is nothing to compare yet.
        challenged: whether there is a challenger.
    """

    start: str
    end: str
    today: str
    state: str
    health: str
    predictions: int
    days: int
    a_day: float | None
    errors: int
    metric: str
    value: float | None
    share: float | None
    drifted: tuple[Drifted, ...]
    alerts: int
    others: int
    challenged: bool
    comparison: Comparison | None

    @property
    def sentence(self) -> str:
        well = "Healthy." if self.state == "healthy" else self.health
        if not self.predictions:
            return f"{well} No call in this period."
        facts = ", ".join(_facts(self))
        return f"{well} {facts}{_challenger(self)}.{_alerts(self)}"


def _facts(of: Summary) -> Sequence[str]:
    a_day = f"{of.a_day or 0:,.0f}" if (of.a_day or 0) >= 10 else f"{of.a_day or 0:.2g}"
    facts = [f"{a_day} prediction{'' if a_day == '1' else 's'} a day"]
    if of.errors:
        facts.append(f"{of.errors:,} error{'' if of.errors == 1 else 's'}")
    facts.append(f"{metric_of(of.metric, of.value)}" if of.value is not None else "no labels yet")
    return [*facts, *_drift(of)]


def metric_of(metric: str, value: float) -> str:
    """`4.6 % MAPE`, `0.91 AUC`."""
    said = f"{value * 100:.1f} %" if metric in PERCENT else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{said} {title_of(metric)}"


def _drift(of: Summary) -> Sequence[str]:
    if not of.drifted:
        return []
    first = of.drifted[0]
    others = len(of.drifted) - 1
    also = f" and {others} other{'' if others == 1 else 's'}" if others else ""
    return [f"{first.feature}{also} drifted since {_day(first.since, of.today)}"]


def _day(day: str, today: str) -> str:
    said = date.fromisoformat(day)
    return f"{said.day} {said:%B}" if day[:4] == today[:4] else f"{said.day} {said:%B %Y}"


def _challenger(of: Summary) -> str:
    if not of.challenged:
        return ""
    found = of.comparison
    if found is None or found.verdict is Verdict.UNKNOWN or found.difference is None:
        return "; whether the challenger is better is not known yet"
    if found.verdict is Verdict.ALIKE:
        return "; the challenger is as good"
    size = abs(found.difference)
    by = f"{size * 100:.2g} points" if found.metric in PERCENT else f"{size:.3g} in {title_of(found.metric)}"
    return f"; the challenger is {found.verdict} by {by}, {sure_of(found)}"


def _alerts(of: Summary) -> str:
    if not of.others:
        return ""
    more = "more " if of.drifted else ""
    return f" {of.others} {more}alert{' is' if of.others == 1 else 's are'} open."
