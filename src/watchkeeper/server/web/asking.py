"""Which rows of the journal a page was asked for: what its address says, and what its form adds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from watchkeeper.errors import WatchkeeperError
from watchkeeper.monitoring.collecting.columns import columns_of
from watchkeeper.monitoring.collecting.filing import INPUT
from watchkeeper.monitoring.journal.conditions import OPERATORS, read_conditions
from watchkeeper.server.api.journal import conditions_in
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.storage.work import Work
from watchkeeper.tables.column import Kind

MISSING = ""
"""What is written for a value that is missing."""


@dataclass(frozen=True)
class Asked:
    """`given` are conditions as an address carries them; `names` are the columns that they may be about."""

    role: Role
    id: str | None
    given: tuple[Any, ...]
    names: tuple[str, ...]

    @property
    def conditions(self) -> list[Any]:
        return [*self.given, ["id", "=", self.id]] if self.id else list(self.given)

    @property
    def query(self) -> dict[str, str]:
        """What an address keeps when the reader goes to another period."""
        return self.with_given(self.given)

    def without(self, place: int) -> dict[str, str]:
        """The same, less one condition."""
        return self.with_given([each for other, each in enumerate(self.given) if other != place])

    def with_given(self, given: Sequence[Any]) -> dict[str, str]:
        where = {"where": json.dumps(list(given), ensure_ascii=False)} if given else {}
        return {**({"role": self.role.value} if self.role is not Role.CHAMPION else {}), **where}


def asked_of(
    deployment: Deployment,
    *,
    where: str | None,
    added: tuple[str, str, str],
    id: str | None,  # noqa: A002
    role: Role,
    work: Work,
) -> tuple[Asked, WatchkeeperError | None]:
    """And why it can't be understood, in which case only what can be is asked."""
    columns = columns_of(deployment, work=work)
    inputs_first = sorted(columns, key=lambda name: not name.startswith(INPUT))
    names = tuple(name.removeprefix(INPUT) for name in inputs_first)
    given: tuple[Any, ...] = ()
    try:
        before = tuple(conditions_in(where))
        read_conditions(list(before), columns=columns)
        given = before
        if added[0]:
            more = (*before, _written(*added, kinds=columns))
            read_conditions(list(more), columns=columns)
            given = more
    except WatchkeeperError as wrong:
        return Asked(role, id, given, names), wrong
    return Asked(role, id, given, names), None


def _written(column: str, operator: str, value: str, *, kinds: dict[str, Kind]) -> list[Any]:
    """A condition as a person writes it: several values by commas, none for missing."""
    kind = kinds.get(column, kinds.get(INPUT + column, Kind.TEXT))
    if operator == OPERATORS[-1]:
        return [column, operator, [_value(each.strip(), kind) for each in value.split(",") if each.strip()]]
    return [column, operator, None if value == MISSING else _value(value, kind)]


def _value(text: str, kind: Kind) -> Any:
    """As its column has it where it can be, else as it was written, for the refusal to name."""
    if kind is Kind.BOOLEAN:
        return {"true": True, "yes": True, "false": False, "no": False}.get(text.strip().lower(), text)
    if kind in {Kind.NUMERIC, Kind.INTEGER}:
        try:
            number = float(text)
        except ValueError:
            return text
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    return text
