"""Global drift: how far all columns together have moved, each weighing as much as the model holds it important.

The size is the weighted mean of the columns' sizes, less what chance makes of each. How the columns depend on each
other is not known, so the interval takes their errors as going the same way, in which case it is exact, and else too
wide. The p-value asks whether any column that the model uses has drifted: the smallest one over its weight, which is
right however they depend on each other (weighted Bonferroni: Genovese, Roeder and Wasserman, "False discovery control
with p-value weighting", Biometrika 93, 2006), and leaves the tails the same room as the family of columns has.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from watchkeeper.monitoring.drift.effect import QUANTILE, Distances, distances
from watchkeeper.monitoring.drift.family import SPENT
from watchkeeper.monitoring.drift.measures.measure import Places
from watchkeeper.monitoring.drift.sides import Flags, Floats, Sides
from watchkeeper.monitoring.drift.sizing import everything
from watchkeeper.monitoring.drift.verdict import Effect, Verdict
from watchkeeper.monitoring.drift.weighing import CODES, weigh
from watchkeeper.monitoring.drift.windows import DRIFTED, NO_ROWS, Records

NEGLIGIBLE = 1e-9
"""A weight with which no p-value could count."""
IMMATERIAL, NOT_ENOUGH_DATA = (CODES.index(each) for each in (Verdict.IMMATERIAL, Verdict.NOT_ENOUGH_DATA))
HALF = 0.5


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


@dataclass(frozen=True)
class Overalls:
    """Of some windows, each of shape (windows,); `known` where a column has rows on both sides. `parts` are the
    columns' parts of the estimate, of shape (windows, columns), and `codes` verdicts as places in `CODES`."""

    known: Flags
    estimate: Floats
    deviation: Floats
    p_value: Floats
    parts: Floats
    codes: Places

    def effects(self) -> list[Effect]:
        """Of each window."""
        margin = QUANTILE * self.deviation
        ends = np.stack([self.estimate, self.estimate - margin, self.estimate + margin], axis=1)
        return [Effect(*each) for each in np.maximum(ends, 0.0).tolist()]


def overalls(records: Records, weights: Floats, *, floor: float) -> Overalls:
    """The same of many windows, from the columns' verdicts as they are kept.

    No test of its own is spent on it: it is drifted where a column that weighs anything is, unless the whole interval
    lies below the floor, and not known where columns of more than half of the weight are not. So it is wrong only where
    a column's verdict is.

    Args:
        records: of shape (windows, columns).
        weights: of the columns, of shape (columns,) or by window, none below 0.
        floor: the size from which a change matters.
    """
    there = np.isfinite(records["distance"]) & np.isfinite(records["deviation"]) & (records["verdict"] != NO_ROWS)
    shares = np.where(there, weights, 0.0)
    shares = np.where(shares.sum(axis=-1, keepdims=True) > 0, shares, there)
    shares = shares / np.maximum(shares.sum(axis=-1, keepdims=True), NEGLIGIBLE)
    parts, deviation = (shares * np.where(there, records[name], 0.0) for name in ("distance", "deviation"))
    used = shares > NEGLIGIBLE
    p_values = np.where(used, records["p_value"] / np.where(used, shares, 1.0), 1.0)
    found = Overalls(
        known=there.any(axis=-1),
        estimate=parts.sum(axis=-1),
        deviation=deviation.sum(axis=-1),
        p_value=np.minimum(p_values.min(axis=-1, initial=1.0) / SPENT, 1.0),
        parts=parts,
        codes=np.zeros(len(records), dtype=np.intp),
    )
    return replace(found, codes=_codes(records["verdict"], shares, found.estimate + QUANTILE * found.deviation, floor))


def _codes(of: Places, shares: Floats, high: Floats, floor: float) -> Places:
    used = shares > NEGLIGIBLE
    drifted = (used & (of == DRIFTED)).any(axis=-1)
    moved = drifted | (used & (of == IMMATERIAL)).any(axis=-1)
    unknown = (shares * (of == NOT_ENOUGH_DATA)).sum(axis=-1) > HALF
    places = [DRIFTED, IMMATERIAL, NOT_ENOUGH_DATA]
    found: Places = np.select([drifted & (high >= floor), moved, unknown], places, CODES.index(Verdict.STABLE))
    return found
