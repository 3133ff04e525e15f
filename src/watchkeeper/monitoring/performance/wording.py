"""What a comparison says, in a sentence: made here, and told unchanged wherever it is asked for."""

from watchkeeper.monitoring.performance.comparing import Comparison, Verdict

THOUSANDS = 1_000
PERCENT = {"mape", "accuracy", "balanced_accuracy", "precision", "recall"}
"""Metrics that are shares of one; their differences are said in percentage points."""
TITLES = {
    "mae": "MAE",
    "rmse": "RMSE",
    "mape": "MAPE",
    "r2": "R²",
    "auc": "AUC",
    "log_loss": "log loss",
    "brier": "Brier score",
}
SUREST = 0.999


def title_of(metric: str) -> str:
    return TITLES.get(metric, metric.replace("_", " "))


def sentence(of: Comparison) -> str:
    """`The challenger is better by 0.30 percentage points of MAPE (0.10 to 0.50), 97 % sure, on 1,440 rows that both
    answered.`"""
    if of.difference is None or of.low is None or of.high is None or of.probability_better is None:
        return f"Not known yet: {of.reason}."
    rows = f"on {of.rows:,} {'row' if of.rows == 1 else 'rows'} that both answered"
    match of.verdict:
        case Verdict.BETTER | Verdict.WORSE:
            least, most = sorted(abs(each) for each in (of.low, of.high))
            span = f"{_number(of.metric, least)} to {_number(of.metric, most)}"
            return f"The challenger is {of.verdict} by {difference_of(of)} ({span}), {sure_of(of)}, {rows}."
        case Verdict.ALIKE:
            return f"There is no difference worth having: {difference_of(of)}, {rows}."
    which = "better" if of.probability_better >= 1 / 2 else "worse"
    seen = f"Not known yet: the challenger looks {which} by {difference_of(of)}, {sure_of(of)}, {rows}."
    return f"{seen} {missing_of(of)}"


def missing_of(of: Comparison) -> str:
    """What it takes to know."""
    if of.enough is None:
        return "At the difference seen, no number of days would tell soon."
    return f"At the difference seen, labels of {of.enough:,} more {'day' if of.enough == 1 else 'days'} would tell."


def difference_of(of: Comparison) -> str:
    """Its size with its unit: `0.30 percentage points of MAPE`, `12.4 in MAE`."""
    size = _number(of.metric, abs(of.difference or 0.0))
    unit = "percentage points of " if of.metric in PERCENT else "in "
    return f"{size} {unit}{title_of(of.metric)}"


def sure_of(of: Comparison) -> str:
    """Of the direction that it looks like: `97 % sure`."""
    probability = of.probability_better or 0.0
    sure = min(max(probability, 1 - probability), SUREST)
    return f"{sure * 100:.1f}".removesuffix(".0") + " % sure"


def _number(metric: str, size: float) -> str:
    if metric in PERCENT:
        return f"{size * 100:.2f}"
    return f"{size:,.0f}" if abs(size) >= THOUSANDS else f"{size:.3g}"
