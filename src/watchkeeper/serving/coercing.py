"""A caller's rows made to fit a model's signature, and what was wrong with them.

`best_effort` takes what can be understood, treats the rest as missing, and reports both; `strict` refuses what has the
wrong type. A new level or a number outside the range that the model learned from is reported and never refused.
"""

import math
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from watchkeeper.learning.arrays import MANY, Numbers, floats_of
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.serving.deployment import TypePolicy
from watchkeeper.serving.errors import TypesRefused
from watchkeeper.serving.moments import microseconds
from watchkeeper.tables.column import Kind
from watchkeeper.tables.missing import says_missing
from watchkeeper.tables.violation import (
    EXTRA_COLUMN,
    MISSING_COLUMN,
    MISSING_VALUE,
    NEW_LEVEL,
    NOT_FINITE,
    OF_TYPE,
    OUT_OF_RANGE,
    WRONG_TYPE,
)

FEW = 4
"""Values up to which a column is looked at one by one."""
LONGEST_EXAMPLE = 200
MOST_EXTRA = 5
"""Columns that the model does not know and that are named, in one call."""
MOST_NAMED = 5
"""Faults that a refusal spells out."""

Row = Mapping[str, Any]
Columns = Mapping[str, Sequence[Any]]
Violation = tuple[int, str, str, str]
Check = Callable[[Any], tuple[Any, str | None]]
"""A value as it is journalled (None: missing), and what was wrong with it."""

ABSENT: Final = object()
LARGEST: Final = sys.float_info.max
TRUTHS: Final = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


class Coerced(msgspec.Struct, frozen=True):
    """`columns` has one list an input, in journal form; `at` is each row's event time, None where it says none, or
    None altogether where the signature has no time. `keys` are the values of the column by which callers are told
    apart, as they were sent, where there is one."""

    columns: Mapping[str, Sequence[Any]]
    at: Sequence[int | None] | None
    violations: list[Violation]
    keys: Sequence[Any] | None = None


class Coercer:
    """Made once a model; called for each call."""

    def __init__(
        self,
        signature: Signature,
        policy: TypePolicy,
        *,
        passed_over: Collection[str] = (),
        key: str | None = None,
    ) -> None:
        """`passed_over` are columns that the model could have learned from and does not take: they may be sent. `key`
        is the column by which callers are told apart."""
        self._key = key
        self._strict = policy is TypePolicy.STRICT
        self._time = signature.time
        self._checkers = [Checker(each) for each in signature.inputs]
        self._known: set[str | None] = {*(each.name for each in signature.inputs), *passed_over, signature.time}

    def __call__(self, rows: Sequence[Row]) -> Coerced:
        """Raise TypesRefused where the policy is strict and a value has the wrong type."""
        return self._coerced(lambda name: [row.get(name, ABSENT) for row in rows], self._extra(rows))

    def columns(self, given: Columns, count: int) -> Coerced:
        """The same for rows that come as columns of `count` values each."""
        nowhere = [ABSENT] * count
        extra = [
            (0, shown(name), EXTRA_COLUMN, example(given[name][0]))
            for name in sorted(set(given).difference(self._known))[:MOST_EXTRA]
        ]
        return self._coerced(lambda name: given.get(name, nowhere), extra)

    def _coerced(self, given: Callable[[str], Sequence[Any]], extra: list[Violation]) -> Coerced:
        violations: list[Violation] = []
        columns = {each.name: each(given(each.name), violations) for each in self._checkers}
        at = None if self._time is None else moments(given(self._time), self._time, violations)
        violations += extra
        if self._strict:
            _refuse_types(violations)
        return Coerced(columns, at, violations, given(self._key) if self._key is not None else None)

    def _extra(self, rows: Sequence[Row]) -> list[Violation]:
        """Of the first few names that no data had; names are the caller's to invent, and each would be kept."""
        found: list[Violation] = []
        named: set[str] = set()
        for place, row in enumerate(rows):
            if row.keys() <= self._known:
                continue
            for name in sorted(name for name in row if name not in self._known):
                if name in named or len(named) < MOST_EXTRA:
                    named.add(name)
                    found.append((place, shown(name), EXTRA_COLUMN, example(row[name])))
        return found


class Checker:
    """Of one input. Numbers and levels are seen through at a stroke; only what stands out is looked at."""

    def __init__(self, column: Input) -> None:
        self.name = column.name
        self._check = check_of(column)
        self._levels = frozenset(column.levels or ()) if column.kind is Kind.CATEGORICAL else None
        self._usual = {Kind.NUMERIC: float, Kind.INTEGER: int}.get(column.kind)
        self._low = -LARGEST if column.low is None else column.low
        self._high = LARGEST if column.high is None else column.high

    def __call__(self, given: Sequence[Any], violations: list[Violation]) -> Sequence[Any]:
        if len(given) > FEW:
            values, odd = self._numbers(given) if self._usual else self._known_levels(given)
        else:
            values, odd = list(given), range(len(given))
        for place in odd:
            values[place], violation = self._check(given[place])
            if violation is not None:
                violations.append((place, self.name, violation, example(given[place])))
        return values

    def _numbers(self, given: Sequence[Any]) -> tuple[Any, Sequence[int]]:
        """The column, and the places that stand out: what is no number of the usual type, or out of range."""
        numbers = self._as_numbers(given)
        if numbers is None:
            return list(given), range(len(given))
        inside = (self._low <= numbers) & (numbers <= self._high)
        values = given if self._usual is float else numbers.tolist()
        return (values, ()) if inside.all() else (list(values), np.flatnonzero(~inside).tolist())

    def _as_numbers(self, given: Sequence[Any]) -> Numbers | None:
        """None where one is not of the usual type, or no number that there is."""
        if self._usual is float and len(given) >= MANY:
            return floats_of(given)
        if set(map(type, given)) != {self._usual}:
            return None
        try:
            return np.array(given, dtype=np.float64)
        except OverflowError:
            return None

    def _known_levels(self, given: Sequence[Any]) -> tuple[list[Any], Sequence[int]]:
        levels = self._levels
        try:
            odd = range(len(given)) if levels is None else [at for at, each in enumerate(given) if each not in levels]
        except TypeError:  # a list or an object among them
            odd = range(len(given))
        return list(given), odd


