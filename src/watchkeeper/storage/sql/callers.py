"""Who called, a row a day and key: what is counted of the journal, and the calls that never reached it."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from watchkeeper.monitoring.ports import CallerCell
from watchkeeper.storage.sql.metadata import Id, metadata

callers = sa.Table(
    "callers",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("by", sa.String(10), primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("key", Id, primary_key=True, index=True),
    sa.Column("calls", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("errors", sa.BigInteger, nullable=False),
    sa.Column("refused", sa.BigInteger, nullable=False),
)
PLACE, SUMS = ("by", "day", "key"), ("calls", "rows", "errors", "refused")
PIECE = 500


class SqlCallers:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, deployment: str, cells: Sequence[CallerCell]) -> None:
        # In one order for everybody, so that two who add at the same moment never wait for each other.
        for cell in sorted(cells, key=lambda each: (each.by, each.day, each.key)):
            place = {"deployment": deployment, **{name: getattr(cell, name) for name in PLACE}}
            added = {name: getattr(cell, name) for name in SUMS}
            here = sa.and_(*(callers.c[name] == value for name, value in place.items()))
            sums = {name: callers.c[name] + value for name, value in added.items()}
            if self._connection.execute(callers.update().where(here).values(**sums)).rowcount == 0:
                self._insert({**place, **added}, here=here, sums=sums)

    def _insert(self, values: dict[str, Any], *, here: sa.ColumnElement[bool], sums: dict[str, Any]) -> None:
        """Collector and plane may both be the first of a day."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(callers.insert().values(**values))
        except sa.exc.IntegrityError:
            self._connection.execute(callers.update().where(here).values(**sums))

    def of_deployment(self, deployment: str, *, by: str, start: str, end: str) -> list[CallerCell]:
        mine = sa.and_(callers.c.deployment == deployment, callers.c.by == by, callers.c.day.between(start, end))
        rows = self._connection.execute(callers.select().where(mine).order_by(callers.c.day, callers.c.key))
        return [_cell(row) for row in rows.mappings()]

    def recent(self, keys: Sequence[str], *, start: str) -> list[tuple[str, CallerCell]]:
        found: list[tuple[str, CallerCell]] = []
        for place in range(0, len(keys), PIECE):
            mine = sa.and_(_arrived(keys[place : place + PIECE]), callers.c.day >= start)
            rows = self._connection.execute(callers.select().where(mine)).mappings()
            found += [(row["deployment"], _cell(row)) for row in rows]
        return found

    def totals(self, keys: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = dict.fromkeys(keys, (0, 0))
        sums = (sa.func.sum(callers.c.calls), sa.func.sum(callers.c.refused))
        for place in range(0, len(keys), PIECE):
            mine = sa.select(callers.c.key, *sums).where(_arrived(keys[place : place + PIECE]))
            rows = self._connection.execute(mine.group_by(callers.c.key))
            found |= {key: (int(calls), int(refused)) for key, calls, refused in rows}
        return found


def _arrived(keys: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.and_(callers.c.key.in_(keys), callers.c.by == "arrival")


def _cell(row: sa.RowMapping) -> CallerCell:
    return CallerCell(**{name: row[name] for name in (*PLACE, *SUMS)})
