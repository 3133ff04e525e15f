"""Columns of which something has moved, as counts; for how often it is found."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from scipy.stats import norm

from tests.fakes.columns import Chance, Draw, between_quantiles, discrete, distinct, of_levels, of_numbers
from watchkeeper.monitoring.drift.sides import Counts, Floats, Sides

Distribution = Callable[[Floats], Floats]


def numbers(cumulated: Distribution) -> Draw:
    """A normal reference, and a window of another cumulated distribution."""

    def draw(chance: Chance, columns: int, m: int, n: int) -> Sides:
        reference, parts = between_quantiles(chance, columns, m)
        ends = np.minimum(np.cumsum(parts, axis=-1)[:, :-1], 1.0)
        return of_numbers(reference, counted(chance, n, cumulated(norm.ppf(ends))))

    return draw


def counted(chance: Chance, n: int, up_to: Floats) -> Counts:
    shares = np.diff(up_to, axis=-1, prepend=0, append=1)
    return chance.multinomial(n, np.maximum(shares, 0) / np.maximum(shares, 0).sum(axis=-1, keepdims=True))


def shifted(by: float) -> Draw:
    return numbers(lambda values: norm.cdf(values - by))


def wider(variance: float) -> Draw:
    return numbers(lambda values: norm.cdf(values / np.sqrt(variance)))


def doubled(others: int) -> Draw:
    """A level of a tenth that holds a fifth, among others that are equally frequent."""

    def draw(chance: Chance, columns: int, m: int, n: int) -> Sides:
        before, now = (np.concatenate([[share], np.full(others, (1 - share) / others)]) for share in (0.1, 0.2))
        return of_levels(chance.multinomial(m, before, columns), chance.multinomial(n, now, columns))

    return draw


def missing(share: float) -> Draw:
    """Values that go missing where none did."""

    def draw(chance: Chance, columns: int, m: int, n: int) -> Sides:
        gone = chance.binomial(n, share, columns)
        sides = distinct(chance, columns, m, n)
        keep = chance.multivariate_hypergeometric
        window = np.stack([keep(row, n - int(lost)) for row, lost in zip(sides.window, gone, strict=True)])
        return replace(sides, window=window, missing=np.stack([np.zeros_like(gone), gone]))

    return draw


def varying(share: float) -> Draw:
    """A constant of which a share varies now."""

    def draw(chance: Chance, columns: int, m: int, n: int) -> Sides:
        other = chance.binomial(n, share, columns)
        return discrete(
            np.stack([np.full(columns, m), np.zeros(columns, dtype=np.int64)], axis=-1),
            np.stack([n - other, other], axis=-1),
        )

    return draw


MOVED: Mapping[str, Draw] = {
    "mean + .2 deviations": shifted(0.2),
    "variance x 1.3": wider(1.3),
    "share .1 doubled, 5 levels": doubled(4),
    "share .1 doubled, 50 levels": doubled(49),
    "missing 0 to 2 %": missing(0.02),
    "a constant, 2 % vary": varying(0.02),
}
