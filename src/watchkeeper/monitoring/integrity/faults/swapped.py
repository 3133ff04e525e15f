"""A swapped pair of columns: each lies where the other lay in the reference."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from watchkeeper.monitoring.integrity.apart import Marks, apart
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.pair import Compared, Pair
from watchkeeper.monitoring.integrity.sample import Floats

NAME = "swapped columns"
FAR = 0.25
"""How far both have to lie from themselves."""
NEARER = 0.5
"""How much nearer they have to lie to each other."""


def find(pair: Pair) -> Iterator[Fault]:
    moved = sorted((each for each in pair.columns if each.apart >= FAR), key=lambda each: each.name)
    tried = max(len(moved) * (len(moved) - 1) // 2, 1)
    numbers = [each for each in moved if not each.before.in_words]
    words = [each for each in moved if each.before.in_words]
    for one, other in [*_near(numbers), *combinations(words, 2)]:
        yield from _fault(one, other, tried)


def _near(moved: Sequence[Compared]) -> Iterator[tuple[Compared, Compared]]:
    """Those pairs of numbers of which neither is known to lie too far from where the other lay."""
    if not moved:
        return
    marks = [Marks.of(each.now.present) for each in moved]
    values, shares = np.stack([each.values for each in marks]), np.stack([each.shares for each in marks])
    crossed = np.stack([_at_least(each.before.present, values, shares) for each in moved])
    apart = np.array([each.apart for each in moved])
    allowed = NEARER * np.minimum(apart, apart[:, np.newaxis])
    near = np.triu(np.maximum(crossed, crossed.T) <= allowed, k=1)
    yield from ((moved[first], moved[second]) for first, second in np.argwhere(near).tolist())


def _at_least(before: Floats, values: Floats, shares: Floats) -> Floats:
    """As `Marks.at_least`, of many."""
    found: Floats = np.abs(np.searchsorted(before, values, side="right") / before.size - shares).max(axis=-1)
    return found


def _fault(one: Compared, other: Compared, tried: int) -> Iterator[Fault]:
    straight = min(one.apart, other.apart)
    crossed = max(apart(one.before, other.now), apart(other.before, one.now))
    if crossed > NEARER * straight:
        return
    yield Fault(
        name=NAME,
        columns=(one.name, other.name),
        sentence=f"{one.name} and {other.name} look swapped: each holds what the other one held in the reference.",
        p_value=min(1.0, max(one.chance, other.chance) * tried),
        remaining=crossed,
        evidence={"apart": straight, "apart_swapped": crossed},
    )
