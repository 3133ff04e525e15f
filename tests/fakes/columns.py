"""Columns drawn without drift, counted in the bins that their reference gives them; many at a stroke.

A column of distinct numbers is drawn as the law of its counts: whatever its distribution, the parts of it between the
quantiles of a reference are Dirichlet, each by the number of reference rows in it, and one row's worth on either end.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.stats import poisson

from watchkeeper.monitoring.drift.merging import summed
from watchkeeper.monitoring.drift.sides import Counts, Flags, Rows, Sides

FINE, COARSE = 50, 10
FEWEST_ROWS = 5
GROUPED_ALONE, FEWEST_OF_PART, MOST_OTHER = 0.005, 20, 0.005

Chance = np.random.Generator
Shares = npt.NDArray[np.float64]


def distinct(chance: Chance, columns: int, m: int, n: int) -> Sides:
    """Numbers of which no two are equal: normal, lognormal, heavy-tailed, all alike."""
    reference, parts = between_quantiles(chance, columns, m)
    return of_numbers(reference, chance.multinomial(n, parts))


def between_quantiles(chance: Chance, columns: int, m: int) -> tuple[Counts, Shares]:
    """A reference's rows by bin, and the part of its distribution that lies in each."""
    rows = np.diff(np.ceil(m * np.arange(FINE + 1) / FINE)).astype(np.int64)
    weights = np.concatenate([[1], rows[:1] - 1, rows[1:], [1]])
    parts = chance.gamma(weights, size=(columns, weights.size))
    reference = np.broadcast_to(np.concatenate([[0], rows, [0]]), parts.shape).copy()
    return reference, parts / parts.sum(axis=-1, keepdims=True)


def tied(chance: Chance, columns: int, m: int, n: int) -> Sides:
    """Poisson of mean 2: few values, and each its own bin."""
    shares = poisson.pmf(np.arange(16), 2.0)
    return discrete(*(chance.multinomial(rows, shares / shares.sum(), columns) for rows in (m, n)))


def zero_inflated(chance: Chance, columns: int, m: int, n: int) -> Sides:
    """Four fifths of zeros, and distinct positive numbers."""
    zeros, zeros_now = chance.binomial(m, 0.8, columns), chance.binomial(n, 0.8, columns)
    ranks = np.ceil(m * np.arange(1, FINE + 1) / FINE) - zeros[:, np.newaxis]
    rows = np.diff(np.maximum(ranks, 0), axis=-1, prepend=0).astype(np.int64)
    parts = chance.gamma(np.hstack([rows, np.ones((columns, 1), dtype=np.int64)]))
    now = chance.multinomial(n - zeros_now, parts / parts.sum(axis=-1, keepdims=True))
    nothing = np.zeros((columns, 1), dtype=np.int64)
    reference = np.hstack([nothing, zeros[:, np.newaxis], rows, nothing])
    return of_numbers(reference, np.hstack([nothing, zeros_now[:, np.newaxis], now]))


def zipf(levels: int) -> "Draw":
    """As many levels, the k-th as frequent as 1 / k."""
    shares = 1 / np.arange(1, levels + 1)
    shares /= shares.sum()

    def draw(chance: Chance, columns: int, m: int, n: int) -> Sides:
        return of_levels(*(_drawn(chance, shares, columns, rows) for rows in (m, n)))

    return draw


def _drawn(chance: Chance, shares: Shares, columns: int, rows: int) -> Counts:
    """Counts by level, of shape (columns, levels); row by row where there are fewer rows than levels."""
    if rows >= shares.size:
        return chance.multinomial(rows, shares, columns)
    up_to = np.cumsum(shares)
    levels = up_to.searchsorted(chance.random((columns, rows)) * up_to[-1])
    flat = (levels + np.arange(columns)[:, np.newaxis] * shares.size).ravel()
    return np.bincount(flat, minlength=columns * shares.size).reshape(columns, shares.size)


Draw = Callable[[Chance, int, int, int], Sides]
WITHOUT_DRIFT: Mapping[str, Draw] = {
    "distinct": distinct,
    "tied": tied,
    "80 % zeros": zero_inflated,
    **{f"Zipf {levels:,}": zipf(levels) for levels in (5, 50, 500, 5_000)},
}


def discrete(values: Counts, values_now: Counts) -> Sides:
    """From counts by value, of shape (columns, values): a bin for each value that the reference holds, and one for
    those between two of these."""
    held = values > 0
    starts = held | np.pad(held[:, :-1], ((0, 0), (1, 0)))
    number = np.maximum.accumulate(np.where(starts, np.arange(1, held.shape[-1] + 1), 0), axis=-1)
    sides = of_numbers(_by_number(number, values), _by_number(number, values_now))
    return replace(sides, groups=_by_value(sides.reference))


def of_numbers(reference: Counts, window: Counts) -> Sides:
    """From counts by bin, the first and the last occupied one's neighbours being below and above."""
    columns, width = reference.shape
    last = width - 1 - (reference[:, ::-1] > 0).argmax(axis=-1)
    place = np.arange(width)
    unseen = (place == 0) | (place == (last + 1)[:, np.newaxis])
    return Sides(
        ordered=True,
        reference=reference,
        window=window,
        groups=_groups(reference),
        unseen=unseen,
        rare=np.zeros(reference.shape, dtype=np.bool_),
        missing=np.zeros((2, columns), dtype=np.int64),
        once=np.zeros(columns, dtype=np.int64),
        twice=np.zeros(columns, dtype=np.int64),
    )


