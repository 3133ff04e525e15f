"""A swapped pair of columns: each lies where the other lay in the reference."""

from collections.abc import Iterator
from itertools import combinations

from watchkeeper.monitoring.integrity.apart import apart
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.pair import Compared, Pair

NAME = "swapped columns"
FAR = 0.25
"""How far both have to lie from themselves."""
NEARER = 0.5
"""How much nearer they have to lie to each other."""


def find(pair: Pair) -> Iterator[Fault]:
    moved = sorted((each for each in pair.columns if each.apart >= FAR), key=lambda each: each.name)
    tried = max(len(moved) * (len(moved) - 1) // 2, 1)
    for one, other in combinations(moved, 2):
        if one.before.in_words is other.before.in_words:
            yield from _fault(one, other, tried)


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
