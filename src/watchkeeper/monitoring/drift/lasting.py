"""Drift that lasts: days in a row, none of them between that says otherwise."""

import numpy as np

from watchkeeper.monitoring.drift.sides import Flags


def lasting(drifted: Flags, silent: Flags, in_a_row: int) -> Flags:
    """Which of the drifted days stand among so many in a row.

    Args:
        drifted: of shape (days, columns).
        silent: of the same shape: the column had no rows, so that the day says nothing and parts none.
        in_a_row: from 1 on.
    """
    found = np.zeros(drifted.shape, dtype=np.bool_)
    for column in range(drifted.shape[1]):
        for run in runs(drifted[:, column], silent[:, column]):
            found[run, column] = len(run) >= in_a_row
    return found


def runs(drifted: Flags, silent: Flags) -> list[list[int]]:
    """The places of the drifted days of one column, those that follow each other together; of shape (days,) each."""
    days = np.flatnonzero(~silent)
    edges = np.flatnonzero(np.diff(drifted[days].astype(np.int64), prepend=0, append=0))
    return [days[first:after].tolist() for first, after in zip(edges[::2], edges[1::2], strict=True)]
