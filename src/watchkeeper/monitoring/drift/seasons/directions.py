"""In which directions a column may have moved: each with its own p-value, and with what rows are worth in it.

A direction is a score of the bins: for numbers the normal scores of location and of spread, for levels whether it is
that one. A mean score of the window, less that of the reweighted reference, is 0 without drift whatever the season
does, so it takes but its variance to judge it; and that differs from one direction to the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.drift import scores
from watchkeeper.monitoring.drift.seasons.worth import Matched, Worth
from watchkeeper.monitoring.drift.sides import Counts, Floats
from watchkeeper.tables.layouts.layout import Roles

HELD = 0.005
"""The share of the reference's rows from which it is looked at how alike they are."""
LEAST = 10
"""Independent rows of a level that either side is expected to hold, for its p-value to be known."""


@dataclass(frozen=True)
class Found:
    """The p-values of facets, as far as they come from here, and what rows are worth.

    Attributes:
        p_values: by the facet's name.
        worth: the least over the directions.
        level: the place of the level that changed most clearly.
    """

    p_values: Mapping[str, float]
    worth: Worth
    level: int | None = None


def of_numbers(of: Matched, reference: Counts, window: Counts, roles: Roles) -> Found:
    """From the present values of the reference, of shape (cells, bins), and of the window, of shape (bins,).

    A mean of squares of few independent rows is too skewed for Student's law, so the spread is left to the sides."""
    total = reference.sum(axis=0)
    location, spread = (kind(total[np.newaxis])[0] for kind in (scores.location, scores.spread))
    score = _outwards(location, total, roles)
    found = of.spreads(reference, score)
    rows = int(window.sum())
    difference = float(window @ score) / rows - found.mean if rows else 0.0
    p_value = of.p_value_of(difference, found.of_window + found.of_reference)
    return Found({"location": p_value}, least([of.worth(each) for each in (found, of.spreads(reference, spread))]))


def of_levels(of: Matched, reference: Counts, window: Counts) -> Found:
    """The same of levels; the worst one is the smallest of their p-values, times how many these are."""
    total = reference.sum(axis=0)
    places = np.flatnonzero(total >= max(HELD * total.sum(), 1)).tolist()
    found = [of_share(of, reference[:, place], int(window[place])) for place in places]
    tried = [(p_value, place) for (p_value, worth), place in zip(found, places, strict=True) if p_value is not None]
    worth = least([worth for _, worth in found], default=of.by_day)
    if not tried:
        return Found({"worst level": 1.0}, worth)
    smallest, level = min(tried)
    return Found({"worst level": min(1.0, smallest * len(tried))}, worth, level)


def of_share(of: Matched, reference: Counts, window: int) -> tuple[float | None, Worth]:
    """The p-value of a share, None where too few rows say anything; and what rows are worth in it.

    From rows of the reference, of shape (cells,), and of the window. The variance is that of both sides' shares
    together, as for any share, since a level that is rare in a season seems certain there.
    """
    found = of.spreads(reference[:, np.newaxis], np.ones(1))
    worth = of.worth(found)
    rows = of.reweighting.total
    if not rows or not worth.window or not worth.reference:
        return None, worth
    now = window / rows
    pooled = (now * worth.window + found.mean * worth.reference) / (worth.window + worth.reference)
    if pooled * min(worth.window, worth.reference) < LEAST:
        return None, worth
    times = max(pooled * (1 - pooled) / found.variance, 1.0) if found.variance > 0 else 0.0
    variance = (found.of_window + found.of_reference) * times
    return of.p_value_of(now - found.mean, variance), worth


def least(worth: Sequence[Worth], default: Worth | None = None) -> Worth:
    """That which leaves most unsure."""
    return max(worth, key=lambda each: each.unsure) if worth or default is None else default


def _outwards(score: Floats, total: Counts, roles: Roles) -> Floats:
    """What lies beyond the reference's range counts as what lies at its end."""
    held = np.flatnonzero(total)
    if not held.size:
        return score
    places = np.clip(np.arange(score.size), held[0], held[-1])
    unseen = np.isin(np.arange(score.size), roles.unseen)
    return np.where(unseen, score[places], score)
