"""The verdicts on the columns of many windows at once, as an array that is kept as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from watchkeeper.monitoring.drift import family
from watchkeeper.monitoring.drift.columns import Lined
from watchkeeper.monitoring.drift.effect import distances
from watchkeeper.monitoring.drift.facets import OF_LEVELS, OF_NUMBERS
from watchkeeper.monitoring.drift.facets.facet import Region
from watchkeeper.monitoring.drift.facets.worst_level import WORST_LEVEL, worst
from watchkeeper.monitoring.drift.lasting import SILENT
from watchkeeper.monitoring.drift.measures.measure import Places
from watchkeeper.monitoring.drift.sides import Counts, Flags, Floats, Sides
from watchkeeper.monitoring.drift.sizing import everything
from watchkeeper.monitoring.drift.thinning import thinned
from watchkeeper.monitoring.drift.verdict import Effect, Verdict
from watchkeeper.monitoring.drift.visible import rows_enough, visible
from watchkeeper.monitoring.drift.weighing import CODES, FLOORS, Apart, Weighed, weigh

RECORD = np.dtype(
    [
        ("verdict", "u1"),
        ("marks", "u1"),
        ("reasons", "u1"),
        ("told", "u1"),
        ("level", "<i4"),
        ("rows", "<i8"),
        ("rows_enough", "<f8"),
        *((name, "<f4") for name in ("p_value", "adjusted_p", "q_value", "effect", "low", "high")),
        *((name, "<f4") for name in ("effective_rows", "smallest_visible", "psi", "distance", "deviation")),
    ]
)
"""A column in a window. `verdict` is a place in `CODES`, or `NO_ROWS`; `marks` are a sum of those below; `reasons` has
a bit a facet; `told` says whether it is one that alarms may be raised on. `distance` is the effect before it is cut at
0, with its standard `deviation`, so that means over columns can be made of it; not a number where a side has no
rows."""
ORDERED, SEASON, LACKING = 1, 2, 4
"""Of numbers; held against the same season; of a season that the reference does not hold."""
Records: TypeAlias = npt.NDArray[Any]
NO_ROWS = SILENT
DRIFTED = CODES.index(Verdict.DRIFTED)


@dataclass(frozen=True)
class Part:
    """Columns of some windows that are lined up; `of` names each row's column of the family, `effects` its design
    effect, `psi` its population stability index; `before` is the reference's design effect, where that is another.
    `season` is what is known apart of rows that are held against the same season, and their sides as they are worth
    there."""

    lined: Lined
    of: Places
    effects: Floats
    psi: Floats
    season: tuple[Sides, Apart] | None = None
    before: Floats | None = None

    def weigh(self, floors: Mapping[Region, float]) -> Weighed:
        before = self.effects if self.before is None else self.before
        sides, apart = self.season or thinned(self.lined.sides, self.effects, before)
        return weigh(sides, apart, floors=floors)

    def take(self, rows: Places) -> "Part":
        """Only these; of a part that is held against the whole reference."""
        lined = Lined(self.lined.sides.take(rows), self.lined.columns[rows], self.lined.windows[rows])
        before = None if self.before is None else self.before[rows]
        return Part(lined, self.of[rows], self.effects[rows], self.psi[rows], before=before)

    def of_roles(self, windows: int, first: int) -> "Part":
        """Of one column, whose windows lie role by role, each of which is a column of the family from the first on."""
        roles, numbers = np.divmod(self.lined.windows, windows)
        return replace(self, lined=replace(self.lined, windows=numbers), of=first + roles)


def judge_windows(
    parts: Sequence[Part],
    shape: tuple[int, int],
    *,
    alpha: float,
    floors: Mapping[Region, float] = FLOORS,
    sharing: int = 1,
) -> Records:
    """Of shape (windows, columns). The columns of a window that have rows are one family: with no drift in any, the
    chance that one of them is called drifted is at most `alpha`, of which families of so many windows as large have to
    share."""
    found = np.zeros(shape, dtype=RECORD)
    found["verdict"] = NO_ROWS
    weighed = [part.weigh(floors) for part in parts]
    p_values = np.full(shape, np.nan)
    for part, of in zip(parts, weighed, strict=True):
        there = _there(part)
        p_values[part.lined.windows[there], part.of[there]] = of.p_value[there]
    of_family = _families(p_values, alpha, sharing)
    for part, of in zip(parts, weighed, strict=True):
        _fill(found, part, of, of_family)
    return found


@dataclass(frozen=True)
class _Families:
    """Of shape (windows, columns), and the first threshold of each window."""

    thresholds: Floats
    adjusted: Floats
    q_values: Floats
    first: Floats


def _families(p_values: Floats, alpha: float, sharing: int) -> _Families:
    thresholds, adjusted, q_values = (np.ones(p_values.shape) for _ in range(3))
    first = np.ones(len(p_values))
    for window, of_window in enumerate(p_values):
        there = ~np.isnan(of_window)
        mine = of_window[there]
        all_ = np.append(mine, np.ones(mine.size * (sharing - 1)))
        first[window] = family.first_threshold(all_.size, alpha)
        thresholds[window, there] = family.thresholds(all_, alpha)[: mine.size]
        adjusted[window, there] = family.adjusted(all_)[: mine.size]
        q_values[window, there] = family.q_values(mine)
    return _Families(thresholds, adjusted, q_values, first)


def _there(of: Part) -> Flags:
    """Which have rows, though these may be worth nothing."""
    found: Flags = of.lined.sides.n + of.lined.sides.missing[1] > 0
    return found


def _fill(found: Records, part: Part, of: Weighed, families: _Families) -> None:
    there = _there(part)
    places = part.lined.windows, part.of
    thresholds, first = families.thresholds[places], families.first[part.lined.windows]
    weight, sides = of.facets[0].weight, part.lined.sides
    rows = sides.n + sides.missing[1]
    mine = np.zeros(len(rows), dtype=RECORD)
    mine["verdict"] = np.where(there, of.codes(thresholds, first), NO_ROWS)
    mine["marks"] = ORDERED * sides.ordered + SEASON * (part.season is not None)
    mine["reasons"] = _reasons(of, thresholds, mine["verdict"] == DRIFTED)
    mine["level"] = _levels(part, mine["reasons"])
    mine["rows"], mine["effective_rows"] = rows, rows / part.effects
    mine["p_value"], mine["psi"] = of.p_value, part.psi
    mine["adjusted_p"], mine["q_value"] = families.adjusted[places], families.q_values[places]
    overall, apart = of.sizes.overall, distances(*everything(of.sides), of.noise)
    mine["effect"], mine["low"], mine["high"] = overall.estimate, overall.low, overall.high
    mine["distance"], mine["deviation"] = (
        np.where(apart.known, each, np.nan) for each in (apart.estimate, apart.deviation)
    )
    mine["smallest_visible"] = visible(of.sides, first * weight)
    mine["rows_enough"] = np.ceil(rows_enough(of.sides, first * weight) * part.effects)
    found[part.lined.windows[there], part.of[there]] = mine[there]


@dataclass(frozen=True)
class Lacking:
    """Columns of windows whose season the reference does not hold; `of` names each one's column of the family."""

    windows: Places
    of: Places
    rows: Counts
    psi: Floats

    def of_roles(self, windows: int, first: int) -> "Lacking":
        roles, numbers = np.divmod(self.windows, windows)
        return replace(self, windows=numbers, of=first + roles)

    def say(self, found: Records) -> None:
        mine = np.zeros(self.of.size, dtype=RECORD)
        mine["verdict"] = CODES.index(Verdict.NOT_ENOUGH_DATA)
        mine["marks"], mine["level"], mine["rows"], mine["psi"] = SEASON | LACKING, -1, self.rows, self.psi
        for name in ("p_value", "adjusted_p", "q_value"):
            mine[name] = 1.0
        for name in ("high", "smallest_visible", "rows_enough"):
            mine[name] = np.inf
        mine["distance"] = mine["deviation"] = np.nan
        found[self.windows, self.of] = mine


