"""How far apart two sides are: eight times the Jensen-Shannon divergence in nats, less what chance alone makes of it.

For small changes that is the population stability index, and it needs no patch where a group is empty; at most 5.55.
Without drift it is about s times a chi-square with one degree of freedom fewer than there are groups, s = 1/m + 1/n:
the mean is taken off, and the variance added to that of the delta method. Where rows depend on each other s differs by
direction (`noise.py`). Lin (1991) for the divergence; Miller, "Note
on the bias of information estimates" (1955) for what is taken off.
"""

from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.drift.noise import Noise
from watchkeeper.monitoring.drift.sides import Flags, Floats, Rows

HALF = 0.5
"""Of a row, in each group that either side holds."""
QUANTILE = 1.6448536269514722
"""Of the normal law: 90 % lie within so many deviations."""


@dataclass(frozen=True)
class Effects:
    """Of some columns, each of shape (columns,): the estimate, and the ends of an interval that holds it with 90 %."""

    estimate: Floats
    low: Floats
    high: Floats


def effects(reference: Rows, window: Rows, noise: Noise | None = None) -> Effects:
    """From counts of shape (columns, groups), which may be expected ones; nothing known is 0 to infinity."""
    of, wide = distances(reference, window, noise), QUANTILE if noise is None else QUANTILE * noise.wide
    low, high = (np.maximum(of.estimate + sign * wide * of.deviation, 0.0) for sign in (-1, 1))
    return Effects(
        estimate=np.where(of.known, np.maximum(of.estimate, 0.0), 0.0),
        low=np.where(of.known, low, 0.0),
        high=np.where(of.known, high, np.inf),
    )


@dataclass(frozen=True)
class Distances:
    """Of some columns, each of shape (columns,): what is left once chance is taken off, below 0 as often as above where
    nothing has moved, so that means of it are right; its standard deviation; and whether both sides have rows."""

    estimate: Floats
    deviation: Floats
    known: Flags


def distances(reference: Rows, window: Rows, noise: Noise | None = None) -> Distances:
    """From counts of shape (columns, groups), as of so many independent rows but for what `noise` knows."""
    noise = noise or Noise.none(len(reference))
    m, n = reference.sum(axis=-1), window.sum(axis=-1)
    known = (m > 0) & (n > 0)
    rows = [np.where(known, side, 1.0) for side in (m, n)]
    p, q = reference / rows[0][:, np.newaxis], window / rows[1][:, np.newaxis]
    s = 1 / rows[0] + 1 / rows[1]
    free = np.maximum(((reference + window) > 0).sum(axis=-1) - 1, 0)
    pulls = [pull(side, (p + q) / 2) for side in (p, q)]
    distance = sum((side * pull).sum(axis=-1) for side, pull in zip((p, q), pulls, strict=True))
    spreads = _spreads(reference, window)
    moved = spreads[0] / rows[0] * noise.reference + spreads[1] / rows[1] * noise.window
    deviation = np.sqrt(moved + 2 * noise.squares(free) * s**2)
    return Distances(distance - noise.sum(free) * s, deviation, known)


def pull(shares: Floats, middle: Floats) -> Floats:
    """The derivative of the distance by each share; of no matter, and 0, where the share is 0."""
    held = shares > 0
    found: Floats = 4 * np.log(np.divide(shares, middle, out=np.ones(shares.shape), where=held))
    return found


def _spreads(reference: Rows, window: Rows) -> Floats:
    """The variance of each side's pulls, of shape (2, columns): as they are or, where that is more, with half a row
    more in each group that is held, since one that few rows left empty would vary by nothing. Jeffreys' prior."""
    more = HALF * ((reference + window) > 0)
    found: Floats = np.maximum(*(_varying(reference + each, window + each) for each in (0, more)))
    return found


def _varying(reference: Rows, window: Rows) -> Floats:
    shares = [side / np.maximum(side.sum(axis=-1, keepdims=True), HALF) for side in (reference, window)]
    middle = (shares[0] + shares[1]) / 2
    return np.stack([_spread(each, pull(each, middle)) for each in shares])


def _spread(shares: Floats, pull: Floats) -> Floats:
    mean = (shares * pull).sum(axis=-1)
    found: Floats = np.maximum((shares * pull**2).sum(axis=-1) - mean**2, 0.0)
    return found
