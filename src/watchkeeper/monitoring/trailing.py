"""The windows that end on a day: the day itself, and longer ones that find what no single day shows."""

from collections.abc import Mapping, Sequence

from watchkeeper.monitoring.days import days_between, moved
from watchkeeper.monitoring.ports import Sheet

LENGTHS = (1, 7, 28)
"""Days."""
LONGEST = max(LENGTHS)


def trailing(by_day: Mapping[str, Sequence[Sheet]], day: str, *, length: int) -> list[Sheet]:
    """The sheets of so many days, the given one the last."""
    return [sheet for each in days_between(moved(day, 1 - length), day) for sheet in by_day.get(each, ())]


def by_day(sheets: Sequence[Sheet]) -> dict[str, list[Sheet]]:
    found: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        found.setdefault(sheet.day, []).append(sheet)
    return found
