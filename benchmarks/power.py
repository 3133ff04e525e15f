"""`just bench power`: how often the verdicts' rule finds a column that has moved, alone and among 200."""

import numpy as np
from false_alarms import drifted

from tests.fakes.columns import Draw
from tests.fakes.moved import MOVED, shifted
from watchkeeper.monitoring.drift.family import first_threshold
from watchkeeper.monitoring.drift.weighing import weigh

COLUMNS = 4_000
ROWS = [(1_000, 1_000), (10_000, 1_000), (10_000, 10_000)]
FAMILIES = (1, 5, 200)


def power() -> None:
    print("| change | reference / window | 1 column | one of 5 | one of 200 |")
    print("|---|---|--:|--:|--:|")
    for name, draw in MOVED.items():
        for m, n in ROWS:
            found = [f"{100 * rate:.1f} %" for rate in rates(draw, m, n, columns=COLUMNS)]
            print(f"| {name} | {m:,} / {n:,} | {' | '.join(found)} |", flush=True)
    m = n = 70_000
    weighed = weigh(shifted(0.05)(np.random.default_rng(8), 1_000, m, n))
    significant = weighed.significant(np.full(1_000, first_threshold(200, 0.05))).any(axis=0)
    called = drifted(weighed, first_threshold(200, 0.05))
    print(f"\nMean + .05 deviations at 70,000 / 70,000 rows: {significant.mean():.1%} significant,", end=" ")
    print(f"{called / 10:.1f} % drifted.")


def rates(draw: Draw, m: int, n: int, *, columns: int, seed: int = 8) -> list[float]:
    """The share that is called drifted, by the size of the family, of which only this column has moved."""
    chance = np.random.default_rng(seed)
    weighed = weigh(draw(chance, columns, m, n))
    return [drifted(weighed, first_threshold(family, 0.05)) / columns for family in FAMILIES]
