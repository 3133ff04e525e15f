"""A column's window beside the reference of its season: the counts to compare, and what they are worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from watchkeeper.monitoring.drift.facets.facet import Region
from watchkeeper.monitoring.drift.seasons.directions import HELD, least, of_levels, of_numbers, of_share
from watchkeeper.monitoring.drift.seasons.reweighting import COVERED, Reweighting, reweighted
from watchkeeper.monitoring.drift.seasons.weeks import Weekly
from watchkeeper.monitoring.drift.seasons.worth import Matched, Worth
from watchkeeper.monitoring.drift.sides import Counts, Floats, Rows, Sides
from watchkeeper.monitoring.drift.weighing import Apart
from watchkeeper.tables.bins import BinSet
from watchkeeper.tables.layouts.layout import Roles

TRACE = 1e-9
"""Of what the reference holds in other seasons, lest it pass for something that it never held."""


@dataclass(frozen=True)
class Seasonal:
    """A column of a window, and of the reference of its season.

    Attributes:
        reference: what the reference holds of that season, of shape (bins,), the missing values last: as many rows as
            those of equal weight that would tell as much.
        window: the window's counts, without the rows whose season the reference does not hold.
        left: how many these are, and those without a time.
        covered: whether they are few enough, and the reference has weeks enough of each season.
        part: how many present values of the reference's there are to each of its own.
        p_values: of the facets that are judged by their own variance, by name.
        worth: of each region, how many independent rows both sides are worth.
        level: the place of the level whose share changed most clearly.
    """

    reference: Floats
    window: Counts
    left: int
    covered: bool
    part: float
    p_values: Mapping[str, float]
    worth: Mapping[Region, Worth]
    level: int | None


def matched(reference: Weekly, window: Weekly, bins: BinSet, *, p_value: float, undated: int = 0) -> Seasonal:
    """From both sides' counts by week and stratum; `p_value` is what has to be reached, and `undated` are rows of the
    window that have no time. Where too few rows are left nothing is compared."""
    roles = bins.layout.roles()
    whole = _matched(reference, window, reference.rows, window.rows, p_value=p_value)
    present = _matched(reference, window, reference.present, window.present, p_value=p_value)
    expected = _expected(reference, whole.reweighting, present.reweighting)
    held = _held(window, whole.reweighting, present.reweighting)
    if roles.ordered:
        shape = of_numbers(present, reference.counts[:, :-1], held[:-1], roles)
    else:
        shape = of_levels(present, *(_levels(bins, counts) for counts in (reference.counts, held)))
    missing, of_missing = _of_missing(whole, reference, int(held[-1]))
    unseen = least([_of_bin(present, reference, place) for place in _nearest(reference, roles)], default=present.by_day)
    left = int(whole.reweighting.left.sum()) + undated
    enough = present.reweighting.covered and left <= (1 - COVERED) * (int(window.rows.sum()) + undated)
    covered = enough and whole.known and (present.known or not reference.present.any())
    return Seasonal(
        reference=expected,
        window=held if covered else np.zeros_like(held),
        left=left,
        covered=covered,
        part=float(expected[:-1].sum()) / max(int(reference.present.sum()), 1),
        p_values={**shape.p_values, **missing} if covered else {},
        worth={Region.SHAPE: shape.worth, Region.MISSING: of_missing, Region.UNSEEN: unseen},
        level=shape.level,
    )


def _matched(reference: Weekly, window: Weekly, before: Counts, now: Counts, *, p_value: float) -> Matched:
    by_stratum = reference.weeks.by_stratum(before), window.weeks.by_stratum(now)
    found = reweighted(*by_stratum, days=reference.weeks.days)
    return Matched(reference.weeks, window.weeks, before, now, found, p_value)


def _expected(reference: Weekly, whole: Reweighting, present: Reweighting) -> Floats:
    """Missing values by the weights of all rows, and the present ones by their own: where values are missing at night,
    those that are there are to be compared with days."""
    by_stratum = reference.weeks.by_stratum(reference.counts)
    held = (present if present.total else whole).weights @ by_stratum[:, :-1]
    missing = float(whole.weights @ by_stratum[:, -1]) / max(whole.total, 1)
    there = whole.worth * (1 - missing) / max(float(held.sum()), 1e-12)
    found = np.append(held * there, whole.worth * missing)
    traced: Floats = found + TRACE * reference.counts.sum(axis=0)
    return traced


def _held(window: Weekly, whole: Reweighting, present: Reweighting) -> Counts:
    by_stratum = window.weeks.by_stratum(window.counts)
    held = by_stratum[present.left == 0, :-1].sum(axis=0)
    return np.append(held, by_stratum[whole.left == 0, -1].sum())


def _levels(bins: BinSet, counts: Counts) -> Counts:
    """Present values by what is compared of a column: its bins, or groups of them."""
    if not bins.layout.roles().grouped:
        return counts[..., :-1]
    return np.stack([counts[..., group].sum(axis=-1) for group in bins.groups()[:-1]], axis=-1)


def _of_missing(of: Matched, reference: Weekly, window: int) -> tuple[Mapping[str, float], Worth]:
    """Its own p-value where the reference has such rows, and rows are missing; else only what they are worth."""
    counts = reference.counts[:, -1]
    if counts.sum() < HELD * reference.rows.sum():
        return {}, of.by_day
    p_value, worth = of_share(of, counts, window)
    return ({} if p_value is None else {"missing": p_value}), worth


def _of_bin(of: Matched, reference: Weekly, place: int) -> Worth:
    """By days where the reference holds it too seldom to tell."""
    counts = reference.counts[:, [place]]
    if counts.sum() < HELD * of.reference_rows.sum():
        return of.by_day
    return of.worth(of.spreads(counts, np.ones(1)))


def _nearest(reference: Weekly, roles: Roles) -> list[int]:
    """The bins that are most like what was never held: the outermost ones of numbers, the rare levels."""
    if not roles.ordered:
        return [place for place in roles.rare if place not in roles.unseen]
    held = np.flatnonzero(reference.counts[:, :-1].sum(axis=0))
    return [int(held[0]), int(held[-1])] if held.size else []


def thinned(sides: Sides, columns: Sequence[Seasonal]) -> tuple[Sides, Apart]:
    """The sides as of so many independent rows as the shape's are worth, and what is known apart from them.

    The sides' reference is the season's, as `Seasonal.reference` has it.
    """
    present = np.stack([sides.m, sides.n])
    rows = {Region.SHAPE: present, Region.MISSING: present + sides.missing, Region.UNSEEN: present}
    parts = np.array([of.part for of in columns])
    sides = replace(sides, once=sides.once * parts, twice=sides.twice * parts)
    found = {region: _thinned(sides, [of.worth[region] for of in columns], each) for region, each in rows.items()}
    names = {name for of in columns for name in of.p_values}
    known = {name: np.array([of.p_values.get(name, np.nan) for of in columns]) for name in names}
    return found.pop(Region.SHAPE), Apart(found, known)


def _thinned(sides: Sides, worth: Sequence[Worth], rows: Rows) -> Sides:
    wanted = np.array([[each.reference for each in worth], [each.window for each in worth]])
    times = np.minimum(wanted / np.maximum(rows, 1e-12), 1.0)
    return replace(
        sides,
        reference=sides.reference * times[0, :, np.newaxis],
        window=sides.window * times[1, :, np.newaxis],
        missing=sides.missing * times,
        once=sides.once * times[0],
        twice=sides.twice * times[0],
    )
