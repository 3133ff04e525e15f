"""What is said of a rule and of a firing."""

from collections.abc import Mapping

from watchkeeper.alerts.firing import Spell
from watchkeeper.alerts.rule import Rule
from watchkeeper.alerts.signals.signal import Measure, Signal
from watchkeeper.monitoring.days import spelled, spelled_period
from watchkeeper.monitoring.references.watching import PREDICTIONS

NAMES = {"mape": "MAPE", "mae": "MAE", "rmse": "RMSE", "auc": "AUC", "r2": "R²"}
SHARES = {"mape", "accuracy", "precision", "recall"}


SAID: Mapping[Measure, str] = {
    Measure.DISTANCE: "{:.3g}",
    Measure.METRIC: "{:.4g}",
    Measure.TIMES_USUAL: "{:.3g} times the usual",
    Measure.MILLISECONDS: "{} ms",
    Measure.HOURS: "{} hours",
    Measure.OVERDUE: "{} hours",
    Measure.SECONDS: "{} seconds",
    Measure.COUNT: "{}",
    Measure.COLUMNS: "{:.0f}",
    Measure.FAULTS: "{:.0f}",
}


def amount(value: float, measure: Measure, metric: str | None = None) -> str:
    """A number with its unit: `4.6 %`, `1.4 times the usual`, `250 ms`, `0.31`."""
    if measure is Measure.SHARE or (measure is Measure.METRIC and metric in SHARES):
        return _percent(value)
    whole = measure in {Measure.MILLISECONDS, Measure.HOURS, Measure.OVERDUE, Measure.SECONDS, Measure.COUNT}
    return SAID[measure].format((f"{value:,.0f}" if value >= 100 else f"{value:.3g}") if whole else value)


def subject(rule: Rule, signal: Signal, *, metric: str, about: str = "") -> str:
    """`The MAPE of the last 7 days`, `The drift of Temperature over 7 days`."""
    if signal.measure is Measure.METRIC:
        return f"The {NAMES.get(metric, metric.replace('_', ' '))} of the last {_days(rule.days)}"
    if signal.measure is Measure.TIMES_USUAL:
        return f"The drift of {about or 'a feature'} over {_days(rule.days)}"
    return f"{signal.title} of {about}" if about else signal.title


def sentence(rule: Rule, signal: Signal, spell: Spell, *, metric: str) -> str:
    """What was wrong, and since when."""
    if signal.measure is Measure.COLUMNS:
        return _columns(spell)
    if signal.measure is Measure.FAULTS:
        return _broken(spell)
    if signal.measure is Measure.OVERDUE:
        return (
            f"No row has come since {spelled(spell.since)}."
            if spell.closed is None
            else f"No row came {_period(spell)}."
        )
    value = amount(spell.worst, signal.measure, metric)
    limit = limit_of(rule, signal, metric=metric)
    if signal.names_worst and spell.about:
        broke = "have broken the schema since" if spell.closed is None else "broke the schema"
        when = spelled(spell.since) if spell.closed is None else _period(spell)
        return f"Values {broke} {when}, those of {spell.about} worst: {value} of a day's (limit {limit})."
    what = subject(rule, signal, metric=metric, about=spell.about)
    if spell.closed is None:
        return f"{what} is {value} (limit {limit}), since {spelled(spell.since)}."
    return f"{what} was {value} (limit {limit}), {_period(spell)}."


def _columns(spell: Spell) -> str:
    """`Temperature and 2 more have drifted since 14 January 2013.`"""
    who, has = _begun(_who(spell, "a column"), spell), "have" if round(spell.worst) > 1 else "has"
    if spell.closed is None:
        return f"{who} {has} drifted since {spelled(spell.since)}."
    return f"{who} drifted {_period(spell)}."


def _broken(spell: Spell) -> str:
    """`The data of Temperature look broken since 14 January 2013.`"""
    whose = _who(spell, "a column")
    if spell.closed is None:
        return f"The data of {whose} look broken since {spelled(spell.since)}."
    return f"The data of {whose} looked broken {_period(spell)}."


def _who(spell: Spell, nobody: str) -> str:
    """Of a count of columns: the one it is about, and how many more."""
    more = round(spell.worst) - 1
    who = f"the {spell.about}" if spell.about in PREDICTIONS.values() else spell.about
    return f"{who or nobody}{f' and {more} more' if more > 0 else ''}"


def headline(signal: Signal, spell: Spell, *, metric: str) -> str:
    """In five seconds: `Temperature and 1 more drifted since 14 January 2013`."""
    named = NAMES.get(metric, metric.replace("_", " "))
    about = _who(spell, "a feature") if signal.counts else spell.about or "a feature"
    what = signal.headline.format(about=about, metric=named)
    what = _begun(what, spell)
    if spell.closed is None:
        return f"{what} since {spelled(spell.since)}"
    return f"{what} {_period(spell)}"


def _begun(what: str, spell: Spell) -> str:
    """As a sentence begins, but for a column's name, which is as it is."""
    return what if spell.about and what.startswith(spell.about) else f"{what[:1].upper()}{what[1:]}"


def limit_of(rule: Rule, signal: Signal, *, metric: str) -> str:
    """Its threshold with its unit, where the unit has not been said just before."""
    return amount(rule.threshold, signal.measure, metric).removesuffix(" times the usual")


def condition(rule: Rule, signal: Signal, *, metric: str) -> str:
    """When the rule fires: `above 5 % in 2 of 3 days with at least 20 rows`."""
    side = "above" if signal.above(metric) else "below"
    sure = "surely " if rule.sure else ""
    limit = amount(rule.threshold, signal.measure, metric)
    if signal.measure is Measure.OVERDUE:
        return f"once rows are overdue by more than {limit}" if rule.threshold else "once rows are overdue"
    if signal.momentary:
        return f"{sure}{side} {limit}"
    if signal.measure is Measure.COLUMNS:
        more = f" {rule.threshold:g} columns" if rule.threshold else " any column"
        return f"{'more than' if rule.threshold else 'once'}{more} drifted, as the drift policy asks for it"
    if signal.measure is Measure.FAULTS:
        many = f"in more than {rule.threshold:g} columns " if rule.threshold else ""
        return f"once a fault is found {many}on {_often(rule)}"
    rows = f" with at least {rule.minimum_rows:,} {'calls' if signal.name in {'errors', 'response_time'} else 'rows'}"
    return f"{sure}{side} {limit} on {_often(rule)}{rows if rule.minimum_rows > 1 else ''}"


def _often(rule: Rule) -> str:
    return "a day" if rule.windows == 1 else f"{rule.needed} of {rule.windows} days"


def _days(count: int) -> str:
    return "day" if count == 1 else f"{count} days"


def _period(spell: Spell) -> str:
    """`on 14 January 2013`, `from 14 to 19 January 2013`."""
    days = spelled_period(spell.since, spell.until)
    return f"on {days}" if spell.since == spell.until else f"from {days}"


def _percent(value: float) -> str:
    return f"{value * 100:.3g} %"
