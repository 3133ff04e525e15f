"""What a comparison rests on: rows that are independent, alike within stretches of time, or held against a season."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from watchkeeper.monitoring.drift import family
from watchkeeper.monitoring.drift.columns import lined_up
from watchkeeper.monitoring.drift.dependence import design_effect
from watchkeeper.monitoring.drift.facets import OF_LEVELS, OF_NUMBERS
from watchkeeper.monitoring.drift.facets.facet import Region
from watchkeeper.monitoring.drift.facets.worst_level import worst
from watchkeeper.monitoring.drift.seasons import matching
from watchkeeper.monitoring.drift.seasons.matching import Season
from watchkeeper.monitoring.drift.sides import Floats, Sides
from watchkeeper.monitoring.drift.thinning import thinned
from watchkeeper.monitoring.drift.weighing import Apart
from watchkeeper.monitoring.two_tables.blocks import Blocks
from watchkeeper.monitoring.two_tables.counting import Counted
from watchkeeper.monitoring.two_tables.kinds import as_kept
from watchkeeper.monitoring.two_tables.seasons import Seasons
from watchkeeper.monitoring.two_tables.source import Source

INDEPENDENT = "The rows were taken as independent of each other, since nothing says when they happened."
DEPENDENT = (
    "The rows were counted for as many independent ones as they are worth, by how alike the reference's are within "
    "{days:.0f} days. A season is not taken out: compare with the same months, or give a reference of a year."
)
SEASONAL = (
    "The current rows were held against the reference of the same season: its rows of the same months, hours, and days "
    "off or not, weighted as the current ones are. All were counted for as many independent ones as they are worth, by "
    "how alike the reference's neighbouring weeks are.{left}{years}"
)
LEFT = " {left:,} rows, whose season the reference does not hold, or that have no time, were left out."
SEVERAL = 1.5
"""Years from which they are spoken of in the plural."""
BETWEEN_YEARS = " How much one year differs from another cannot be told from {years}."


@dataclass(frozen=True)
class Judged:
    """A column as it was compared.

    Attributes:
        counted: the counts that were compared.
        level: the place of the level whose share changed most clearly; None for numbers.
        each: how many rows are worth one independent row.
        left: rows that were left out, since the reference does not hold their season.
        lacking: whether these are too many to say anything.
        reference_worth: how many independent rows the reference of the season is worth.
    """

    counted: Counted
    level: int | None
    each: float = 1.0
    left: int = 0
    lacking: bool = False
    reference_worth: float | None = None


@dataclass(frozen=True)
class Part:
    """Columns of one sort, as a verdict on them is made; `columns` says which of all each is."""

    sides: Sides
    columns: Sequence[int]
    apart: Apart


@dataclass(frozen=True)
class Basis:
    columns: Sequence[Judged]
    parts: Sequence[Part]
    said: str
    season: bool = False


def independent(counted: Mapping[str, Counted]) -> Basis:
    return _thinned(list(counted.values()), np.ones(len(counted)), INDEPENDENT)


def in_stretches(counted: Mapping[str, Counted], before: Source, stretches: Blocks, *, alpha: float) -> Basis:
    """Each column's counts over its design effect."""
    each, found = list(counted.values()), np.ones(len(counted))
    first = family.first_threshold(len(each), alpha)
    for place, of in enumerate(each):
        roles = of.bins.layout.roles()
        rows = stretches.count(of.bins, as_kept(before.column(of.bins.column.name), of.bins.column.kind))
        if roles.grouped:
            rows = np.stack([rows[:, group].sum(axis=-1) for group in of.bins.groups()], axis=-1)
        weight = (OF_NUMBERS if roles.ordered else OF_LEVELS)[0].weight
        found[place] = design_effect(rows, ordered=roles.ordered, p_value=first * weight)
    return _thinned(each, found, DEPENDENT.format(days=stretches.days))


def _thinned(counted: Sequence[Counted], effects: Floats, said: str) -> Basis:
    parts, levels = [], dict[int, int | None]()
    for part in _lined(counted):
        sides, apart = thinned(part.sides, *[effects[list(part.columns)]] * 2)
        parts.append(replace(part, sides=sides, apart=apart))
        changed = [None] * len(part.columns) if part.sides.ordered else worst(part.sides).tolist()
        levels |= dict(zip(part.columns, changed, strict=True))
    columns = [Judged(of, levels[place], effects[place]) for place, of in enumerate(counted)]
    return Basis(columns, parts, said)


def in_season(counted: Mapping[str, Counted], before: Source, now: Source, seasons: Seasons, *, alpha: float) -> Basis:
    found = seasons.match(list(counted.values()), before, now, alpha=alpha)
    sizes = np.cumsum([of.bins.size for of in counted.values()])[:-1]
    sides = zip(np.split(found.reference, sizes), np.split(found.window, sizes), strict=True)
    columns = [
        _judged(Counted(of.bins, was, is_), found, place)
        for place, (of, (was, is_)) in enumerate(zip(counted.values(), sides, strict=True))
    ]
    parts = []
    for part in _lined([column.counted for column in columns]):
        thin, apart = matching.thinned(part.sides, found, np.array(part.columns))
        parts.append(Part(thin, part.columns, apart))
    return Basis(columns, parts, _said(seasons, columns), season=True)


def _judged(counted: Counted, found: Season, place: int) -> Judged:
    worth, level = found.worth[Region.SHAPE], int(found.level[place])
    window = float(worth.window[place])
    return Judged(
        counted=counted,
        level=level if level >= 0 else None,
        each=max(int(counted.window.sum()) / window, 1.0) if window else 1.0,
        left=int(found.left[place]),
        lacking=not found.covered[place],
        reference_worth=float(worth.reference[place]),
    )


def _said(seasons: Seasons, columns: Sequence[Judged]) -> str:
    left = max(column.left for column in columns)
    years = "a single one" if seasons.years < SEVERAL else f"{seasons.years:.0f} of them"
    return SEASONAL.format(left=LEFT.format(left=left) if left else "", years=BETWEEN_YEARS.format(years=years))


def _lined(counted: Sequence[Counted]) -> list[Part]:
    lined = lined_up([of.bins for of in counted], [of.reference for of in counted], [of.window for of in counted])
    return [Part(part.sides, part.columns.tolist(), Apart()) for part in lined]
