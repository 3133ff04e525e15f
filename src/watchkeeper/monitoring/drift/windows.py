"""The verdicts on the columns of many windows at once, as an array that is kept as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from watchkeeper.monitoring.drift import family
from watchkeeper.monitoring.drift.columns import Lined
from watchkeeper.monitoring.drift.effect import distances
from watchkeeper.monitoring.drift.facets import OF_LEVELS, OF_NUMBERS
from watchkeeper.monitoring.drift.facets.facet import Region
from watchkeeper.monitoring.drift.facets.worst_level import WORST_LEVEL, worst
from watchkeeper.monitoring.drift.measures.measure import Places
from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.drift.sizing import everything
from watchkeeper.monitoring.drift.thinning import thinned
from watchkeeper.monitoring.drift.verdict import Effect, Verdict
from watchkeeper.monitoring.drift.visible import rows_enough, smallest
from watchkeeper.monitoring.drift.weighing import CODES, FLOORS, Weighed, weigh

RECORD = np.dtype(
    [
        ("verdict", "u1"),
        ("ordered", "u1"),
        ("reasons", "u1"),
        ("told", "u1"),
        ("level", "<i4"),
        ("rows", "<i8"),
        ("rows_enough", "<f8"),
        *((name, "<f4") for name in ("p_value", "adjusted_p", "q_value", "effect", "low", "high")),
        *((name, "<f4") for name in ("effective_rows", "smallest_visible", "psi", "distance", "deviation")),
    ]
)
"""A column in a window. `verdict` is a place in `CODES`, or `NO_ROWS`; `reasons` has a bit a facet; `told` says whether
it is one that alarms may be raised on. `distance` is the effect before it is cut at 0, with its standard `deviation`,
so that means over columns can be made of it; not a number where a side has no rows."""
Records: TypeAlias = npt.NDArray[Any]
NO_ROWS = 255
DRIFTED = CODES.index(Verdict.DRIFTED)


@dataclass(frozen=True)
class Part:
    """Columns of some windows that are lined up; `of` names each row's column of the family, `effects` its design
    effect, `psi` its population stability index."""

    lined: Lined
    of: Places
    effects: Floats
    psi: Floats


def judge_windows(
    parts: Sequence[Part], shape: tuple[int, int], *, alpha: float, floors: Mapping[Region, float] = FLOORS
) -> Records:
    """Of shape (windows, columns). The columns of a window that have rows are one family: with no drift in any, the
    chance that one of them is called drifted is at most `alpha`."""
    found = np.zeros(shape, dtype=RECORD)
    found["verdict"] = NO_ROWS
    weighed = [weigh(thinned(part.lined.sides, part.effects), floors=floors) for part in parts]
    p_values = np.full(shape, np.nan)
    for part, of in zip(parts, weighed, strict=True):
        there = _there(of)
        p_values[part.lined.windows[there], part.of[there]] = of.p_value[there]
    of_family = _families(p_values, alpha)
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


def _families(p_values: Floats, alpha: float) -> _Families:
    thresholds, adjusted, q_values = (np.ones(p_values.shape) for _ in range(3))
    first = np.ones(len(p_values))
    for window, of_window in enumerate(p_values):
        there = ~np.isnan(of_window)
        mine = of_window[there]
        first[window] = family.first_threshold(mine.size, alpha)
        thresholds[window, there] = family.thresholds(mine, alpha)
        adjusted[window, there] = family.adjusted(mine)
        q_values[window, there] = family.q_values(mine)
    return _Families(thresholds, adjusted, q_values, first)


def _there(of: Weighed) -> Flags:
    found: Flags = of.sides.n + of.sides.missing[1] > 0
    return found


def _fill(found: Records, part: Part, of: Weighed, families: _Families) -> None:
    there = _there(of)
    places = part.lined.windows, part.of
    thresholds, first = families.thresholds[places], families.first[part.lined.windows]
    weight, sides = of.facets[0].weight, part.lined.sides
    rows = sides.n + sides.missing[1]
    mine = np.zeros(len(rows), dtype=RECORD)
    mine["verdict"] = np.where(there, of.codes(thresholds, first), NO_ROWS)
    mine["ordered"] = sides.ordered
    mine["reasons"] = _reasons(of, thresholds, mine["verdict"] == DRIFTED)
    mine["level"] = _levels(part, mine["reasons"])
    mine["rows"], mine["effective_rows"] = rows, rows / part.effects
    mine["p_value"], mine["psi"] = of.p_value, part.psi
    mine["adjusted_p"], mine["q_value"] = families.adjusted[places], families.q_values[places]
    overall, apart = of.sizes.overall, distances(*everything(of.sides))
    mine["effect"], mine["low"], mine["high"] = overall.estimate, overall.low, overall.high
    mine["distance"], mine["deviation"] = (
        np.where(apart.known, each, np.nan) for each in (apart.estimate, apart.deviation)
    )
    mine["smallest_visible"] = smallest(of.sides, first * weight)
    mine["rows_enough"] = np.ceil(rows_enough(of.sides, first * weight) * part.effects)
    found[part.lined.windows[there], part.of[there]] = mine[there]


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
    """What a record says; None where nothing is known, or no number is."""

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
    psi: float | None


def judged(record: Any) -> Judged | None:
    """Of one column in one window; None where it had no rows."""
    if record["verdict"] == NO_ROWS:
        return None
    facets = OF_NUMBERS if record["ordered"] else OF_LEVELS
    enough = float(record["rows_enough"])
    return Judged(
        verdict=CODES[record["verdict"]],
        effect=Effect(*(float(record[name]) for name in ("effect", "low", "high"))),
        reasons=tuple(facet.name for place, facet in enumerate(facets) if record["reasons"] >> place & 1),
        level=int(record["level"]) if record["level"] >= 0 else None,
        rows=int(record["rows"]),
        rows_enough=int(enough) if np.isfinite(enough) else None,
        psi=float(record["psi"]) if np.isfinite(record["psi"]) else None,
        **{
            name: float(record[name])
            for name in ("p_value", "adjusted_p", "q_value", "effective_rows", "smallest_visible")
        },
    )
