"""`just bench new-levels`: how often new rows in levels that the reference never held are taken for drift without any.

In times the rate that is declared, at the threshold of a column by itself and at that of a family of 200, with and
without the part of the law that comes from the levels that the reference did hold. Levels come Poisson many times, each
by its own mean; those of 60 and more are never missed and left out. Beside it, how often a level that holds a part of
the window is found, in a family of 200.
"""

from collections.abc import Mapping

import numpy as np

from watchkeeper.monitoring.drift.facets.unseen import NEW_LEVELS
from watchkeeper.monitoring.drift.family import first_threshold
from watchkeeper.monitoring.drift.sides import Counts, Floats
from watchkeeper.monitoring.drift.tails.new_levels import at_least, hidden

FEWEST_ROWS, SEEN = 5, 60.0
COLUMNS, AT_ONCE = 200_000, 4_000_000
ALONE, AMONG = (first_threshold(family, 0.05) * NEW_LEVELS.weight for family in (1, 200))
TIMES = (0.1, 1.0, 10.0)


def zipf(levels: int, rows: int) -> Floats:
    """How many reference rows each level has on average."""
    shares = 1 / np.arange(1.0, levels + 1)
    return rows * shares / shares.sum()


LEVELS: Mapping[str, Floats] = {
    **{f"Zipf {levels:,}, reference {rows:,}": zipf(levels, rows) for levels, rows in ((50, 1_000), (500, 10_000))},
    "20 levels of 5 rows each": np.full(20, 5.0),
    "50 of 6": np.full(50, 6.0),
    "100 of 8": np.full(100, 8.0),
}


def new_levels() -> None:
    print("| levels | window, in references | alone: before | now | among 200: before | now |")
    print("|---|--:|--:|--:|--:|--:|")
    chance = np.random.default_rng(5)
    for name, means in LEVELS.items():
        for times in TIMES:
            found = _rates(chance, means[means < SEEN], times)
            print(f"| {name} | {times:g} | {' | '.join(f'{each:.1f}' for each in found)} |", flush=True)
    print("\n| Zipf 50, a new level of | reference / window | before | now |\n|--:|---|--:|--:|")
    for rows, now in ((1_000, 1_000), (10_000, 1_000), (1_000, 10_000)):
        for share in (0.02, 0.05):
            found = [f"{100 * each:.0f} %" for each in _power(chance, rows, now, share)]
            print(f"| {100 * share:g} % | {rows:,} / {now:,} | {' | '.join(found)} |", flush=True)


def _rates(chance: np.random.Generator, means: Floats, times: float) -> list[float]:
    at_once = min(COLUMNS, AT_ONCE // means.size)
    tails = []
    for _ in range(COLUMNS // at_once):
        drawn = (chance.poisson(scale * means, (at_once, means.size)) for scale in (1.0, times))
        tails.append(_tails(*drawn, reference=1e6, window=1e6 * times))
    both = np.concatenate(tails, axis=-1)
    return [float((tail <= threshold).mean() / threshold) for threshold in (ALONE, AMONG) for tail in both]


def _power(chance: np.random.Generator, rows: int, now: int, share: float) -> list[float]:
    shares = zipf(50, 1)
    before = chance.multinomial(rows, shares, 4_000)
    window = chance.multinomial(now, np.append(shares * (1 - share), share), 4_000)
    tails = _tails(np.pad(before, ((0, 0), (0, 1))), window, reference=rows, window=now)
    return [float((tail <= AMONG).mean()) for tail in tails]


def _tails(levels: Counts, levels_now: Counts, *, reference: float, window: float) -> Floats:
    """Without and with the levels that the reference held, of shape (2, columns)."""
    rows, rows_now = (np.full(len(levels), each) for each in (reference, window))
    new = (levels_now * (levels == 0)).sum(axis=-1)
    once, twice = ((levels == times).sum(axis=-1) for times in (1, 2))
    known = hidden(np.where(levels >= FEWEST_ROWS, levels + levels_now, 0), rows_now, rows)
    return np.stack([at_least(new, rows_now, rows, once, twice, each) for each in (0 * known, known)])
