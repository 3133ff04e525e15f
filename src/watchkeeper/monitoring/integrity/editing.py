"""Other rules for some columns of a schema, as somebody wrote them."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from watchkeeper.monitoring.integrity.errors import ExpectationRefused
from watchkeeper.monitoring.integrity.expectation import Expectation
from watchkeeper.monitoring.integrity.observed import COUNTABLE
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.tables.column import Kind

EDITABLE = ("required", "lowest", "highest", "levels", "most_missing", "unique")
"""What can be judged day by day."""
FLAGS = frozenset({"required", "unique"})
OF_KINDS = {
    "lowest": frozenset({Kind.NUMERIC, Kind.INTEGER, Kind.TEXT}),
    "highest": frozenset({Kind.NUMERIC, Kind.INTEGER, Kind.TEXT}),
    "levels": frozenset({Kind.CATEGORICAL}),
    "unique": COUNTABLE,
}
"""Whose values have what the rule is about; that of text is its length."""
FEWEST_HOURS, MOST_HOURS = 0.01, 87_600
"""Half a minute, and ten years."""
MOST_LEVELS, LONGEST_LEVEL = 2_000, 1_000
LARGEST = sys.float_info.max


def edited(schema: Schema, changes: Mapping[str, Mapping[str, Any]]) -> Schema:
    """All of the changes under the next number.

    Raises:
        NoExpectation: there is no such column.
        ExpectationRefused: what can't be a rule, or what no column could keep to.
    """
    found = schema
    for name, wanted in changes.items():
        of = found.of(name)
        if not wanted:
            raise _refused(name, f"none is given; there are {', '.join(EDITABLE)}")
        found = found.changed(name, **{rule: _value(of, rule, value) for rule, value in wanted.items()})
    return replace(found, number=schema.number + 1)


def _value(of: Expectation, rule: str, value: Any) -> Any:
    name = of.name
    if rule not in EDITABLE:
        raise _refused(name, f"'{rule[:40]}' is no rule that can be set; there are {', '.join(EDITABLE)}")
    if value is not None and value is not False and of.kind not in OF_KINDS.get(rule, (of.kind,)):
        fitting = ", ".join(each for each in EDITABLE if of.kind in OF_KINDS.get(each, (of.kind,)))
        raise _refused(name, f"`{rule}` says nothing of a column that is {of.kind.value}; it can have {fitting}")
    if rule in FLAGS:
        if not isinstance(value, bool):
            raise _refused(name, f"`{rule}` is true or false")
        return value
    if rule == "levels":
        return None if value is None else _levels(of, value)
    if value is None and rule != "most_missing":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST <= value <= LARGEST:
        raise _refused(name, f"`{rule}` is a number" + ("" if rule == "most_missing" else ", or nothing for no limit"))
    return float(value)


def fresh_within(schema: Schema, hours: Any) -> Schema:
    """How old the newest row may be, under the next number; None for as old as rows lead one to expect. Raise
    ExpectationRefused for what is no number of hours."""
    number = isinstance(hours, int | float) and not isinstance(hours, bool)
    if hours is not None and not (number and FEWEST_HOURS <= hours <= MOST_HOURS):
        raise ExpectationRefused(
            f"'{str(hours)[:40]}' is no age that the newest row may have. Give {FEWEST_HOURS} to {MOST_HOURS:,} "
            "hours, or nothing for what the rows of the last weeks lead one to expect.",
            fields=("stalest",),
        )
    return replace(schema, stalest=None if hours is None else float(hours), number=schema.number + 1)


def _levels(of: Expectation, value: Any) -> tuple[str, ...]:
    name = of.name
    plain = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    if not plain or len(value) > MOST_LEVELS:
        raise _refused(name, f"`levels` is a list of at most {MOST_LEVELS:,} words, or nothing for any")
    if not value:
        raise _refused(
            name, "`levels` names none, so that no value could keep to it; name some, or give nothing for any"
        )
    for level in value:
        if not level.strip() and level not in (of.levels or ()):
            raise _refused(name, "one of the `levels` is empty; what is missing is counted by `most_missing`")
        if len(level) > LONGEST_LEVEL:
            raise _refused(name, f"'{level[:40]}…' has more than {LONGEST_LEVEL:,} characters, which no level may")
    twice = [level for place, level in enumerate(value) if level in value[:place]]
    if twice:
        raise _refused(name, f"'{twice[0][:40]}' stands twice among the `levels`")
    return tuple(sorted(value))


def _refused(name: str, what: str) -> ExpectationRefused:
    return ExpectationRefused(f"The rule for '{name[:80]}' can't be taken: {what}.", fields=(name[:80],))
