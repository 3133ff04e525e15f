"""`just bench false-alarms`: how often the verdicts' rule calls a column drifted where nothing has drifted.

Half an hour on a quiet core. In each cell a column by itself, and a family of 200 at its first and sharpest
threshold: with p the chance of one column there, 1 - (1 - p)^200. Sizes take long, and are computed only for columns of
which something is significant.
"""

import numpy as np

from tests.fakes.columns import WITHOUT_DRIFT, Draw
from watchkeeper.monitoring.drift.family import first_threshold
from watchkeeper.monitoring.drift.sides import Sides
from watchkeeper.monitoring.drift.weighing import Weighed, facets_of, weigh

FAMILY = 200
FRAMES = 2_000
ROWS = [(1_000, 50), (1_000, 200), (1_000, 1_000), (1_000, 10_000)]
ROWS += [(10_000, n) for _, n in ROWS]
AT_ONCE = {"Zipf 500": 4_000, "Zipf 5,000": 400}


def false_alarms() -> None:
    print("| columns | reference / window | drawn | one column | family of 200 | standard error |")
    print("|---|---|--:|--:|--:|--:|")
    for name, draw in WITHOUT_DRIFT.items():
        for m, n in ROWS:
            drawn = FRAMES * FAMILY
            alone, among = rates(draw, m, n, columns=drawn, at_once=AT_ONCE.get(name, 10_000))
            rate = 1 - (1 - among) ** FAMILY
            error = FAMILY * (1 - among) ** (FAMILY - 1) * np.sqrt(max(among, 1 / drawn) / drawn)
            figures = f"{drawn:,} | {100 * alone:.2f} % | {100 * rate:.1f} % | {100 * error:.1f}"
            print(f"| {name} | {m:,} / {n:,} | {figures} |", flush=True)


def rates(draw: Draw, m: int, n: int, *, columns: int, at_once: int, seed: int = 7) -> tuple[float, float]:
    """The shares of columns that are called drifted, alone and at the first threshold of a family."""
    chance = np.random.default_rng(seed)
    alone = among = 0
    for _ in range(columns // at_once):
        weighed = weigh(suspicious(draw(chance, at_once, m, n)))
        alone += drifted(weighed, first_threshold(1, 0.05))
        among += drifted(weighed, first_threshold(FAMILY, 0.05))
    return alone / columns, among / columns


def suspicious(sides: Sides) -> Sides:
    """The columns of which a facet is significant by itself."""
    least = np.min([facet.p_values(sides) / facet.weight for facet in facets_of(sides)], axis=0)
    return sides.take(np.flatnonzero(least <= first_threshold(1, 0.05)))


def drifted(of: Weighed, threshold: float) -> int:
    significant = of.significant(np.full(of.p_value.shape, threshold))
    return int((significant & of.material).any(axis=0).sum())