def moments(given: Sequence[Any], name: str, violations: list[Violation]) -> list[int | None]:
    """Event times as they were sent; None for what says none."""
    found: list[int | None] = []
    for place, each in enumerate(given):
        moment = microseconds(each) if isinstance(each, str) else None
        if each is not ABSENT and moment is None:
            violations.append((place, name, MISSING_VALUE if each is None else WRONG_TYPE, example(each)))
        found.append(moment)
    return found


def check_of(column: Input) -> Check:
    match column.kind:
        case Kind.NUMERIC | Kind.INTEGER:
            return _number(column)
        case Kind.BOOLEAN:
            return _boolean(column)
        case Kind.TIMESTAMP:
            return _moment(column)
    return _level(column)


def example(value: Any) -> str:
    """The value as a person may see it, cut short."""
    return "" if value is ABSENT or value is None else shown(str(value))


def shown(text: str) -> str:
    """Cut short, and without what no database keeps."""
    return text[:LONGEST_EXAMPLE].replace("\x00", "\ufffd")


def _missing(column: Input) -> Callable[[Any], tuple[None, str | None]]:
    """A null is no fault where the model learned from nulls too."""
    null = None if column.nullable else MISSING_VALUE

    def missing(value: Any) -> tuple[None, str | None]:
        return None, MISSING_COLUMN if value is ABSENT else null

    return missing


def _number(column: Input) -> Check:
    low = -LARGEST if column.low is None else column.low
    high = LARGEST if column.high is None else column.high
    whole, missing = column.kind is Kind.INTEGER, _missing(column)
    usual = int if whole else float

    def check(value: Any) -> tuple[float | None, str | None]:
        if type(value) is usual and low <= value <= high:  # nearly all are; NaN and infinities never
            return float(value), None
        if value is None or value is ABSENT or (type(value) is str and says_missing(value)):
            return missing(value)
        number, violation = as_number(value)
        if number is None or violation is not None:
            return number, violation
        if whole and not number.is_integer():
            return number, WRONG_TYPE
        return number, None if low <= number <= high else OUT_OF_RANGE

    return check


def as_number(value: Any) -> tuple[float | None, str | None]:
    """A finite number and whether it had to be mended; None where there is none."""
    mended = None if type(value) in {int, float} else WRONG_TYPE
    try:
        number = float(value)
    except OverflowError:
        return None, NOT_FINITE
    except (TypeError, ValueError):
        return None, WRONG_TYPE
    return (number, mended) if math.isfinite(number) else (None, NOT_FINITE)


def _boolean(column: Input) -> Check:
    missing = _missing(column)

    def check(value: Any) -> tuple[bool | None, str | None]:
        if value is True or value is False:
            return value, None
        if value is None or value is ABSENT:
            return missing(value)
        return TRUTHS.get(str(value).strip().lower()), WRONG_TYPE

    return check


def _moment(column: Input) -> Check:
    missing = _missing(column)

    def check(value: Any) -> tuple[int | None, str | None]:
        if value is None or value is ABSENT:
            return missing(value)
        found = microseconds(value) if isinstance(value, str) else None
        return found, WRONG_TYPE if found is None else None

    return check


def _level(column: Input) -> Check:
    levels, missing = frozenset(column.levels or ()), _missing(column)
    closed = column.kind is Kind.CATEGORICAL and bool(levels)

    def check(value: Any) -> tuple[str | None, str | None]:
        if type(value) is str:
            if value in levels:
                return value, None
            return missing(value) if says_missing(value) else (value, NEW_LEVEL if closed else None)
        if value is None or value is ABSENT:
            return missing(value)
        if isinstance(value, dict | list):
            return None, WRONG_TYPE
        return str(value), WRONG_TYPE

    return check


def _refuse_types(violations: Sequence[Violation]) -> None:
    faults = [each for each in violations if each[2] in OF_TYPE]
    if not faults:
        return
    named = "; ".join(
        f"row {row}, {column}: {violation}{f' ({given!r})' if given else ''}"
        for row, column, violation, given in faults[:MOST_NAMED]
    )
    more = f" and {len(faults) - MOST_NAMED} more" if len(faults) > MOST_NAMED else ""
    raise TypesRefused(
        f"This deployment's type policy is strict, and the rows break its signature: {named}{more}. "
        "Send each input in its own type, and no other column.",
        fields=tuple(dict.fromkeys(column for _, column, _, _ in faults)),
    )
