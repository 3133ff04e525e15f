"""The columns of a window beside the reference of its season: the counts to compare, and what they are worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from watchkeeper.monitoring.drift.facets.facet import Region
from watchkeeper.monitoring.drift.noise import Noise
from watchkeeper.monitoring.drift.seasons.almanac import Almanac
from watchkeeper.monitoring.drift.seasons.directions import Kind
from watchkeeper.monitoring.drift.seasons.noise import noise_of
from watchkeeper.monitoring.drift.seasons.reweighting import COVERED
from watchkeeper.monitoring.drift.seasons.stretch import Stretch
from watchkeeper.monitoring.drift.seasons.weeks import Weekly
from watchkeeper.monitoring.drift.seasons.worth import Spreads, Weighting, Worth, by_day, known, least
from watchkeeper.monitoring.drift.sides import Counts, Flags, Floats, Rows, Sides
from watchkeeper.monitoring.drift.weighing import Apart

TRACE = 1e-9
"""Of what the reference holds in other seasons, lest it pass for something that it never held."""
LEAST = 10
"""Independent rows of a level that either side is expected to hold, for its p-value to be known."""

SIDES = ("window", "reference")
FEWEST = 5
"""Independent rows below which nothing is known of a spread."""


@dataclass(frozen=True)
class Season:
    """The columns of a window, and of the reference of its season.

    Attributes:
        reference: what the reference holds of that season, of shape (bins,), all columns end to end: of each as many
            rows as those of equal weight that would tell as much.
        window: the window's counts, without the rows whose season the reference does not hold.
        left: how many these are, and those without a time; of shape (columns,) as all that follows.
        covered: whether they are few enough, and the reference has weeks enough of each season.
        part: how many present values of the reference's there are to each of its own.
        p_values: of the facets that are judged by their own variance, by name; not a number where the sides have to.
        worth: of each region, how many independent rows both sides are worth.
        noise: what chance makes of sizes, beside what it would of so many rows as the shape's are worth.
        level: the place of the level whose share changed most clearly; -1 for numbers.
    """

    reference: Floats
    window: Counts
    left: Counts
    covered: Flags
    part: Floats
    p_values: Mapping[str, Floats]
    worth: Mapping[Region, Worth]
    noise: Noise
    level: Counts

    @classmethod
    def joined(cls, parts: "Sequence[Season]") -> "Season":
        """The columns of one window, then those of the next."""
        worth = {
            region: Worth(*(np.concatenate([getattr(each.worth[region], side) for each in parts]) for side in SIDES))
            for region in Region
        }
        names = ("reference", "window", "left", "covered", "part", "level")
        p_values = {name: np.concatenate([each.p_values[name] for each in parts]) for name in parts[0].p_values}
        joined = {name: np.concatenate([getattr(each, name) for each in parts]) for name in names}
        return cls(**joined, p_values=p_values, worth=worth, noise=Noise.joined([each.noise for each in parts]))


@dataclass(frozen=True)
class Held:
    """Of a window, its counts of all columns end to end, the rows that are left out of each for their season, and those
    without a time."""

    counts: Counts
    left: Counts
    undated: int = 0


def in_season(of: Almanac, window: Stretch, held: Held, weighting: Weighting, *, p_values: Floats) -> Season:
    """`p_values` are what each column has to reach, of shape (columns,)."""
    spreads = Spreads.of(of, weighting, p_values)
    sums = of.directions.sums(held.counts)
    expected = _expected(of, weighting)
    total = np.add.reduceat(expected, of.starts)
    missing_places = np.append(of.starts[1:], expected.size) - 1
    rows = of.rows.sum() - of.gaps.sum(axis=-1)
    covered = _covered(of, window, weighting, held)
    facets, level = _p_values(of, weighting, spreads, sums, held.counts)
    size = np.diff(np.append(of.starts, expected.size))
    worth = _worth(of, window, weighting, spreads)
    return Season(
        reference=expected,
        window=np.where(np.repeat(covered, size), held.counts, 0),
        left=held.left,
        covered=covered,
        part=(total - expected[missing_places]) / np.maximum(rows, 1),
        p_values=facets,
        worth=worth,
        noise=noise_of(of, spreads, worth[Region.SHAPE]),
        level=level,
    )


def expected_in(of: Almanac, window: Stretch) -> Sequence[Floats]:
    """What the reference holds of a window's season, of each column: as many rows as tell as much."""
    return np.split(_expected(of, Weighting.of_window(of, window)), of.starts[1:])


