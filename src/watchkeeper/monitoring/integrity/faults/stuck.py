"""A stuck sensor: one value over and over, for far longer than the reference ever held one.

Where rows carry times, by the longest run of equal values, against the reference's own: what comes in shifts or in
runs of days holds one value for a while too. Else, or where the whole window is of one moment, where (nearly) all of it
holds but one. Without times that is said of measurements alone: rows of one country may have been picked by it, or have
come together.
"""

from collections.abc import Iterator

from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.pair import Compared, Pair
from watchkeeper.monitoring.integrity.runs import Run, longest_run, staying
from watchkeeper.monitoring.integrity.sample import Floats, Sample
from watchkeeper.monitoring.integrity.wording import number, percent, shown, word_of

NAME = "stuck sensor"
FEWEST = 8
LONGER = 1.5
"""Times the reference's longest run."""
PART = 0.1
"""Of the window's rows that the run has to hold."""
ALL = 0.98
CODES = 50
"""Values that a column of codes may take."""
VARIED = 0.9
"""The share of the reference that its commonest value may hold, for standing still to mean anything."""


def find(pair: Pair) -> Iterator[Fault]:
    for column in pair.columns:
        if _varies(column.before) and column.now.present.size >= FEWEST:
            at_once = pair.times is not None and _at_once(pair.times[1])
            found = _constant(column) if pair.times is None or at_once else _run(column, *pair.times)
            if found is not None and ((_tells(pair) and not at_once) or is_reading(column.before)):
                yield found


def undecided(pair: Pair) -> Iterator[Fault]:
    """Codes and words that stand still without times, which nobody can tell from rows that were picked by them."""
    for column in () if _tells(pair) else pair.columns:
        if _varies(column.before) and column.now.present.size >= FEWEST and not is_reading(column.before):
            found = _constant(column)
            if found is not None:
                yield found


def _tells(pair: Pair) -> bool:
    """Whether rows can't have been picked by what they hold."""
    return pair.times is not None or pair.whole


def is_reading(before: Sample) -> bool:
    """Whether it takes too many values to be a code or a choice, by which rows may have been picked."""
    return before.is_measured and before.tallied[0].size > CODES


def _varies(before: Sample) -> bool:
    counts = before.tallied[1]
    return counts.size > 1 and bool(counts.max() <= VARIED * counts.sum())


def _at_once(times: Floats) -> bool:
    return not times.size or bool(times[-1] <= times[0])


def _constant(column: Compared) -> Fault | None:
    values, counts = column.now.tallied
    value, held = values[counts.argmax()], int(counts.max())
    if held < ALL * column.now.present.size:
        return None
    usual = (column.before.count(value) + 1) / (column.before.present.size + 2)
    return Fault(
        name=NAME,
        columns=(column.name,),
        sentence=(
            f"{column.name} stands at {shown(value)} in {percent(held / column.now.present.size)} of the rows that "
            f"hold a value, and {percent(column.before.share(value))} of the reference's did."
        ),
        p_value=float(min(1.0, values.size * usual**held)),
        remaining=0.0,
        word=word_of(value),
        evidence={"share": held / column.now.present.size, "share_before": column.before.share(value)},
    )


def _run(column: Compared, before: Floats, now: Floats) -> Fault | None:
    through = column.now.tallied[0].size == 1
    usual = longest_run(column.before, before, through_missing=through)
    found = longest_run(column.now, now, through_missing=through)
    if usual is None or found is None or not _stands_out(found, usual, column.now):
        return None
    stays = staying(column.before, found.value)
    return Fault(
        name=NAME,
        columns=(column.name,),
        sentence=(
            f"{column.name} stood at {shown(found.value)} for {_for(found.hours)}, {found.rows:,} rows in a row; the "
            f"reference never held one value for longer than {_for(usual.hours)}."
        ),
        p_value=float(min(1.0, column.now.rows * stays ** (found.rows - 1))),
        remaining=column.rest_apart(found.value),
        word=word_of(found.value),
        evidence={"rows": found.rows, "hours": found.hours, "hours_before": usual.hours, "stays": stays},
    )


def _stands_out(found: Run, usual: Run, now: Sample) -> bool:
    return (
        found.rows >= max(FEWEST, PART * now.rows)
        and found.hours > LONGER * usual.hours
        and found.rows > LONGER * usual.rows
    )


def _for(hours: float) -> str:
    return f"{number(round(hours / 24, 1))} days" if hours >= 48 else f"{number(round(hours, 1))} hours"
