"""What of a window broke the schema: by column and rule, with the share of its rows."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtrc

from watchkeeper.monitoring.integrity.expectation import Expectation
from watchkeeper.monitoring.integrity.observed import Observed
from watchkeeper.monitoring.integrity.sample import Flags
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.tables import violation as words
from watchkeeper.tables.layouts.categorical import CategoricalLayout
from watchkeeper.tables.layouts.numeric import NumericLayout
from watchkeeper.tables.layouts.text import TextLayout

CHANCE = 1e-3
"""A share of missing values above the allowed one is a violation where chance would make it so rarely."""


@dataclass(frozen=True)
class Violated:
    """`rows` of the window broke the rule `violation`, which are `share` of its rows; `at_least`, where not all of them
    were looked at for it."""

    column: str
    violation: str
    rows: int
    share: float
    at_least: bool = False


def check(
    schema: Schema,
    window: Mapping[str, Observed],
    *,
    rows: int,
    mistyped: Collection[str] = (),
    now: float | None = None,
) -> list[Violated]:
    """In the order of the schema, then the columns that it does not know.

    Counts in bins see a rule of their own exactly where its limits are edges of bins, as those of an inferred schema
    are; a bin that only partly breaks an edited limit is not counted.

    Args:
        schema: what is expected.
        window: the columns that could be counted.
        rows: of the window.
        mistyped: columns that are there and whose values are of another kind.
        now: seconds since 1970, to which moments are old; without, they are not judged.
    """
    found = [
        Violated(expected.name, violation, count, count / rows if rows else 0.0)
        for expected in schema.columns
        for violation, count in _broken(expected, window, rows=rows, mistyped=mistyped, now=now)
        if count or not rows
    ]
    known = {expected.name for expected in schema.columns}
    extra = [name for name in (*window, *mistyped) if name not in known]
    return [*found, *(Violated(name, words.EXTRA_COLUMN, rows, 1.0 if rows else 0.0) for name in dict.fromkeys(extra))]


def _broken(
    of: Expectation, window: Mapping[str, Observed], *, rows: int, mistyped: Collection[str], now: float | None
) -> Iterator[tuple[str, int]]:
    if of.name in mistyped:
        yield words.WRONG_TYPE, rows
    elif of.name not in window:
        if of.required:
            yield words.MISSING_COLUMN, rows
    elif rows:
        yield from _of_values(of, window[of.name], now=now)


def _of_values(of: Expectation, seen: Observed, *, now: float | None) -> Iterator[tuple[str, int]]:
    if _too_many(seen.missing, seen.rows, of.most_missing):
        yield words.MISSING_VALUE, seen.missing
    yield words.OUT_OF_RANGE, _outside(of, seen)
    yield words.NEW_LEVEL, _unexpected(of, seen)
    if of.unique and seen.repeated is not None:
        yield words.REPEATED_VALUE, seen.repeated
    if of.stalest is not None and now is not None and seen.newest is not None and now - seen.newest > of.stalest:
        yield words.STALE, seen.rows


def _too_many(missing: int, rows: int, allowed: float) -> bool:
    if missing <= allowed * rows:
        return False
    return allowed == 0.0 or float(bdtrc(missing - 1, rows, allowed)) < CHANCE


def _outside(of: Expectation, seen: Observed) -> int:
    layout = seen.bins.layout
    numbers = layout.lengths if isinstance(layout, TextLayout) else layout
    if not isinstance(numbers, NumericLayout) or not numbers.edges:
        return 0
    # A bin's numbers lie above its bottom and at most at its top.
    bottoms, tops = [-np.inf, *numbers.edges], [*numbers.edges, np.inf]
    broken = np.zeros(len(tops), dtype=np.bool_)
    if of.lowest is not None:
        broken |= _below(tops, of.lowest)
    if of.highest is not None:
        broken |= ~_below(bottoms, of.highest)
    return int(seen.counts[:-1][broken].sum())


def _below(edges: Sequence[float], number: float) -> Flags:
    """Also of whole numbers that floats do not hold."""
    return np.array([edge < number for edge in edges], dtype=np.bool_)


def _unexpected(of: Expectation, seen: Observed) -> int:
    """Levels that are not allowed. Where some are that the bins don't know, what is new can't be told from them."""
    layout = seen.bins.layout
    if of.levels is None or not isinstance(layout, CategoricalLayout):
        return 0
    allowed = {*of.levels}
    barred = [place for place, level in enumerate(layout.levels) if level not in allowed]
    if not allowed & {*layout.rare} and layout.rare:
        barred.append(len(layout.levels))
    if allowed <= {*layout.levels, *layout.rare}:
        barred.append(len(layout.levels) + 1)
    return int(seen.counts[barred].sum())