def _covered(of: Almanac, window: Stretch, weighting: Weighting, held: Held) -> Flags:
    rows = int(window.rows.sum()) + held.undated
    found: Flags = weighting.of.covered[weighting.places] & (held.left <= (1 - COVERED) * rows) & known(of)
    return found


def _expected(of: Almanac, weighting: Weighting) -> Floats:
    """Missing values by the weights of all rows, and the present ones by their own: where values are missing at night,
    those that are there are to be compared with days."""
    found, whole = weighting.of, weighting.of.weights[0]
    used = np.flatnonzero(whole)
    # Not by BLAS: its threads spin for longer than this takes.
    held = np.einsum("s,sb->b", whole[used], of.held[used])
    ends = np.append(of.starts[1:], held.size)
    for column in np.flatnonzero(weighting.places).tolist():
        mine, at = slice(of.starts[column], ends[column]), weighting.places[column]
        held[mine] = (found.weights[at] if found.total[at] else whole) @ of.held[:, mine]
    held[ends - 1] = 0
    missing = of.gaps @ whole / max(int(found.total[0]), 1)
    worth = found.worth[0]
    there = worth * (1 - missing) / np.maximum(np.add.reduceat(held, of.starts), 1e-12)
    held *= np.repeat(there, np.diff(np.append(of.starts, held.size)))
    held[ends - 1] = worth * missing
    traced: Floats = held + TRACE * of.counts.sum(axis=0)
    return traced


def _p_values(
    of: Almanac, weighting: Weighting, spreads: Spreads, sums: Floats, counts: Counts
) -> tuple[Mapping[str, Floats], Counts]:
    """A mean of squares of few independent rows is too skewed for Student's law, so the spread is left to the sides."""
    directions = of.directions
    gone = directions.kind == Kind.MISSING
    shares = _of_shares(weighting, spreads, sums, np.where(gone, 0, weighting.places[directions.column]))
    ends = np.append(of.starts[1:], counts.size) - 1
    rows = (np.add.reduceat(counts, of.starts) - counts[ends])[directions.column]
    differences = np.where(rows > 0, sums / np.maximum(rows, 1) - spreads.mean, 0.0)
    location = spreads.p_values(differences, spreads.of_window + spreads.of_reference)
    worst, level = _worst_levels(of, shares)
    found = {
        "location": _of_columns(of, location, directions.kind == Kind.LOCATION),
        "worst level": worst,
        "missing": _of_columns(of, shares, gone),
    }
    return found, level


def _of_columns(of: Almanac, values: Floats, there: Flags) -> Floats:
    """Of shape (columns,) from the directions', of which at most one a column is there."""
    found = np.full(len(of.bin_sets), np.nan)
    found[of.directions.column[there]] = values[there]
    return found


def _worst_levels(of: Almanac, shares: Floats) -> tuple[Floats, Counts]:
    """The smallest p-value of a column's levels, times how many these are; and which that is."""
    column, columns = of.directions.column, len(of.bin_sets)
    found = np.where(of.ordered, np.nan, 1.0)
    level = np.full(columns, -1)
    levels = np.flatnonzero((of.directions.kind == Kind.LEVEL) & ~np.isnan(shares))
    tried = np.bincount(column[levels], minlength=columns)
    ranked = levels[np.lexsort((shares[levels], column[levels]))]
    first = ranked[np.flatnonzero(np.diff(column[ranked], prepend=-1))]
    found[column[first]] = np.minimum(shares[first] * tried[column[first]], 1.0)
    level[column[first]] = of.directions.place[first]
    return found, level


