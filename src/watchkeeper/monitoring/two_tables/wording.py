"""What is said of a column where its verdict alone does not say enough."""

from watchkeeper.monitoring.drift.verdict import Judgement, Verdict
from watchkeeper.monitoring.drift.visible import FEWEST_REFERENCE
from watchkeeper.monitoring.drift.weighing import FEWEST_HELD
from watchkeeper.monitoring.drift.wording import worth
from watchkeeper.monitoring.two_tables.basis import Judged

MOST = 10.0
"""A size that nothing can have."""


def note(judgement: Judgement, of: Judged) -> str | None:
    """Why the reference, or that of the season, cannot tell; None where it can."""
    if of.lacking and not of.left:
        return "The reference holds too few weeks of the same season to tell how alike they are."
    if of.lacking:
        return f"Season not in the reference: it does not hold that of {of.left:,} of the rows, or these have no time."
    if of.reference_worth is None or judgement.verdict is not Verdict.NOT_ENOUGH_DATA:
        return _few_held(judgement, int(of.counted.reference.sum()))
    rows = int(of.counted.window.sum())
    had = f"{rows:,} row is" if rows == 1 else f"{rows:,} rows are"
    return (
        f"{had} worth {worth(rows / of.each)} independent ones, and the reference's of their season "
        f"{worth(of.reference_worth)}: {_visible(judgement.smallest_visible)}"
    )


def _few_held(judgement: Judgement, rows: int) -> str | None:
    if judgement.verdict is not Verdict.NOT_ENOUGH_DATA or rows >= FEWEST_REFERENCE:
        return None
    had = f"The reference has {rows} row{'' if rows == 1 else 's'}"
    if rows < FEWEST_HELD:
        return f"{had}: it takes {FEWEST_HELD} to find a change, and {FEWEST_REFERENCE} to say that there is none."
    return f"{had}: it takes {FEWEST_REFERENCE} to say that nothing has changed."


def _visible(size: float) -> str:
    if not size < MOST:
        return "too few for any change."
    return f"only a change of size {size:.2g} would have been seen."
