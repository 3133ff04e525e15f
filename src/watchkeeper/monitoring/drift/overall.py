"""Global drift: how far all columns together have moved, each weighing as much as the model holds it important.

The size is the weighted mean of the columns' sizes, less what chance makes of each. How the columns depend on each
other is not known, so the interval takes their errors as going the same way, in which case it is exact, and else too
wide. The p-value asks whether any column that the model uses has drifted: the smallest one over its weight, which is
right however they depend on each other (weighted Bonferroni: Genovese, Roeder and Wasserman, "False discovery control
with p-value weighting", Biometrika 93, 2006), and leaves the tails the same room as the family of columns has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.drift.effect import QUANTILE, Distances, distances
from watchkeeper.monitoring.drift.family import SPENT
from watchkeeper.monitoring.drift.sides import Floats, Sides
from watchkeeper.monitoring.drift.sizing import everything
from watchkeeper.monitoring.drift.verdict import Effect
from watchkeeper.monitoring.drift.weighing import weigh

NEGLIGIBLE = 1e-9
"""A weight with which no p-value could count."""


@dataclass(frozen=True)
class Overall:
    """Of a window. With no drift in any column that weighs, `p_value` is at most alpha with a chance of alpha."""

    effect: Effect
    p_value: float


def overall(parts: Sequence[Sides], weights: Sequence[Floats]) -> Overall | None:
    """The weighted mean over all columns; None where no column has rows on both sides.

    Args:
        parts: the columns' counts, as `judge` takes them.
        weights: of each part's columns, of shape (columns,), none below 0; where they say nothing of the columns that
            have rows, all weigh alike.
    """
    if not parts:
        return None
    return weighted_overall(
        [distances(*everything(part)) for part in parts],
        np.concatenate([weigh(part).p_value for part in parts]),
        np.concatenate(list(weights)),
    )


def weighted_overall(sizes: Sequence[Distances], p_values: Floats, weights: Floats) -> Overall | None:
    """The same from the columns' sizes and p-values, of shape (columns,), where these are known already."""
    estimate, deviation, known = (
        np.concatenate([getattr(each, name) for each in sizes]) for name in ("estimate", "deviation", "known")
    )
    if not known.any():
        return None
    weights = np.where(known, weights, 0.0)
    weights = weights if weights.sum() > 0 else known.astype(np.float64)
    weights = weights / weights.sum()
    middle, margin = float(weights @ estimate), QUANTILE * float(weights @ deviation)
    used = weights > NEGLIGIBLE
    return Overall(
        Effect(*(max(each, 0.0) for each in (middle, middle - margin, middle + margin))),
        min(float((p_values[used] / weights[used]).min()) / SPENT, 1.0),
    )
