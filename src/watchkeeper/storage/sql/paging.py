"""Lists by the page: what comes after the row that the page before ended with."""

from typing import Any

import sqlalchemy as sa

from watchkeeper.errors import CursorRefused


def newest_first(
    connection: sa.Connection, table: sa.Table, *, after: str | None, limit: int, by: str = "created"
) -> sa.Select[Any]:
    """A page of a table that has `id`, by its moments `by`. Raise CursorRefused."""
    moment, name = table.c[by], table.c.id
    query = table.select().order_by(moment.desc(), name.desc()).limit(limit)
    if after is None:
        return query
    last = place(connection, moment, id=after)
    return query.where(sa.or_(moment < last, sa.and_(moment == last, name < after)))


def place(connection: sa.Connection, column: sa.Column[Any], *, id: str) -> Any:  # noqa: A002
    """Where in the order of `column` the row with this id stands. Raise CursorRefused where there is none: a list that
    ended there would look whole."""
    row = connection.execute(sa.select(column).where(column.table.c.id == id)).first()
    if row is None:
        raise CursorRefused(
            "The cursor is no `next` of such a page, or what that page ended with has been removed. "
            "Begin without a cursor.",
            fields=("cursor",),
        )
    return row[0]
