"""What is known of each day: by the day itself, or by the 7 or 28 days that it ends."""

from collections.abc import Sequence

import numpy as np

from watchkeeper.monitoring.drift.lasting import NOT_ENOUGH
from watchkeeper.monitoring.drift.sides import Counts
from watchkeeper.monitoring.drift.windows import DRIFTED, NO_ROWS, Records
from watchkeeper.monitoring.ports import DayVerdicts
from watchkeeper.monitoring.references.trailing import LENGTHS, together_of
from watchkeeper.monitoring.verdicts.verdicts import drifted_on


def clearest(
    issued: Sequence[DayVerdicts], longer: Sequence[DayVerdicts], *, earlier: Sequence[DayVerdicts] = ()
) -> tuple[Records, Counts]:
    """Of at least one day the record of the shortest window that knows, and how many days that has; both of shape
    (days, columns). A column has drifted on the days on which it counts as drifted, and a day without rows has none.

    Args:
        issued: the days, in their order.
        longer: the windows of several days that they end.
        earlier: the days before them that lie in these.
    """
    together = together_of(issued, longer, ("verdict",))
    drifted = drifted_on([*earlier, *issued], longer)[0][len(earlier) :, np.newaxis]
    codes = together["verdict"]
    knows = np.where(drifted, codes == DRIFTED, ~np.isin(codes, (DRIFTED, NOT_ENOUGH, NO_ROWS)))
    window = np.where(codes[:, 0] == NO_ROWS, 0, knows.argmax(axis=1))[:, np.newaxis]
    lengths = np.array(LENGTHS)[window[:, 0]]
    return _records(issued, longer, lengths), lengths


def _records(issued: Sequence[DayVerdicts], longer: Sequence[DayVerdicts], lengths: Counts) -> Records:
    """Of each day and column, the record of the window of that length."""
    found = np.stack([each.records for each in issued])
    places = {each.day: place for place, each in enumerate(issued)}
    for each in longer:
        place = places.get(each.day)
        if place is not None:
            mine = lengths[place] == each.days
            found[place, mine] = each.records[mine]
    return found
