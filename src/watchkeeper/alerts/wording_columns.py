"""What is said of a spell that is made up of columns: which they are now, since when each, and which are well again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from watchkeeper.alerts.firing import Spell
from watchkeeper.alerts.rule import Rule
from watchkeeper.alerts.signals.signal import Measure, Signal
from watchkeeper.monitoring.days import spelled, spelled_period
from watchkeeper.monitoring.references.watching import PREDICTIONS

MOST = 3
"""Columns of the same days that are named, and groups of such."""


@dataclass(frozen=True)
class Words:
    """Of the first columns `before` them and `one` or `many` after them, or `past` once it is over; `again` before the
    next ones, and `well` before those that it is no longer of."""

    before: str
    one: str
    many: str
    past: str
    again: str
    well: str


WORDS: Mapping[Measure, Words] = {
    Measure.COLUMNS: Words("", "has drifted", "have drifted", "drifted", "", ""),
    Measure.FAULTS: Words("the data of ", "look broken", "look broken", "looked broken", "of ", "those of "),
    Measure.SHARE: Words(
        "values of ",
        "have broken the signature",
        "have broken the signature",
        "broke the signature",
        "of ",
        "those of ",
    ),
}


def of_columns(rule: Rule, signal: Signal, spell: Spell) -> str:
    """`a and b have drifted since 14 January 2013, c since 20 January 2013. d no longer does.`"""
    words, shares = WORDS[signal.measure], signal.measure is Measure.SHARE
    groups = _groups(_in_order(spell, shares=shares), open_=spell.open)
    beyond = rule.threshold if shares else None
    clauses = [_clause(group, words, spell, first=not place, share=beyond) for place, group in enumerate(groups[:MOST])]
    more = sum(map(len, groups[MOST:]))
    said = ", ".join([*clauses, *([f"and {more} more"] if more else [])])
    limit = f" The limit is {percent(rule.threshold)}." if shares else ""
    return f"{begun(said, spell)}.{_well(spell, words)}{limit}"


def who(spell: Spell, *, counted: bool) -> str:
    """Those that it is of now, in a few words: `Temperature`, `a and b`, `a and 2 more`."""
    names = [_named(each.about) for each in _in_order(spell, shares=not counted)]
    # A firing of before columns had spells of their own knows only how many they were.
    count = len(names) if spell.columns or not counted else max(round(spell.worst), 1)
    if count == len(names) == 2:
        return " and ".join(names)
    return f"{names[0]}{f' and {count - 1} more' if count > 1 else ''}"


def begun(what: str, spell: Spell) -> str:
    """As a sentence begins, but for a column's name, which is as it is."""
    names = [each.about for each in spell.columns or (spell,) if each.about]
    is_name = any(what.startswith((f"{name} ", f"{name},")) for name in names)
    return what if is_name else f"{what[:1].upper()}{what[1:]}"


def period(spell: Spell) -> str:
    """`on 14 January 2013`, `from 14 to 19 January 2013`."""
    days = spelled_period(spell.since, spell.until)
    return f"on {days}" if spell.since == spell.until else f"from {days}"


def _in_order(spell: Spell, *, shares: bool) -> list[Spell]:
    """Each column once, those that have it longest first, or those that have most of it."""
    by_name: dict[str, list[Spell]] = {}
    for each in spell.going:
        by_name.setdefault(each.about, []).append(each)
    found = [_from_first_to_last(parts) for parts in by_name.values()]
    return sorted(found, key=lambda each: -each.worst) if shares else found


def _from_first_to_last(parts: Sequence[Spell]) -> Spell:
    """Of a column that was well in between: of more than one part, which it is then made up of."""
    worst, until = max(each.worst for each in parts), max(each.until for each in parts)
    last, apart = max(parts, key=lambda each: each.until).last, tuple(parts) if len(parts) > 1 else ()
    return replace(parts[0], worst=worst, until=until, last=last, columns=apart)


def _groups(parts: Sequence[Spell], *, open_: bool) -> list[list[Spell]]:
    """Of the same days, those with breaks apart."""

    def days(each: Spell) -> tuple[str, str, bool]:
        return each.since, "" if open_ else each.until, bool(each.columns)

    return [list(each) for _, each in groupby(parts, key=days)]


def _clause(group: Sequence[Spell], words: Words, spell: Spell, *, first: bool, share: float | None) -> str:
    """`share` is that from which a column breaks the signature, which it need not do on each of the days that count."""
    names = _listed([_named(each.about) for each in group])
    verb = (words.one if len(group) == 1 else words.many) if spell.open else words.past
    when = f"since {spelled(group[0].since)}" if spell.open else period(group[0])
    when += ", with breaks" if any(each.columns for each in group) else ""
    if share is not None:
        over = spell.open and all(each.last <= share for each in group)
        when += f", last on {spelled(max(each.until for each in group))}" if over else ""
        when += f" ({percent(max(each.worst for each in group))} of a day's at worst)"
    return f"{words.before}{names} {verb} {when}" if first else f"{words.again}{names} {when}"


def _well(spell: Spell, words: Words) -> str:
    now = {each.about for each in spell.going}
    names = list(dict.fromkeys(_named(each.about) for each in spell.gone if each.about not in now))
    if not names:
        return ""
    do = "does" if len(names) == 1 and not words.well else "do"
    said = f"{words.well}{_listed(names)} no longer {do}."
    return f" {begun(said, spell)}"


def _listed(names: Sequence[str]) -> str:
    shown = [*names[:MOST], *([f"{len(names) - MOST} more"] if len(names) > MOST else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _named(about: str) -> str:
    return f"the {about}" if about in PREDICTIONS.values() else about or "a column"


def percent(value: float) -> str:
    return f"{value * 100:.3g} %"
