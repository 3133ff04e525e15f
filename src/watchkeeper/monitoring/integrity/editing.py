"""Other rules for some columns of a schema, as somebody wrote them."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from watchkeeper.monitoring.integrity.errors import ExpectationRefused
from watchkeeper.monitoring.integrity.schema import Schema

EDITABLE = ("required", "lowest", "highest", "levels", "most_missing", "unique")
"""What can be judged day by day."""
FLAGS = frozenset({"required", "unique"})
MOST_HOURS = 87_600
"""Ten years."""
MOST_LEVELS = 2_000
LARGEST = sys.float_info.max


def edited(schema: Schema, changes: Mapping[str, Mapping[str, Any]]) -> Schema:
    """All of the changes under the next number.

    Raises:
        NoExpectation: there is no such column.
        ExpectationRefused: what can't be a rule, or what no column could keep to.
    """
    found = schema
    for name, wanted in changes.items():
        found = found.changed(name, **{rule: _value(name, rule, value) for rule, value in wanted.items()})
    return replace(found, number=schema.number + 1)


def _value(name: str, rule: str, value: Any) -> Any:
    if rule not in EDITABLE:
        raise _refused(name, f"'{rule[:40]}' is no rule that can be set; there are {', '.join(EDITABLE)}")
    if rule in FLAGS:
        if not isinstance(value, bool):
            raise _refused(name, f"`{rule}` is true or false")
        return value
    if rule == "levels":
        return None if value is None else _levels(name, value)
    if value is None and rule != "most_missing":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST <= value <= LARGEST:
        raise _refused(name, f"`{rule}` is a number" + ("" if rule == "most_missing" else ", or nothing for no limit"))
    return float(value)


def fresh_within(schema: Schema, hours: Any) -> Schema:
    """How old the newest row may be, under the next number; None for as old as rows lead one to expect. Raise
    ExpectationRefused for what is no number of hours."""
    number = isinstance(hours, int | float) and not isinstance(hours, bool)
    if hours is not None and not (number and 0 < hours <= MOST_HOURS):
        raise ExpectationRefused(
            f"'{str(hours)[:40]}' is no age that the newest row may have. Give more than 0 and up to {MOST_HOURS:,} "
            "hours, or nothing for what the rows of the last weeks lead one to expect.",
            fields=("stalest",),
        )
    return replace(schema, stalest=None if hours is None else float(hours), number=schema.number + 1)


def _levels(name: str, value: Any) -> tuple[str, ...]:
    plain = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    if not plain or len(value) > MOST_LEVELS:
        raise _refused(name, f"`levels` is a list of at most {MOST_LEVELS:,} words, or nothing for any")
    return tuple(sorted({*value}))


def _refused(name: str, what: str) -> ExpectationRefused:
    return ExpectationRefused(f"The rule for '{name[:80]}' can't be taken: {what}.", fields=(name[:80],))