def _reasons(of: Weighed, thresholds: Floats, drifted: Flags) -> Places:
    """The facets that each verdict rests on, a bit each."""
    significant = of.significant(thresholds)
    bits = 1 << np.arange(len(of.facets))
    found: Places = (bits[:, np.newaxis] * (significant & (of.material | ~drifted))).sum(axis=0)
    return found


def _levels(part: Part, reasons: Places) -> Places:
    """Which level's share changed, where that is a reason; else -1."""
    found = np.full(len(reasons), -1)
    if not part.lined.sides.ordered:
        of = np.flatnonzero(reasons & (1 << OF_LEVELS.index(WORST_LEVEL)))
        if of.size:
            found[of] = worst(part.lined.sides.take(of))
    return found


@dataclass(frozen=True)
class Judged:
    """What a record says; None where nothing is known, or no number is. `season` says that the column was held against
    the same season, `lacking` that the reference does not hold that of its rows."""

    verdict: Verdict
    p_value: float
    adjusted_p: float
    q_value: float
    effect: Effect
    reasons: tuple[str, ...]
    level: int | None
    rows: int
    effective_rows: float
    smallest_visible: float
    rows_enough: int | None
    ordered: bool
    psi: float | None
    season: bool = False
    lacking: bool = False


def judged(record: Any) -> Judged | None:
    """Of one column in one window; None where it had no rows."""
    of = dict(zip(RECORD.names or (), record.item(), strict=True))
    if of["verdict"] == NO_ROWS:
        return None
    ordered = bool(of["marks"] & ORDERED)
    facets = OF_NUMBERS if ordered else OF_LEVELS
    return Judged(
        verdict=CODES[of["verdict"]],
        effect=Effect(of["effect"], of["low"], of["high"]),
        reasons=tuple(facet.name for place, facet in enumerate(facets) if of["reasons"] >> place & 1),
        level=of["level"] if of["level"] >= 0 else None,
        rows=of["rows"],
        rows_enough=int(of["rows_enough"]) if isfinite(of["rows_enough"]) else None,
        ordered=ordered,
        psi=of["psi"] if isfinite(of["psi"]) else None,
        season=bool(of["marks"] & SEASON),
        lacking=bool(of["marks"] & LACKING),
        **{name: of[name] for name in ("p_value", "adjusted_p", "q_value", "effective_rows", "smallest_visible")},
    )