def of_levels(levels: Counts, levels_now: Counts) -> Sides:
    """From counts by level: the ones with five reference rows, then other and new."""
    columns = len(levels)
    kept = levels >= FEWEST_ROWS
    other = (levels > 0) & ~kept
    held = kept.sum(axis=-1)
    widest = int(held.max(initial=0))
    column, level = np.nonzero(kept)
    place = np.arange(len(column)) - np.repeat(np.cumsum(held) - held, held)
    sides = [np.zeros((columns, widest + 2), dtype=np.int64) for _ in range(2)]
    for side, counts in zip(sides, (levels, levels_now), strict=True):
        side[column, place] = counts[column, level]
        side[:, widest] = _total(counts, other)
        side[:, widest + 1] = counts.sum(axis=-1) - side.sum(axis=-1)
    places = np.arange(widest + 2)
    numbers = np.full((columns, widest), -1)
    numbers[column, place] = level
    return Sides(
        ordered=False,
        reference=sides[0],
        window=sides[1],
        groups=_level_groups(sides[0], numbers),
        unseen=np.broadcast_to(places == widest + 1, sides[0].shape),
        rare=np.broadcast_to(places >= widest, sides[0].shape),
        missing=np.zeros((2, columns), dtype=np.int64),
        once=(levels == 1).sum(axis=-1),
        twice=(levels == 2).sum(axis=-1),
    )


def _level_groups(reference: Counts, levels: Counts) -> Counts:
    """A level that holds enough is one, the rarer ones are told apart by a hash of their names, as layouts do it; then
    other and new. `levels` are their numbers, or -1."""
    width = levels.shape[-1]
    present = np.maximum(reference.sum(axis=-1, keepdims=True), 1)
    alone = reference[:, :width] >= GROUPED_ALONE * present
    rows = np.where(alone, 0, reference[:, :width]).sum(axis=-1, keepdims=True)
    count = np.minimum(rows / (GROUPED_ALONE * present), rows / FEWEST_OF_PART).astype(np.int64)
    apart = (count >= 2) & (reference[:, width : width + 1] <= MOST_OTHER * present)
    hashes = np.array([crc32(f"{level}".encode()) for level in range(int(levels.max(initial=0)) + 1)], dtype=np.int64)
    parts = hashes[np.maximum(levels, 0)] % np.maximum(count, 1)
    first = np.full((len(levels), int(count.max(initial=1)) + 1), width)
    row, place = np.nonzero(~alone & (levels >= 0))
    np.minimum.at(first, (row, parts[row, place]), place)
    mine = np.where(apart, np.take_along_axis(first, parts, axis=-1), width)
    places = np.arange(width)
    ends = np.broadcast_to([width, width + 1], (len(levels), 2))
    return np.hstack([np.where(alone, places, np.where(levels >= 0, mine, width)), ends])


def _total(counts: Counts, of: Flags) -> Counts:
    found: Counts = np.einsum("ij,ij->i", counts, of)
    return found


def _by_number(numbers: Counts, counts: Counts) -> Counts:
    wide = np.zeros((len(counts), 1), dtype=np.int64)
    found: Counts = summed(np.hstack([counts, wide]), np.hstack([numbers, wide])).astype(np.int64)
    return found


def _by_value(reference: Rows) -> Counts:
    """A value that holds enough is one, neighbours that do not are one, and so is all that lies between values."""
    width, held = reference.shape[-1], reference > 0
    heavy = reference >= GROUPED_ALONE * reference.sum(axis=-1, keepdims=True)
    last = np.maximum.accumulate(np.where(held, np.arange(width), -1), axis=-1)
    before = np.pad(last[:, :-1], ((0, 0), (1, 0)), constant_values=-1)
    after_heavy = np.take_along_axis(heavy, np.maximum(before, 0), axis=-1)
    number = np.maximum(np.cumsum(held & (heavy | after_heavy | (before < 0)), axis=-1), 1)
    inside = ~held & (before >= 0) & (np.arange(width) < last[:, -1:])
    return np.where(inside, 0, number)


def _groups(reference: Counts) -> Counts:
    """Tenths by the middles of the bins, a heavy bin alone; what holds no reference row joins the one before."""
    total = np.maximum(reference.sum(axis=-1, keepdims=True), 1)
    tenth = (COARSE * (np.cumsum(reference, axis=-1) - reference / 2) / total).astype(np.int64)
    heavy = reference * COARSE >= total
    held = reference > 0
    key = np.where(heavy, COARSE + np.arange(reference.shape[-1]), tenth)
    # Empty bins carry on the key of the last one that is held, those before the first the first's.
    place = np.maximum.accumulate(np.where(held, np.arange(key.shape[-1]), 0), axis=-1)
    place = np.where(held.cumsum(axis=-1) > 0, place, held.argmax(axis=-1)[:, np.newaxis])
    key = np.take_along_axis(key, place, axis=-1)
    return np.cumsum(np.diff(key, axis=-1, prepend=key[:, :1]) != 0, axis=-1)
