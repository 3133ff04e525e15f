"""Counts that are kept packed, a row a sheet; every addition is an update of that row."""

from collections.abc import Sequence
from typing import Protocol

import sqlalchemy as sa

from watchkeeper.monitoring.compact import Counts, packed, unpacked

AT_ONCE = 500
"""Rows that are read or written at once."""


class Sheet(Protocol):
    @property
    def rows(self) -> int: ...
    @property
    def packed(self) -> bytes: ...
    @property
    def counts(self) -> Counts: ...


def add_sheets(
    connection: sa.Connection, table: sa.Table, deployment: str, sheets: Sequence[Sheet], *, key: Sequence[str]
) -> None:
    """To what is there; `key` are the names of what tells a deployment's sheets apart."""
    for start in range(0, len(sheets), AT_ONCE):
        _add(connection, table, deployment, sheets[start : start + AT_ONCE], key)


def _add(
    connection: sa.Connection, table: sa.Table, deployment: str, sheets: Sequence[Sheet], key: Sequence[str]
) -> None:
    among = [table.c[name].in_(sorted({getattr(sheet, name) for sheet in sheets})) for name in key]
    mine = sa.and_(table.c.deployment == deployment, *among)
    there = {tuple(getattr(row, name) for name in key): row for row in connection.execute(table.select().where(mine))}
    fresh = []
    for sheet in sheets:
        names = {"deployment": deployment, **{name: getattr(sheet, name) for name in key}}
        before = there.get(tuple(names[name] for name in key))
        if before is None:
            fresh.append({**names, "rows": sheet.rows, "counts": sheet.packed})
            continue
        sums = {"rows": before.rows + sheet.rows, "counts": packed(unpacked(before.counts) + sheet.counts)}
        this = sa.and_(*(table.c[name] == value for name, value in names.items()))
        connection.execute(table.update().where(this).values(**sums))
    if fresh:
        connection.execute(table.insert(), fresh)
