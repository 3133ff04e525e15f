"""The evidence of columns of one sort: each facet's p-value, the column's, and the sizes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from watchkeeper.monitoring.drift.effect import Effects
from watchkeeper.monitoring.drift.facets import OF_LEVELS, OF_NUMBERS
from watchkeeper.monitoring.drift.facets.facet import Facet, Region
from watchkeeper.monitoring.drift.merging import merged
from watchkeeper.monitoring.drift.noise import Noise
from watchkeeper.monitoring.drift.sides import Counts, Flags, Floats, Sides
from watchkeeper.monitoring.drift.sizing import Sizes, size, sizes
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.drift.visible import FEWEST, FEWEST_REFERENCE, TOO_COARSE, Threshold, smallest

FLOORS: Mapping[Region, float] = {Region.SHAPE: 0.02, Region.MISSING: 0.02, Region.UNSEEN: 0.05}
"""Sizes that matter: a mean that moved by .14 deviations, .7 % missing where none were, 1.8 % of rows never seen."""

FEWEST_HELD = 5
"""Rows of the reference below which a facet says nothing: the tails are too far from the truth."""


@dataclass(frozen=True)
class Weighed:
    """`p_values` are by facet, of shape (facets, columns)."""

    sides: Sides
    facets: tuple[Facet, ...]
    p_values: Floats
    sizes: Sizes
    floors: Mapping[Region, float]
    noise: Noise | None

    @cached_property
    def combined(self) -> Floats:
        """Each facet's p-value over its weight, at most 1."""
        weights = np.array([[facet.weight] for facet in self.facets])
        found: Floats = np.minimum(self.p_values / weights, 1.0)
        return found

    @cached_property
    def p_value(self) -> Floats:
        """Of shape (columns,)."""
        found: Floats = self.combined.min(axis=0)
        return found

    def size(self, facet: Facet) -> Effects:
        found: Effects = getattr(self.sizes, facet.region.value)
        return found

    def floor(self, facet: Facet) -> Floats:
        """Any departure from the one value that the reference held matters."""
        floor = self.floors[facet.region]
        return np.where(self.sides.constant & (facet.region is not Region.MISSING), 0.0, floor)

    @cached_property
    def material(self) -> Flags:
        """Of shape (facets, columns): whether the effect may be as large as the floor."""
        return np.stack([self.size(facet).high >= self.floor(facet) for facet in self.facets])

    def significant(self, thresholds: Floats) -> Flags:
        """Of shape (facets, columns), from the thresholds of shape (columns,)."""
        found: Flags = self.combined <= thresholds
        return found

    def enough(self, threshold: Threshold) -> Flags:
        """Whether there are rows enough to call a column stable; `threshold` is the smallest p-value's."""
        sides = self.sides
        absent = (sides.m == 0) & (sides.n == 0)
        before, now = (
            np.where(absent, gone, rows) for gone, rows in zip(sides.missing, (sides.m, sides.n), strict=True)
        )
        fine = smallest(sides, threshold * self.facets[0].weight) <= TOO_COARSE
        before_merged, now_merged = merged(sides)
        tested = (before_merged + now_merged > 0).sum(axis=-1) > 1
        found: Flags = (now >= FEWEST) & (before >= FEWEST_REFERENCE) & (absent | (fine & (tested | ~sides.varies)))
        return found

    def verdicts(self, thresholds: Floats, threshold: Threshold) -> list[Verdict]:
        return [CODES[code] for code in self.codes(thresholds, threshold).tolist()]

    def codes(self, thresholds: Floats, threshold: Threshold) -> Counts:
        """The verdicts as places in `CODES`, of shape (columns,)."""
        significant = self.significant(thresholds)
        drifted, any_ = (significant & self.material).any(axis=0), significant.any(axis=0)
        known = self.enough(threshold)
        found: Counts = np.select([drifted, any_, ~known], [0, 1, 2], 3)
        return found


CODES = (Verdict.DRIFTED, Verdict.IMMATERIAL, Verdict.NOT_ENOUGH_DATA, Verdict.STABLE)


@dataclass(frozen=True)
class Apart:
    """What is known of rows that depend on each other, and more in one respect than in another.

    Attributes:
        regions: the sides of those regions that are worth more or fewer independent rows than others.
        p_values: of facets by name, of shape (columns,); not a number where the sides have to tell.
        noise: what chance alone makes of sizes; None where the sides have to tell.
    """

    regions: Mapping[Region, Sides] = field(default_factory=dict)
    p_values: Mapping[str, Floats] = field(default_factory=dict)
    noise: Noise | None = None

    def of(self, facet: Facet, sides: Sides) -> Floats:
        own = self.regions.get(facet.region, sides)
        held = own.m + own.missing[0] if facet.region is Region.MISSING else own.m
        found = np.where(held < FEWEST_HELD, 1.0, facet.p_values(own))
        known = self.p_values.get(facet.name)
        return found if known is None else np.where(np.isnan(known), found, known)


def weigh(sides: Sides, apart: Apart | None = None, *, floors: Mapping[Region, float] = FLOORS) -> Weighed:
    apart, facets = apart or Apart(), facets_of(sides)
    p_values = np.stack([apart.of(facet, sides) for facet in facets])
    own = {region.value: size(of, region) for region, of in apart.regions.items()}
    return Weighed(sides, facets, p_values, replace(sizes(sides, apart.noise), **own), floors, apart.noise)


def facets_of(sides: Sides) -> tuple[Facet, ...]:
    return OF_NUMBERS if sides.ordered else OF_LEVELS
