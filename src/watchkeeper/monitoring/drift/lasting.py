"""Drift that lasts: days in a row, none of them between that says otherwise."""

from collections.abc import Sequence

import numpy as np

from watchkeeper.monitoring.drift.sides import Counts, Flags, Floats
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.drift.weighing import CODES

NOT_ENOUGH, SILENT = CODES.index(Verdict.NOT_ENOUGH_DATA), 255
"""Of a column that had no rows."""
SUSPICIOUS = 0.05
"""The p-value of a day up to which it does not say otherwise: that of a drift which most days show is rarely above, and
that of a day after its end is nineteen times in twenty."""


def lasting(drifted: Flags, silent: Flags, in_a_row: int) -> Flags:
    """Which of the drifted days stand among so many in a row.

    Args:
        drifted: of shape (days, columns).
        silent: of the same shape: the column had no rows, so that the day says nothing and parts none.
        in_a_row: from 1 on.
    """
    if in_a_row == 1:  # of 200 columns over 120 days, a hundredth of the time
        alone: Flags = drifted & ~silent
        return alone
    found = np.zeros(drifted.shape, dtype=np.bool_)
    for column in range(drifted.shape[1]):
        for run in runs(drifted[:, column], silent[:, column]):
            found[run, column] = len(run) >= in_a_row
    return found


def lasting_in_any(
    days: Counts,
    lengths: Sequence[int],
    drifted: Flags,
    codes: Counts,
    p_values: Floats,
    in_a_row: int,
    *,
    by_itself: Flags | None = None,
) -> Flags:
    """In the windows of any length that end on a day, the day itself the first of them; of shape (days, columns).

    Longer windows are there for what no single day shows, and go on telling of what is over; so where days in them have
    drifted by themselves, it has to be as many as are asked for, and the last one must not say otherwise.

    Args:
        days: their numbers, rising.
        lengths: of the windows, in days.
        drifted: of shape (days, lengths, columns).
        codes: the verdicts, of the same shape, as places in `CODES`, or `SILENT`.
        p_values: of the same shape.
        in_a_row: from 1 on.
        by_itself: which days have drifted by themselves, of shape (days, columns), where that is more than what counts
            of them, as of days whose rows came late.
    """
    silent, alone = codes == SILENT, drifted[:, 0] if by_itself is None else by_itself
    says_otherwise = _says_otherwise(alone, silent[:, 0] | (codes[:, 0] == NOT_ENOUGH), p_values[:, 0])
    before = np.vstack([np.zeros_like(alone[:1], dtype=np.int64), np.cumsum(alone, axis=0)])
    found = lasting(drifted[:, 0], silent[:, 0], in_a_row)
    for place, length in list(enumerate(lengths))[1:]:
        own = before[1:] - before[np.searchsorted(days, days - length, side="right")]
        tells = drifted[:, place] & ((own == 0) | ((own >= in_a_row) & ~says_otherwise))
        found |= lasting(tells, silent[:, place], in_a_row)
    return found


def _says_otherwise(alone: Flags, unclear: Flags, p_values: Floats) -> Flags:
    """Which days have not drifted; of shape (days, columns). One that is suspicious does not say so while it follows
    days that drift: after one that has said so it is a day as any other, of which one in twenty is suspicious."""
    found = ~alone & ~unclear
    going = np.zeros(alone.shape[1], dtype=np.bool_)
    for place in range(len(alone)):
        found[place] &= ~(going & (p_values[place] <= SUSPICIOUS))
        going = np.where(unclear[place] & ~alone[place], going, ~found[place])
    return found


def runs(drifted: Flags, silent: Flags) -> list[list[int]]:
    """The places of the drifted days of one column, those that follow each other together; of shape (days,) each."""
    days = np.flatnonzero(~silent)
    edges = np.flatnonzero(np.diff(drifted[days].astype(np.int64), prepend=0, append=0))
    return [days[first:after].tolist() for first, after in zip(edges[::2], edges[1::2], strict=True)]
