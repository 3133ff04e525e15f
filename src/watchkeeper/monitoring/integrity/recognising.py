"""Which faults explain a window, and what is broken without an explanation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from watchkeeper.monitoring.integrity.counter import counts_on
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.faults import FAULTS, stuck
from watchkeeper.monitoring.integrity.faults.renamed import NAME as RENAMED
from watchkeeper.monitoring.integrity.faults.time_zone import NAME as TIME_ZONE
from watchkeeper.monitoring.integrity.pair import Compared, Pair
from watchkeeper.monitoring.integrity.sample import Sample
from watchkeeper.monitoring.integrity.wording import percent

UNKNOWN = "unknown"
SURE = 0.001
"""The chance that any table without a fault is said to have one, were its rows drawn like the reference's."""
BROKEN = 0.5
"""The share of a column's rows, missing or never seen, from which something is wrong whatever it is."""
NEARLY_ALL = 0.95
NOTHING_KNOWN = "no fault that is known would make them so"
COUNTS_ON = "counts_on"
COUNTED = "it rises with the rows, as an id, a year or a moment does, and goes on from where it was"


def recognise(pair: Pair, *, of: int | None = None) -> tuple[Fault, ...]:
    """Each column in one fault at most: what explains two columns at once, else what leaves least to explain; those
    without an explanation last.

    Every one is checked against the chance that rows drawn like the reference's look so, over all columns, which are
    `of` where only those of the pair were chosen for a look. What keeps changes of the world from being called faults
    are the limits in the files of the faults (`just bench faults`).
    """
    surest = SURE / max(of or len(pair.columns), 1)
    found = [each for find in FAULTS for each in find(pair)]
    sure = [each for each in found if each.p_value <= surest or each.name == RENAMED]
    chosen = _together(_one_a_column(sure))
    named = {name for each in chosen for name in each.columns}
    unknown = {each.columns[0]: each for each in _unknown(pair) if each.p_value <= surest}
    return (*chosen, *(each for name, each in unknown.items() if name not in named))


def _one_a_column(found: Iterable[Fault]) -> list[Fault]:
    chosen: list[Fault] = []
    for each in sorted(found, key=lambda each: (-len(each.columns), each.remaining)):
        if not {*each.columns} & {name for other in chosen for name in other.columns}:
            chosen.append(each)
    return chosen


def _together(found: Sequence[Fault]) -> list[Fault]:
    """Columns whose days moved by the same hours moved for one reason."""
    rest = [each for each in found if each.name != TIME_ZONE]
    moved = [each for each in found if each.name == TIME_ZONE]
    for hours in dict.fromkeys(each.evidence["hours"] for each in moved):
        same = [each for each in moved if each.evidence["hours"] == hours]
        rest.append(same[0] if len(same) == 1 else _merged(same))
    return rest


def _merged(same: Sequence[Fault]) -> Fault:
    names = sorted(name for each in same for name in each.columns)
    return replace(
        same[0],
        columns=tuple(names),
        sentence=f"{', '.join(names[:-1])} and {names[-1]} moved alike; {same[0].sentence}",
        p_value=min(each.p_value for each in same),
    )


def _unknown(pair: Pair) -> Iterator[Fault]:
    for name in pair.gone:
        yield _said(name, f"{name} is gone, and no column came that looks like it.", {"share": 1.0})
    for name, share in pair.absent.items():
        if share >= BROKEN:
            yield _said(name, f"{name} is gone from {percent(share)} of the rows{_came(pair)}.", {"absent": share})
    for still in stuck.undecided(pair):
        what = "the rows were picked by it, or it stands still"
        yield replace(still, name=UNKNOWN, sentence=f"{still.sentence[:-1]}: {what}; nothing tells which.")
    for column in pair.columns:
        if pair.absent.get(column.name, 0.0) >= BROKEN:
            continue
        now, before = column.now.share_missing, column.before.share_missing
        if now >= BROKEN and now - before >= BROKEN / 2:
            what = f"{percent(now)} of {column.name} are missing, and {percent(before)} of the reference were"
            yield _said(column.name, f"{what}; nothing tells why.", {"missing": now, "missing_before": before})
            continue
        unseen = share_unseen(column)
        if unseen > BROKEN:
            what = f"{percent(unseen)} of {column.name} hold what the reference never held"
            if counts_on(column):
                yield _said(column.name, f"{what}; {COUNTED}.", {"unseen": unseen, COUNTS_ON: 1.0})
                continue
            why = "they are its own, written otherwise" if _written_otherwise(column) else NOTHING_KNOWN
            yield _said(column.name, f"{what}; {why}.", {"unseen": unseen})


def _written_otherwise(column: Compared) -> bool:
    """Whether nearly all that the reference never held are words that it held with other capitals, or other spaces
    around them."""
    if not column.before.in_words:
        return False
    known = {str(each).strip().casefold() for each in column.before.tallied[0]}
    words, counts = column.now.tallied
    came = ~np.isin(words, column.before.tallied[0])
    same = np.array([str(each).strip().casefold() in known for each in words])
    return bool(counts[came & same].sum() >= NEARLY_ALL * counts[came].sum())


def _came(pair: Pair) -> str:
    """What may be behind a column that is gone."""
    if not pair.strange:
        return ", and no other came in its place"
    more = f" and {len(pair.strange) - 3} more" if len(pair.strange) > 3 else ""
    return f"; {', '.join(pair.strange[:3])}{more} came, and their values are not kept: nothing tells whether it is one"


def _said(name: str, sentence: str, evidence: dict[str, float]) -> Fault:
    return Fault(UNKNOWN, (name,), sentence, p_value=0.0, remaining=1.0, evidence=evidence)


def share_unseen(column: Compared) -> float:
    """Of the rows: numbers beyond the reference's, words that it never held where it repeats its own."""
    before, now = column.before.present, column.now.present
    if not (before.size and now.size) or not (column.is_measured or _repeats(column.before)):
        return 0.0
    if column.before.in_words:
        unseen = ~np.isin(now, column.before.tallied[0])
    else:
        unseen = (now < before[0]) | (now > before[-1])
    return float(np.count_nonzero(unseen)) / column.now.rows


def _repeats(before: Sample) -> bool:
    return before.in_words and before.tallied[0].size <= 0.1 * before.present.size
