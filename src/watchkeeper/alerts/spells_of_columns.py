"""Spells that are made up of columns: each has one of its own, and those that overlap are one firing.

A source that breaks takes many columns with it, and that is one message. A column that joins later is told of, and one
that is well again before the others has its own end.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from watchkeeper.alerts.firing import Spell
from watchkeeper.alerts.rule import Reading, Rule, breaches
from watchkeeper.alerts.spelling import spells
from watchkeeper.monitoring.days import moved


def spells_of_columns(
    readings: Sequence[Reading], rule: Rule, *, counted: bool, start: str = "", was: Spell | None = None
) -> list[Spell]:
    """The spells that are open on `start` or open later.

    Args:
        readings: in order of their days; those before `start` only fill the windows that a rule looks back on.
        rule: how many of how many windows of a column have to be beyond which threshold.
        counted: whether that threshold is how many columns there may be at once; else it is that of each.
        start: the first day to be judged.
        was: the spell that was open on the day before it.
    """
    if was is not None and not was.columns:
        was = replace(was, columns=(was,))
    own = replace(rule, threshold=0.0) if counted else rule
    parts = [each for name in _names(readings, was) for each in _of_column(name, readings, own, start=start, was=was)]
    judged = [each for each in readings if each.day >= start and breaches(each, rule, above=True) is not None]
    at_once = _AtOnce(parts, rule.threshold if counted else 0.0, counted=counted)
    return list(_together(judged, at_once, was))


@dataclass(frozen=True)
class _AtOnce:
    """The spells of columns, and how many of them there may be at once."""

    parts: Sequence[Spell]
    allowed: float
    counted: bool

    def on(self, reading: Reading) -> float | None:
        """How many columns there are, or the signal of the worst; None where there are no more than there may be."""
        going = [each for each in self.parts if _is_on(each, reading.day)]
        if len(going) <= self.allowed:
            return None
        return float(len(going)) if self.counted else max(reading.columns.get(each.about, 0.0) for each in going)

    def made_up(self, spell: Spell) -> Spell:
        """With the columns that overlap it, whether they were over before the first day judged or not."""
        over = [each for each in spell.columns if not each.open]
        new = [each for each in self.parts if each.overlaps(spell.opened, spell.closed) and each not in over]
        columns = tuple(sorted([*over, *new], key=lambda each: (each.since, -each.worst, each.about)))
        since, until = min([spell.since, *(each.since for each in columns)]), max(each.until for each in columns)
        until = until if spell.closed is None else min(until, moved(spell.closed, -1))
        worst = spell.worst if self.counted else max(each.worst for each in columns)
        made = replace(spell, since=since, until=until, worst=worst, columns=columns)
        return replace(made, about=(made.going[0] if self.counted else max(columns, key=lambda each: each.worst)).about)


def _together(readings: Sequence[Reading], of: _AtOnce, was: Spell | None) -> Iterator[Spell]:
    current = was
    for reading in readings:
        now = of.on(reading)
        if now is not None and current is None:
            current = Spell(reading.day, reading.day, reading.day, None, now, now, now)
        elif now is not None and current is not None:
            current = replace(current, last=now, worst=max(current.worst, now))
        elif current is not None:
            yield of.made_up(replace(current, closed=reading.day, last=reading.value or 0.0))
            current = None
    if current is not None:
        yield of.made_up(current)


def _names(readings: Sequence[Reading], was: Spell | None) -> Mapping[str, None]:
    before = [each.about for each in was.columns] if was else []
    return dict.fromkeys([*before, *(name for each in readings for name in each.columns)])


def _of_column(name: str, readings: Sequence[Reading], rule: Rule, *, start: str, was: Spell | None) -> list[Spell]:
    before = next((each for each in was.columns if each.about == name and each.open), None) if was else None
    return spells([_reading(each, name) for each in readings], rule, above=True, start=start, was=before)


def _reading(of: Reading, name: str) -> Reading:
    value = None if of.value is None else of.columns.get(name, 0.0)
    return replace(of, value=value, about=name, columns={}, since=of.began.get(name, of.since), began={})


def _is_on(spell: Spell, day: str) -> bool:
    return spell.opened <= day and (spell.closed is None or spell.closed > day)
