"""The windows that end on a day: the day itself, and longer ones that find what no single day shows."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from watchkeeper.monitoring.days import days_between, moved
from watchkeeper.monitoring.drift.windows import NO_ROWS, RECORD, Records
from watchkeeper.monitoring.ports import Counts, DayVerdicts, Sheet

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


def numbered(days: Sequence[str]) -> Counts:
    """Since 1970."""
    return np.array(days, dtype="datetime64[D]").astype(np.int64)


def together_of(issued: Sequence[DayVerdicts], longer: Sequence[DayVerdicts], names: Sequence[str]) -> Records:
    """Of shape (days, lengths, columns), these numbers of the records, the verdict among them; without rows where a
    window has not been judged."""
    places = {each.day: place for place, each in enumerate(issued)}
    shape = len(issued), len(LENGTHS), issued[0].records.size
    found = np.zeros(shape, dtype=[(name, RECORD[name]) for name in names])
    found["verdict"] = NO_ROWS
    for each in (*issued, *longer):
        if each.day in places and each.days in LENGTHS:
            for name in names:
                found[name][places[each.day], LENGTHS.index(each.days)] = each.records[name]
    return found


def joined(spans: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Stretches of days, in their order and apart from each other, that hold what these do."""
    found: list[tuple[str, str]] = []
    for start, end in sorted(spans):
        if found and start <= moved(found[-1][1], 1):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
