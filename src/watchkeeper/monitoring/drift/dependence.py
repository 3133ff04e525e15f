"""How many rows of a time series are worth one independent row: the design effect, by blocks of the reference's time.

Rows that follow each other are alike, so that a mean over a stretch varies more than one of as many independent rows.
How much more is seen from the reference's own stretches: the squared sums of their rows' scores, over what independent
rows would have. Dependence lies in a few directions, and a mean over all bins would dilute it; so it is looked for in
each that is judged, and the largest counts. From few blocks it is known badly, for which Student's law is the remedy:
the effect grows by the square of its quantile over the normal one's. Kish, "Survey Sampling" (1965), section 8.2; Rao
and Scott, Annals of Statistics 12 (1984), for counts.
"""

import numpy as np
from scipy.special import ndtri, stdtrit

from watchkeeper.monitoring.drift import scores
from watchkeeper.monitoring.drift.sides import Counts, Floats

FEWEST_BLOCKS = 8
HELD = 0.005
"""The share of rows from which a level's own dependence is looked at."""


def design_effect(blocks: Counts, *, ordered: bool, p_value: float) -> float:
    """At least 1, from counts of shape (blocks, bins), the missing values last. `p_value` is what has to be reached."""
    directions = _directions(blocks, ordered=ordered)
    if not len(directions):
        return 1.0
    return max(1.0, float(_ratios(blocks, directions).max()) * _unsure(len(blocks), p_value))


def _directions(blocks: Counts, *, ordered: bool) -> Floats:
    """Scores of the bins, one row a direction in which rows may be alike; those of present values leave out the
    missing ones, which are a direction of their own."""
    total = blocks.sum(axis=0)
    missing = np.zeros((1, total.size))
    missing[0, -1] = 1.0
    if ordered:
        present = total[np.newaxis, :-1]
        own = np.vstack([scores.location(present), scores.spread(present)])
    else:
        own = np.eye(total.size - 1)[total[:-1] >= HELD * total.sum()]
    return np.vstack([np.hstack([own, np.full((len(own), 1), np.nan)]), missing])


def _ratios(blocks: Counts, directions: Floats) -> Floats:
    """Of each direction: the blocks' squared sums, over the variance of as many independent rows."""
    taken = ~np.isnan(directions)
    values = np.where(taken, directions, 0.0)
    total = blocks.sum(axis=0)
    rows = np.maximum((taken * total).sum(axis=-1, keepdims=True), 1)
    centred = np.where(taken, values - (values * total).sum(axis=-1, keepdims=True) / rows, 0.0)
    expected = (centred**2 * total).sum(axis=-1)
    squares = ((blocks @ centred.T) ** 2).sum(axis=0) * len(blocks) / (len(blocks) - 1)
    found: Floats = np.divide(squares, expected, out=np.ones(len(directions)), where=expected > 1e-9)
    return found


def _unsure(blocks: int, p_value: float) -> float:
    quantile = stdtrit(blocks - 1, 1 - p_value / 2) / ndtri(1 - p_value / 2)
    return float(quantile**2)
