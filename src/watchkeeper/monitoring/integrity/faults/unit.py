"""A changed unit: values times a factor, or moved by an offset, that otherwise lie as they did.

A known conversion is taken where the window hardly overlaps the reference until it is undone; one by a smaller factor
only where the step in which the numbers go gives it away, or where hardly anything remains. A factor or offset that
nobody uses has to be large and to leave hardly anything, since prices rise and sensors age by themselves. Where such a
factor leaves far less than a known one, it is told instead, or beside it where the two are near. What goes on from
where it was, as years, ids and positions do, has another one only where nothing else is left. Numbers are laid beside
those of the same months, where the reference knows a year.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from watchkeeper.monitoring.integrity.apart import Marks, chance_of_numbers, of_numbers
from watchkeeper.monitoring.integrity.counter import counts_on, counts_on_in
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.grain import NEARLY_ALL, grain, share_on
from watchkeeper.monitoring.integrity.pair import Compared, Pair
from watchkeeper.monitoring.integrity.sample import Floats
from watchkeeper.monitoring.integrity.units import KNOWN, Conversion, fitted
from watchkeeper.monitoring.integrity.wording import percent

NAME = "changed unit"
FEWEST = 20
FAR, NEARER, CLOSE = 0.8, 0.55, 0.3
SMALL, HARDLY, NEARLY_NOTHING = 0.3, 0.12, 0.06
OTHERWISE = 2.5
"""Times more or fewer values that are not zero, from which something else has happened."""
LARGE = math.log(2.8)
FAR_OFF = 4.5
"""Deviations of the reference; numbers that count on from where they were are 3.5 further after as many again."""
STEPPED = 0.75
"""The part of the distance that may be left where the numbers' step tells of another unit: rounding makes steps too."""
MUCH_LESS = 0.5
BESIDE, TENFOLD = math.log(1.6), math.log(10.0)
"""A factor that lies no farther from a known one may be that, of values that have changed themselves. Moments go on in
another unit from such a factor on."""
OFF = 0.7
"""The share of rows that would be multiples of another unit's step by themselves."""


@dataclass(frozen=True)
class Tried:
    """A conversion, how far the window lies without and with it undone, whether the numbers' step tells of it, and
    whether they go in the reference's step as they are, which tells against it.

    Attributes:
        chance: the p-value of `apart`.
        odd: whether it is of a quantity that is hardly ever as large as the reference's values.
        alone: the factor that leaves far less, had the values not changed themselves.
    """

    conversion: Conversion
    apart: float
    chance: float
    remaining: float
    stepped: bool
    in_step: bool
    far_off: bool
    odd: bool = False
    alone: Conversion | None = None

    @property
    def is_large(self) -> bool:
        return bool(self.conversion.offset) or abs(math.log(abs(self.conversion.scale))) >= math.log(7.0)

    @property
    def holds(self) -> bool:
        gain, far = self.apart - self.remaining, self.apart >= FAR
        if self.odd:
            return far and self.remaining <= HARDLY
        if self.stepped:
            return self.remaining <= STEPPED * self.apart
        if self.is_large:
            return far and self.remaining <= NEARER * self.apart
        near = self.remaining <= CLOSE * self.apart if far else self.remaining <= NEARLY_NOTHING and gain >= SMALL
        return near and (not self.in_step or (far and self.remaining <= NEARLY_NOTHING))

    @property
    def holds_unknown(self) -> bool:
        gain = self.apart - self.remaining
        if self.conversion.offset:
            return self.far_off and self.apart >= 0.97 and self.remaining <= 0.4
        return abs(math.log(self.conversion.scale)) >= LARGE and gain >= SMALL and self.remaining <= HARDLY


def find(pair: Pair) -> Iterator[Fault]:
    for column in pair.of_season:
        if column.is_measured and min(column.before.present.size, column.now.present.size) >= FEWEST:
            best = _best(column.before.present, column.now.present)
            if best is not None and (best.remaining <= HARDLY or not counts_on(column)):
                yield _fault(column, best)
            elif best is None:
                yield from _of_counter(column)


def _of_counter(column: Compared) -> Iterator[Fault]:
    """Moments in another unit lie nowhere in the reference, whatever is undone: they go on where it ends."""
    for of in KNOWN:
        if not of.offset and abs(math.log(abs(of.scale))) >= TENFOLD and of.scale > 0 and counts_on_in(column, of):
            yield Fault(
                name=NAME,
                columns=(column.name,),
                sentence=(
                    f"{column.name} looks {of.words}{_called(of)}: with that undone it goes on where the reference "
                    "ends, and as it is it lies far from there."
                ),
                p_value=min(1.0, column.chance * len(KNOWN)),
                remaining=0.0,
                evidence={"factor": of.scale, "offset": 0.0, "apart": column.apart},
            )
            return


