"""What is expected of a column, and what a change of it changed, in words."""

from collections.abc import Iterator, Sequence

from watchkeeper.monitoring.integrity.expectation import Expectation
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.monitoring.integrity.wording import number, percent
from watchkeeper.tables.column import Kind

OF_LEVELS = frozenset({Kind.CATEGORICAL, Kind.BOOLEAN})
MEASURED = frozenset({Kind.NUMERIC, Kind.INTEGER, Kind.TEXT})
MOST_NAMED = 6


def in_words(of: Expectation) -> str:
    """`3.8 to 35.7`, `idle, smelter and 3 more`, `any value`."""
    if of.kind in OF_LEVELS:
        return _levels(of)
    if of.kind not in MEASURED or (of.lowest is None and of.highest is None):
        return f"any {'moment' if of.kind is Kind.TIMESTAMP else 'value'}"
    unit = " characters" if of.kind is Kind.TEXT else ""
    if of.lowest is None:
        return f"up to {number(of.highest or 0.0)}{unit}"
    return f"{number(of.lowest)} {'and more' if of.highest is None else f'to {number(of.highest)}'}{unit}"


def changes(before: Schema, after: Schema) -> list[str]:
    """A line for each rule that the later one has otherwise: `Temperature: 0 to 50, before 3.8 to 35.7.`"""
    was = {each.name: each for each in before.columns}
    there = [each for each in after.columns if each.name in was]
    found = [f"{each.name}: {line}." for each in there for line in _of_column(was[each.name], each)]
    if after.stalest != before.stalest:
        found.append(f"The newest row: {_age(after.stalest)}, before {_age(before.stalest)}.")
    return found


def _of_column(before: Expectation, after: Expectation) -> Iterator[str]:
    if after.levels != before.levels:
        yield from _of_levels(before, after)
    elif (after.lowest, after.highest) != (before.lowest, before.highest):
        yield f"{in_words(after)}, before {in_words(before)}"
    if after.most_missing != before.most_missing:
        yield f"{percent(after.most_missing)} may be missing, before {percent(before.most_missing)}"
    if after.unique != before.unique:
        yield "no value twice in a day" if after.unique else "a value may stand in several rows"
    if after.required != before.required:
        yield "has to be there" if after.required else "may be absent"


def _of_levels(before: Expectation, after: Expectation) -> Iterator[str]:
    if after.levels is None or before.levels is None:
        yield f"{in_words(after)}, before {in_words(before)}"
        return
    for word, these, those in (("now also", after.levels, before.levels), ("no longer", before.levels, after.levels)):
        if told := [level for level in these if level not in those]:
            yield f"{word} {_named(told)}"


def _levels(of: Expectation) -> str:
    if of.levels is None:
        return "true or false" if of.kind is Kind.BOOLEAN else "any level"
    return _named(of.levels) if of.levels else "no level"


def _named(levels: Sequence[str]) -> str:
    more = len(levels) - MOST_NAMED
    named = ", ".join(levels[:MOST_NAMED])
    return f"{named} and {more:,} more" if more > 0 else named


def _age(hours: float | None) -> str:
    return "as old as usual" if hours is None else f"at most {number(hours)} hour{'' if hours == 1 else 's'} old"
