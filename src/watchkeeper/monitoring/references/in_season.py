"""Columns of windows that are judged against the same season of their reference."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.drift.columns import Lined, Lining
from watchkeeper.monitoring.drift.facets.facet import Region
from watchkeeper.monitoring.drift.measures.measure import Places
from watchkeeper.monitoring.drift.seasons.almanac import Almanac
from watchkeeper.monitoring.drift.seasons.matching import Held, Season, in_season, thinned
from watchkeeper.monitoring.drift.seasons.stretch import Stretch
from watchkeeper.monitoring.drift.seasons.worth import Weighting
from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.drift.windows import Lacking, Part
from watchkeeper.monitoring.ports import Counts


@dataclass(frozen=True)
class Seasonal:
    """What is judged against the same season.

    Attributes:
        parts: the columns to be judged, whose windows are places among all.
        lacking: those of which the reference does not hold the season.
        of: which columns of which windows either are, of shape (windows, columns).
    """

    parts: Sequence[Part]
    lacking: Lacking
    of: Flags

    def whole(self, part: Part) -> Places:
        """The rows of a part that are held against the whole reference."""
        return np.flatnonzero(~self.of[part.lined.windows, part.lined.columns])


def seasonal(
    of: Almanac,
    lining: Lining,
    counts: Counts,
    stretches: Sequence[Stretch | None],
    psi: Floats,
    usual: Flags,
    *,
    p_values: Floats,
) -> Seasonal:
    """From windows' counts of shape (windows, bins), and when the rows of each happened, as far as that is known; psi
    of shape (windows, columns); which columns are held against the reference that the almanac is of, of the same shape,
    or of one window; and what each column has to reach."""
    dated = [(place, stretch) for place, stretch in enumerate(stretches) if stretch is not None]
    mine = np.zeros((len(counts), len(of.bin_sets)), dtype=np.bool_)
    mine[[place for place, _ in dated]] = True
    mine &= usual
    rows = np.add.reduceat(counts, of.starts, axis=-1)
    if not dated:
        nothing = np.zeros(0, dtype=np.int64)
        return Seasonal([], Lacking(nothing, nothing, nothing, np.zeros(0)), mine)
    season = Season.joined([_of_window(of, stretch, counts[place], p_values) for place, stretch in dated])
    covered = np.zeros_like(mine)
    places = np.array([place for place, _ in dated])
    covered[places] = season.covered.reshape(len(dated), -1)
    before, now = (side.reshape(len(dated), -1) for side in (season.reference, season.window))
    parts = [_part(each, season, places, psi, mine & covered) for each in lining.sides(before, now)]
    windows, columns = np.nonzero(mine & ~covered & (rows > 0))
    lacking = Lacking(windows, columns, rows[windows, columns], psi[windows, columns])
    return Seasonal([part for part in parts if part.of.size], lacking, mine)


def _of_window(of: Almanac, stretch: Stretch, counts: Counts, p_values: Floats) -> Season:
    """Counts are known of the whole window alone, so that the reference has to hold the season of each of its days."""
    weighting = Weighting.of_window(of, stretch)
    left = weighting.of.left_out[weighting.places]
    held = Held(counts, np.where(left > 0, int(stretch.rows.sum()) + 1, 0))
    return in_season(of, stretch, held, weighting, p_values=p_values)


def _part(lined: Lined, season: Season, places: Places, psi: Floats, mine: Flags) -> Part:
    """Only those that are flagged, of shape (windows, columns)."""
    windows = places[lined.windows]
    taken = np.flatnonzero(mine[windows, lined.columns])
    each = (lined.windows * mine.shape[-1] + lined.columns)[taken]
    found = Lined(lined.sides.take(taken), lined.columns[taken], windows[taken])
    rows = found.sides.n + found.sides.missing[1]
    worth = season.worth[Region.SHAPE].window[each]
    effects = np.maximum(rows / np.where(worth > 0, worth, np.inf), 1.0)
    return Part(found, found.columns, effects, psi[found.windows, found.columns], thinned(found.sides, season, each))
