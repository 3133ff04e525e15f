"""From readings to spells, and from spells to what has changed about the firings."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from watchkeeper.alerts.firing import Firing, Spell
from watchkeeper.alerts.rule import Reading, Rule, breaches


def spells(
    readings: Sequence[Reading],
    rule: Rule,
    *,
    above: bool,
    start: str = "",
    was: Spell | None = None,
) -> list[Spell]:
    """The spells that are open on `start` or open later.

    Args:
        readings: in order of their days; those before `start` only fill the windows that a rule looks back on.
        rule: how many of how many have to be beyond which threshold.
        above: whether too much is above the threshold; else it is below.
        start: the first day to be judged.
        was: the spell that was open on the day before it.
    """
    last: deque[tuple[bool, Reading]] = deque(maxlen=rule.windows)
    found: list[Spell] = []
    current = was
    for reading in readings:
        beyond = breaches(reading, rule, above=above)
        if beyond is None or reading.value is None:
            continue
        last.append((beyond, reading))
        if reading.day < start:
            continue
        enough = sum(each for each, _ in last) >= rule.needed
        if enough and current is None:
            current = _begun([each for beyond, each in last if beyond], reading)
        elif enough and current is not None:
            current = _going_on(current, reading, beyond=beyond, above=above)
        elif current is not None:
            found.append(replace(current, closed=reading.day, last=reading.value))
            current = None
    return [*found, current] if current is not None else found


def _begun(beyond: Sequence[Reading], now: Reading) -> Spell:
    """From the first of those that were beyond, and about what that is about."""
    first, value = beyond[0], _value(now)
    worst = now if first.about == now.about else first
    return Spell(first.since or first.day, now.day, now.day, None, value, _value(worst), value, first.about)


def _going_on(spell: Spell, reading: Reading, *, beyond: bool, above: bool) -> Spell:
    value = reading.value if reading.value is not None else spell.last
    going = replace(spell, last=value, until=reading.day if beyond else spell.until)
    worse = value > spell.worst if above else value < spell.worst
    return replace(going, worst=value) if worse and reading.about == spell.about else going


def _value(reading: Reading) -> float:
    return reading.value or 0.0


@dataclass(frozen=True)
class Change:
    """`firing` is None for a spell that is new, `spell` for a firing that has none any more."""

    firing: Firing | None
    spell: Spell | None


def changes(firings: Sequence[Firing], found: Sequence[Spell]) -> list[Change]:
    """Each spell takes over the earliest firing that it overlaps, so that later data that move its days keep what
    people did about it; what no spell takes over was nothing."""
    free = sorted(firings, key=lambda firing: firing.opened)
    matched: list[Change] = []
    for spell in found:
        mine = [firing for firing in free if spell.overlaps(firing.opened, firing.closed)]
        matched.append(Change(mine[0] if mine else None, spell))
        free = [firing for firing in free if firing not in mine[:1]]
    gone = [Change(firing, None) for firing in free if not firing.withdrawn]
    return [each for each in matched if each.firing is None or each.firing.spell != each.spell] + gone
