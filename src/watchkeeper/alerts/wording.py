"""What is said of a rule and of a firing."""

from collections.abc import Mapping

from watchkeeper.alerts.firing import Spell
from watchkeeper.alerts.rule import Rule
from watchkeeper.alerts.signals.signal import Measure, Signal
from watchkeeper.alerts.wording_columns import begun, of_columns, percent, period, who
from watchkeeper.monitoring.days import spelled

NAMES = {"mape": "MAPE", "mae": "MAE", "rmse": "RMSE", "auc": "AUC", "r2": "R²"}
THOUSANDS = 1_000
SHARES = {"mape", "accuracy", "precision", "recall"}


SAID: Mapping[Measure, str] = {
    Measure.DISTANCE: "{:.3g}",
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
        return percent(value)
    if measure is Measure.METRIC:
        return f"{value:,.0f}" if abs(value) >= THOUSANDS else f"{value:.4g}"
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
    if signal.by_column:
        return of_columns(rule, signal, spell)
    if signal.measure is Measure.OVERDUE:
        return (
            f"No row has come since {spelled(spell.since)}."
            if spell.closed is None
            else f"No row came {period(spell)}."
        )
    value, last = (amount(each, signal.measure, metric) for each in (spell.worst, spell.last))
    limit = limit_of(rule, signal, metric=metric)
    what, sure = subject(rule, signal, metric=metric, about=spell.about), "surely beyond it " if rule.sure else ""
    if spell.closed is None:
        worst = "" if value == last else f"at worst {value}, "
        return f"{what} is {last} ({worst}limit {limit}), {sure}since {spelled(spell.since)}."
    return f"{what} was {value} (limit {limit}), {sure}{period(spell)}."


def headline(signal: Signal, spell: Spell, *, metric: str, sure: bool = False) -> str:
    """In five seconds: `Temperature and 1 more drifted since 14 January 2013`; `sure` is the rule's."""
    named = NAMES.get(metric, metric.replace("_", " "))
    about = who(spell, counted=signal.counts) if signal.by_column else spell.about or "a feature"
    what = begun(signal.headline.format(about=about, metric=named, surely="surely " if sure else ""), spell)
    if spell.closed is None:
        begun_on = sorted({each.since for each in spell.going})
        return f"{what}{', the first' if len(begun_on) > 1 else ''} since {spelled(begun_on[0])}"
    return f"{what} {period(spell)}"


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
