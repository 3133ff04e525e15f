"""A filled-in default: a value that stands where there was none.

Either it took over what was missing, far more than its part of the values, or it is one of the values that programs
write for "not known" (0, -1, 999, "unknown"; the reference's mean or median) and came all at once, among rows that
otherwise lie as they did.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from watchkeeper.monitoring.drift.tails import hypergeometric
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.grain import grain, share_on
from watchkeeper.monitoring.integrity.pair import Compared, Pair
from watchkeeper.monitoring.integrity.sample import Sample
from watchkeeper.monitoring.integrity.wording import NOTHING, percent, shown, word_of

NAME = "filled-in default"
LEAST = 0.02
LEFT = 0.25
"""The part of what was missing that may still be."""
TAKEN = (0.6, 1.67)
"""The part of what was missing that the value took over, beyond its part of the values: where fewer are missing by
themselves, every value grows by its part."""
MOST = 0.95
SELDOM = 0.1
"""The part of its share that the value may have held in the reference."""
ALONE, HARDLY = 0.2, 0.12
OTHERS = 0.5
"""How far the rows that hold another word may lie: where all of them are others, the value is one of these."""
SURE, MIDDLE, FINE = 3.0, 0.02, 0.5
"""Standard errors of the mean, the part of the rows on either side of the median, the share of different numbers."""
COARSER = 10.0
"""Times the reference's step: numbers that were rounded so stand alone."""
NUMBERS = (0.0, -1.0, *(sign * float("9" * digits) for digits in (2, 3, 4, 5, 6) for sign in (1, -1)))


def find(pair: Pair) -> Iterator[Fault]:
    for column in pair.columns:
        if column.now.rows and column.before.rows and (column.is_measured or column.now.in_words):
            yield from list(_taken_over(column))[:1] or list(_appeared(column))[:1]


def _taken_over(column: Compared) -> Iterator[Fault]:
    before, now = column.before.share_missing, column.now.share_missing
    gone = before - now
    if gone < LEAST or now > LEFT * before:
        return
    for value, excess in _grown(column):
        part = column.before.share_of_values(value)
        most = gone * (1 - part)
        if most > 0 and TAKEN[0] * most <= excess - part * gone <= TAKEN[1] * most:
            said = f"{percent(before)} of {column.name} were missing and {percent(now)} are now"
            instead = f"{percent(excess)} more hold {shown(value)} instead"
            yield _fault(column, value, f"{said}; {instead}.", max(_missing(column), _among_values(column, value)))


def _appeared(column: Compared) -> Iterator[Fault]:
    for value, excess in _grown(column):
        held = column.now.share(value)
        before, now = column.before.share_of_values(value), column.now.share_of_values(value)
        if held > MOST or before > SELDOM * now or not _means_nothing(column.before, value):
            continue
        if column.now.in_words:
            stands_out = column.rest_apart(value) <= OTHERS
        else:
            stands_out = column.rest_apart(value) <= HARDLY or (_alone(column, value) and not _is_coarser(column))
        if stands_out:
            what = f"hold {shown(value)}, which looks filled in where nothing was known"
            said = f"{percent(held)} of {column.name} {what}"
            yield _fault(column, value, f"{said}; {percent(held - excess)} of the reference did.", _more(column, value))


def _grown(column: Compared) -> list[tuple[Any, float]]:
    """The values whose share has grown by enough, the most grown ones first."""
    values, counts = column.now.tallied
    likely = np.argsort(-counts, kind="stable")[:10]
    grown = [(values[at], float(counts[at] / column.now.rows - column.before.share(values[at]))) for at in likely]
    return sorted(((v, e) for v, e in grown if e >= LEAST), key=lambda each: -each[1])


def _means_nothing(before: Sample, value: Any) -> bool:
    if before.in_words:
        others = {_plain(each) for each in before.tallied[0] if each != value}
        return _plain(value) in NOTHING - others
    present = before.present
    if not present.size:
        return False
    return float(value) in NUMBERS or _is_middle(before, float(value))


def _is_middle(before: Sample, value: float) -> bool:
    """The reference's mean or median, as far as a sample tells them: of numbers so fine that hardly one stands twice,
    or between whole ones, as their mean is."""
    present, step = before.present, grain(before.present)
    error = SURE * float(present.std()) / np.sqrt(present.size)
    between = step is not None and share_on(np.array([value]), step) < 1.0
    if between and abs(value - float(present.mean())) <= error:
        return True
    near = 1e-6 * max(1.0, float(np.abs(present).max()))
    if any(abs(value - each) <= near for each in (float(present.mean()), float(np.median(present)))):
        return True
    low, high = np.quantile(present, (0.5 - MIDDLE, 0.5 + MIDDLE))
    return bool(low <= value <= high) and before.tallied[0].size >= FINE * present.size


def _plain(word: Any) -> str:
    return str(word).strip().lower()


def _alone(column: Compared, value: float) -> bool:
    """Whether the value came without its neighbours."""
    low, high = np.quantile(column.before.present, (0.1, 0.9))
    near = max(1.0, 0.05 * float(high - low))
    shares = [
        (np.count_nonzero(np.abs(of.present - value) <= near) - of.count(value)) / of.rows
        for of in (column.before, column.now)
    ]
    return bool(shares[1] - shares[0] <= ALONE * (column.now.share(value) - column.before.share(value)))


def _is_coarser(column: Compared) -> bool:
    now, before = grain(column.now.present), grain(column.before.present)
    return now is not None and (before is None or now >= COARSER * before)


def _missing(column: Compared) -> float:
    now, before = (int(side.missing.sum()) for side in (column.now, column.before))
    return _fisher(now, before, column.now.rows, column.before.rows)


def _more(column: Compared, value: Any) -> float:
    return _fisher(column.now.count(value), column.before.count(value), column.now.rows, column.before.rows)


def _among_values(column: Compared, value: Any) -> float:
    now, before = column.now, column.before
    return _fisher(now.count(value), before.count(value), now.present.size, before.present.size)


def _fisher(now: int, before: int, n: int, m: int) -> float:
    of = (np.array([each]) for each in (now, n, now + before, m + n))
    return float(hypergeometric.two_sided(*of)[0])


def _fault(column: Compared, value: Any, sentence: str, p_value: float) -> Fault:
    return Fault(
        name=NAME,
        columns=(column.name,),
        sentence=sentence,
        p_value=min(1.0, p_value * 10),
        remaining=column.rest_apart(value),
        word=word_of(value),
        evidence={
            "share": column.now.share(value),
            "share_before": column.before.share(value),
            "missing": column.now.share_missing,
            "missing_before": column.before.share_missing,
        },
    )
