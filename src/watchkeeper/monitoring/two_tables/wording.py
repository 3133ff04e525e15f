"""What is said of a column where its verdict alone does not say enough."""

from watchkeeper.monitoring.drift.verdict import Judgement, Verdict
from watchkeeper.monitoring.two_tables.basis import Judged

MOST = 10.0
"""A size that nothing can have."""
TOLD_WHOLE = 10
"""Rows from which their number is rounded to a whole one."""


def season_note(judgement: Judgement, of: Judged) -> str | None:
    """Why the season of the reference cannot tell; None where it can, or is not what the rows were held against."""
    if of.lacking and not of.left:
        return "The reference holds too few weeks of the same season to tell how alike they are."
    if of.lacking:
        return f"Season not in the reference: it does not hold that of {of.left:,} of the rows, or these have no time."
    if of.reference_worth is None or judgement.verdict is not Verdict.NOT_ENOUGH_DATA:
        return None
    rows = int(of.counted.window.sum())
    had = f"{rows:,} row is" if rows == 1 else f"{rows:,} rows are"
    return (
        f"{had} worth {_worth(rows / of.each)} independent ones, and the reference's of their season "
        f"{_worth(of.reference_worth)}: {_visible(judgement.smallest_visible)}"
    )


def _worth(rows: float) -> str:
    return f"{rows:.2g}" if rows < TOLD_WHOLE else f"{rows:,.0f}"


def _visible(size: float) -> str:
    if not size < MOST:
        return "too few for any change."
    return f"only a change of size {size:.2g} would have been seen."
