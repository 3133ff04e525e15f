"""`just bench few-rows`: how often columns are called drifted without drift where a side has few rows.

Columns of distinct numbers are one case: normal, of two clusters, heavy-tailed. Some minutes.
"""

from collections.abc import Mapping

import numpy as np

from tests.fakes.columns import Chance, Draw, discrete, distinct, tied, zero_inflated
from watchkeeper.monitoring.drift.family import first_threshold
from watchkeeper.monitoring.drift.sides import Floats, Sides
from watchkeeper.monitoring.drift.weighing import Apart, facets_of

COLUMNS, AT_ONCE = 40_000, 4_000
FAMILY = 20
SHARP = 0.001
REFERENCES = (3, 5, 8, 12, 20, 30, 50, 100, 300)
WINDOWS = (2, 20, 200, 1_000, 20_000)


def rounded(chance: Chance, columns: int, m: int, n: int) -> Sides:
    """Exponential of mean 5, rounded down to whole numbers."""
    shares = np.exp(-np.arange(120) / 5)
    return discrete(*(chance.multinomial(rows, shares / shares.sum(), columns) for rows in (m, n)))


LAWS: Mapping[str, Draw] = {
    "distinct": distinct,
    "Poisson of mean 2": tied,
    "rounded exponential": rounded,
    "80 % zeros": zero_inflated,
}


def few_rows() -> None:
    print(f"| columns | reference | {' | '.join(f'{n:,}' for n in WINDOWS)} |")
    print(f"|---|--:|{'--:|' * len(WINDOWS)}")
    for name, draw in LAWS.items():
        for m in REFERENCES:
            cells = []
            for n in WINDOWS:
                alone, any_ = rates(draw, m, n)
                cells.append(f"{1000 * alone:.2f} / {100 * any_:.1f}")
            print(f"| {name} | {m} | {' | '.join(cells)} |", flush=True)


def rates(draw: Draw, m: int, n: int, *, seed: int = 9) -> tuple[float, float]:
    """The share of columns whose p-value is at most a thousandth, and of families of which any is called drifted."""
    chance, threshold = np.random.default_rng(seed), first_threshold(FAMILY, 0.05)
    sharp = called = 0
    for _ in range(COLUMNS // AT_ONCE):
        p_values = _p_values(draw(chance, AT_ONCE, m, n))
        sharp += np.count_nonzero(p_values <= SHARP)
        called += np.count_nonzero(p_values <= threshold)
    return sharp / COLUMNS, 1 - (1 - called / COLUMNS) ** FAMILY


def _p_values(sides: Sides) -> Floats:
    """As the rule has them; what is significant is taken to be large enough to matter."""
    apart = Apart()
    each = [apart.of(facet, sides) / facet.weight for facet in facets_of(sides)]
    found: Floats = np.min(each, axis=0)
    return found