def _best(before: Floats, now: Floats) -> Tried | None:
    """Those that the step tells of first."""
    step = grain(before)
    if of_numbers(before, now) < HARDLY and _off_zero(before, now) < HARDLY:
        return None
    known = [each for each in (_tried(of, before, now, step) for of in KNOWN) if each is not None and each.holds]
    best = min(known, key=_leaves, default=None)
    if best is not None and best.remaining <= HARDLY:
        return best
    others = (_tried(of, before, now, None) for of in fitted(before, now))
    other = min((each for each in others if each is not None and each.holds_unknown), key=_leaves, default=None)
    if best is None or other is None:
        return best or other
    if other.remaining > MUCH_LESS * best.remaining:
        return best
    return replace(best, alone=other.conversion) if _is_beside(best.conversion, other.conversion) else other


def _is_beside(known: Conversion, other: Conversion) -> bool:
    """Whether a factor may be a known one of values that have changed themselves."""
    plain = not (known.offset or other.offset) and known.scale > 0
    return plain and abs(math.log(other.scale / known.scale)) <= BESIDE


def _leaves(each: Tried) -> tuple[bool, bool, float]:
    return each.odd, not each.stepped, each.remaining


def _off_zero(before: Floats, now: Floats) -> float:
    was, are = before[before != 0], now[now != 0]
    return of_numbers(was, are) if min(was.size, are.size) >= FEWEST else 0.0


def _tried(of: Conversion, before: Floats, now: Floats, step: float | None) -> Tried | None:
    """Zeros stay zeros in a change of scale, so only the others tell of it, and they stay about as many."""
    kept = 1.0
    if not of.offset:
        kept = float((now != 0).mean() / (before != 0).mean()) if before.any() else 0.0
        before, now = before[before != 0], now[now != 0]
    if min(before.size, now.size) < FEWEST or not 1 / OTHERWISE <= kept <= OTHERWISE:
        return None
    stepped = step is not None and _stepped(of, before, now, step)
    if not stepped and of.scale > 0 and Marks.of(of.undone(now)).at_least(before) > NEARER:
        return None
    # Numbers that turn their sign stay in their step.
    in_step = step is not None and of.scale != -1.0 and share_on(now, step) >= NEARLY_ALL
    apart, remaining = of_numbers(before, now), of_numbers(before, of.undone(now))
    chance, far_off = chance_of_numbers(apart, before.size, now.size), bool(of.offset) and _is_far_off(of, before, now)
    odd = of.within is not None and not _is_within(of.within, before)
    return Tried(of, apart, chance, remaining, stepped, in_step, far_off, odd)


def _is_within(usual: tuple[float, float], before: Floats) -> bool:
    low, high = np.quantile(before, (0.01, 0.99))
    return bool(usual[0] <= low and high <= usual[1])


def _is_far_off(of: Conversion, before: Floats, now: Floats) -> bool:
    """Of years the next ones are far off in deviations; counts, which begin at none, are not followed by others."""
    gap = max(now[0] - before[-1], before[0] - now[-1])
    follow = 0 < gap <= 1 and before[0] > 0 and bool((before % 1 == 0).all())
    if follow or np.quantile(before, 0.1) == np.quantile(before, 0.9):
        return False
    return abs(of.offset) >= FAR_OFF * float(before.std())


def _stepped(of: Conversion, before: Floats, now: Floats, step: float) -> bool:
    """Whether the numbers go in the step of the other unit, and would not by themselves."""
    other = abs(of.scale) * step
    if of.scale in {1.0, -1.0} or share_on(now - of.offset, other) < NEARLY_ALL:
        return False
    return share_on(before - of.offset, other) <= OFF or share_on(now, step) <= OFF


def _fault(column: Compared, best: Tried) -> Fault:
    of = best.conversion
    words = f"{of.words}{_called(of)}"
    if best.alone is not None:
        words += f" of values that have changed themselves, or else {best.alone.words}"
    return Fault(
        name=NAME,
        columns=(column.name,),
        sentence=(
            f"{column.name} looks {words}: as it is, {percent(best.apart)} of its values would have to move "
            f"to lie as in the reference, and {percent(best.remaining)} with that undone."
        ),
        p_value=min(1.0, best.chance * (len(KNOWN) + 2)),
        remaining=best.remaining,
        evidence={
            "factor": of.scale,
            "offset": of.offset,
            "apart": best.apart,
            "apart_undone": best.remaining,
            "step_tells": float(best.stepped),
        },
    )


def _called(of: Conversion) -> str:
    return f" ({of.called}, perhaps)" if of.called else ""