def _of_shares(weighting: Weighting, spreads: Spreads, sums: Floats, places: Counts) -> Floats:
    """The p-values of shares, of shape (directions,); not a number where too few rows say anything.

    The variance is that of both sides' shares together, as for any share, since a level that is rare in a season seems
    certain there.
    """
    worth, rows = spreads.worth, weighting.of.total[places]
    known = (rows > 0) & (worth.window > 0) & (worth.reference > 0)
    now = sums / np.maximum(rows, 1)
    both = np.where(known, worth.window + worth.reference, 1.0)
    pooled = (now * worth.window + spreads.mean * worth.reference) / both
    known &= pooled * np.minimum(worth.window, worth.reference) >= LEAST
    there = spreads.variance > 0
    times = np.divide(pooled * (1 - pooled), spreads.variance, out=np.zeros(now.shape), where=there)
    variance = (spreads.of_window + spreads.of_reference) * np.where(there, np.maximum(times, 1.0), 0.0)
    return np.where(known, spreads.p_values(now - spreads.mean, variance), np.nan)


def _worth(of: Almanac, window: Stretch, weighting: Weighting, spreads: Spreads) -> Mapping[Region, Worth]:
    directions = of.directions
    present, whole = (by_day(of, weighting, window, whole=each) for each in (False, True))

    def among(default: Worth, *kinds: Kind) -> Worth:
        mine = np.flatnonzero(np.isin(directions.kind, kinds))
        return least(default, [(directions.column[mine], spreads.worth.take(mine))])

    unseen, seldom = among(present, Kind.UNSEEN), directions.by_day
    worse = seldom & (present.unsure > unseen.unsure)
    return {
        Region.SHAPE: among(present, Kind.LOCATION, Kind.SPREAD, Kind.LEVEL),
        Region.MISSING: among(whole, Kind.MISSING),
        Region.UNSEEN: Worth(
            np.where(worse, present.window, unseen.window), np.where(worse, present.reference, unseen.reference)
        ),
    }


def matched(of: Almanac, window: Sequence[Weekly], *, p_values: Floats, undated: int = 0) -> Season:
    """From the window's columns by week and stratum, all counted in the same cells; `undated` are rows that have no
    time. Where too few rows are left nothing is compared."""
    stretch = Stretch.of_columns(window)
    weighting = Weighting.of_window(of, stretch)
    left = [weighting.of.left[at] for at in weighting.places]
    held = [_held(each, gone, weighting.of.left[0]) for each, gone in zip(window, left, strict=True)]
    out = np.full(len(window), int(weighting.of.left_out[0]) + undated)
    return in_season(of, stretch, Held(np.concatenate(held), out, undated), weighting, p_values=p_values)


def _held(window: Weekly, left: Counts, of_all: Counts) -> Counts:
    by_stratum = window.weeks.by_stratum(window.counts)
    held = by_stratum[left == 0, :-1].sum(axis=0)
    return np.append(held, by_stratum[of_all == 0, -1].sum())


def thinned(sides: Sides, of: Season, columns: Counts) -> tuple[Sides, Apart]:
    """The sides as of so many independent rows as the shape's are worth, and what is known apart from them.

    The sides are of these columns, and their reference is the season's, as `Season.reference` has it.
    """
    present = np.stack([sides.m, sides.n])
    rows = {Region.SHAPE: present, Region.MISSING: present + sides.missing, Region.UNSEEN: present}
    parts = of.part[columns]
    sides = replace(sides, once=sides.once * parts, twice=sides.twice * parts)
    found = {region: _thinned(sides, of.worth[region].take(columns), each) for region, each in rows.items()}
    apart = {name: np.where(of.covered, each, np.nan)[columns] for name, each in of.p_values.items()}
    shape = of.worth[Region.SHAPE].take(columns)
    apart["spread"] = np.where(np.minimum(shape.window, shape.reference) < FEWEST, 1.0, np.nan)
    return found.pop(Region.SHAPE), Apart(found, apart, of.noise.take(columns))


def _thinned(sides: Sides, worth: Worth, rows: Rows) -> Sides:
    times = np.minimum(np.stack([worth.reference, worth.window]) / np.maximum(rows, 1e-12), 1.0)
    return replace(
        sides,
        reference=sides.reference * times[0, :, np.newaxis],
        window=sides.window * times[1, :, np.newaxis],
        missing=sides.missing * times,
        once=sides.once * times[0],
        twice=sides.twice * times[0],
    )
