"""The sizes that verdicts speak of, in fixed groups: the same drift has the same size at any number of rows.

Where the reference holds so many rare levels that its fixed groups tell most of them not apart, sizes are of the levels
that stand alone in the tests: else all of them could change places and nothing be seen of it.
"""

from dataclasses import dataclass, replace

import numpy as np

from watchkeeper.monitoring.drift.effect import Effects, effects
from watchkeeper.monitoring.drift.facets.facet import Region
from watchkeeper.monitoring.drift.merging import kept, merged, summed
from watchkeeper.monitoring.drift.noise import Noise
from watchkeeper.monitoring.drift.sides import Flags, Floats, Sides


@dataclass(frozen=True)
class Sizes:
    """Of the present values' shape, of the share of missing ones, of the share that the reference never held; and of
    everything in one, in which the shape weighs as much as there are values."""

    shape: Effects
    missing: Effects
    unseen: Effects
    overall: Effects


def sizes(sides: Sides, noise: Noise | None = None) -> Sizes:
    """`noise` is that of the shape."""
    found = Sizes(
        **{region.value: size(sides, region, noise if region is Region.SHAPE else None) for region in Region},
        overall=effects(*everything(sides), noise),
    )
    alone = _alone_elsewhere(sides)
    if not alone.any():
        return found
    (before, now), absent = merged(sides), sides.missing[:, :, np.newaxis]
    shape = effects(before, now, noise)
    overall = effects(np.hstack([before, absent[0]]), np.hstack([now, absent[1]]), noise)
    return replace(found, shape=_where(alone, shape, found.shape), overall=_where(alone, overall, found.overall))


def _alone_elsewhere(sides: Sides) -> Flags:
    """The columns of which a level that stands alone in the tests is not told apart from the rare ones in sizes."""
    if sides.ordered:
        return np.zeros(len(sides.reference), dtype=np.bool_)
    other = sides.rare & ~sides.unseen
    group = np.take_along_axis(sides.groups, other.argmax(axis=-1)[:, np.newaxis], axis=-1)
    found: Flags = other.any(axis=-1) & (kept(sides) & (sides.groups == group)).any(axis=-1)
    return found


def _where(flags: Flags, found: Effects, other: Effects) -> Effects:
    return Effects(*(np.where(flags, getattr(found, end), getattr(other, end)) for end in ("estimate", "low", "high")))


def size(sides: Sides, region: Region, noise: Noise | None = None) -> Effects:
    """Of one region alone."""
    reference, window = _expected(sides), sides.window.astype(np.float64)
    match region:
        case Region.SHAPE:
            return effects(summed(reference, sides.groups), summed(window, sides.groups), noise)
        case Region.UNSEEN:
            return effects(_two_cells(reference, sides), _two_cells(window, sides))
        case Region.MISSING:
            each = zip((sides.m, sides.n), sides.missing.astype(np.float64), strict=True)
            before, now = (np.stack([rows, gone], axis=-1) for rows, gone in each)
            return effects(before, now)


def everything(sides: Sides) -> tuple[Floats, Floats]:
    """Reference and window in their fixed groups, the missing values as one more, of shape (columns, groups)."""
    before, now = (summed(side, sides.groups) for side in (_expected(sides), sides.window.astype(np.float64)))
    absent = sides.missing.astype(np.float64)[:, :, np.newaxis]
    return np.hstack([before, absent[0]]), np.hstack([now, absent[1]])


def _expected(sides: Sides) -> Floats:
    """The reference, with its levels that are there once among the new ones: so many new rows are to be expected."""
    counts = sides.reference.astype(np.float64)
    if sides.ordered:
        return counts
    other = sides.rare & ~sides.unseen
    moved = np.minimum(sides.once[:, np.newaxis], counts) * other * sides.unseen.any(axis=-1, keepdims=True)
    found: Floats = counts - moved + sides.unseen * moved.sum(axis=-1, keepdims=True)
    return found


def _two_cells(counts: Floats, sides: Sides) -> Floats:
    return np.stack([(counts * ~sides.unseen).sum(axis=-1), (counts * sides.unseen).sum(axis=-1)], axis=-1)
