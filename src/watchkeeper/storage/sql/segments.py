"""What is counted apart by segment, a row a day, segment, release and role; and which column that is."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime

import sqlalchemy as sa

from watchkeeper.monitoring.compact import Counts, packed, unpacked
from watchkeeper.monitoring.ports import SegmentAsked, SegmentList, SegmentSheet
from watchkeeper.monitoring.segment import Segmented, SegmentSaid
from watchkeeper.serving.deployment import Role
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.monitoring import Day
from watchkeeper.storage.sql.once import once
from watchkeeper.storage.sql.packed import AT_ONCE, add_sheets

NOBODY = -1
"""The place of a reference that was counted, and had no rows in any segment."""

segments_said = sa.Table(
    "segments_said",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("column", sa.String(400)),
    sa.Column("since", Moment, nullable=False),
    sa.Column("set_by", sa.String(80), nullable=False),
)
segment_columns = sa.Table(
    "segment_columns",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("column", sa.String(400), nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("of_reference", sa.Integer, nullable=False),
    sa.Column("reference", sa.String(20), nullable=False),
)
segment_sheets = sa.Table(
    "segment_sheets",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("day", Day, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("release", sa.Integer, primary_key=True),
    sa.Column("role", sa.String(20), primary_key=True),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("counts", sa.LargeBinary, nullable=False),
    sa.Index("ix_segment_sheets_rows", "deployment", "number", "day", "role", "place", "rows"),
)
segment_references = sa.Table(
    "segment_references",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("of", Id, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("counts", sa.LargeBinary, nullable=False),
)
segment_lists = sa.Table(
    "segment_lists",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("days", sa.Integer, primary_key=True),
    sa.Column("start", Day, nullable=False),
    sa.Column("end", Day, nullable=False),
    sa.Column("counted", sa.BigInteger, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("found", sa.JSON, nullable=False),
)
asked_segments = sa.Table(
    "asked_segments",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("start", Day, primary_key=True),
    sa.Column("end", Day, primary_key=True),
    sa.Column("asked", Moment, nullable=False),
    sa.Column("counted", sa.BigInteger),
    sa.Column("at", Moment),
    sa.Column("found", sa.JSON(none_as_null=True)),
)
KEY = ("number", "day", "place", "release", "role")


class SqlSegments:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def say(self, deployment: str, said: SegmentSaid) -> None:
        query = sa.select(sa.func.count()).select_from(segments_said).where(segments_said.c.deployment == deployment)
        number = (self._connection.scalar(query) or 0) + 1
        self._connection.execute(segments_said.insert().values(deployment=deployment, number=number, **vars(said)))

    @once
    def said(self, deployment: str) -> list[SegmentSaid]:
        query = segments_said.select().where(segments_said.c.deployment == deployment)
        rows = self._connection.execute(query.order_by(segments_said.c.number.desc()))
        return [SegmentSaid(row.column, row.since, row.set_by) for row in rows]

    @once
    def columns(self, deployment: str) -> list[Segmented]:
        query = segment_columns.select().where(segment_columns.c.deployment == deployment)
        rows = self._connection.execute(query.order_by(segment_columns.c.number))
        return [Segmented(row.number, row.column, tuple(row.names), row.of_reference, row.reference) for row in rows]

    def keep_column(self, deployment: str, column: Segmented) -> None:
        values = {**vars(column), "names": list(column.names)}
        mine = _of(segment_columns, deployment, column.number)
        if self._connection.execute(segment_columns.update().where(mine).values(**values)).rowcount == 0:
            self._connection.execute(segment_columns.insert().values(deployment=deployment, **values))

    def add(self, deployment: str, sheets: Sequence[SegmentSheet]) -> None:
        add_sheets(self._connection, segment_sheets, deployment, sheets, key=KEY)

    def sheets(
        self, deployment: str, number: int, *, start: str, end: str, place: int | None = None
    ) -> Iterator[SegmentSheet]:
        mine = sa.and_(_of(segment_sheets, deployment, number), segment_sheets.c.day.between(start, end))
        if place is not None:
            mine = sa.and_(mine, segment_sheets.c.place == place)
        query = segment_sheets.select().where(mine).order_by(segment_sheets.c.day, segment_sheets.c.place)
        for row in self._connection.execute(query.execution_options(yield_per=AT_ONCE)):
            yield SegmentSheet(number, row.place, row.release, row.role, row.day, row.rows, row.counts)

    def rows(self, deployment: str, number: int, *, start: str, end: str) -> dict[int, int]:
        mine = sa.and_(_of(segment_sheets, deployment, number), segment_sheets.c.day.between(start, end))
        query = sa.select(segment_sheets.c.place, sa.func.sum(segment_sheets.c.rows)).where(
            mine, segment_sheets.c.role == Role.CHAMPION.value
        )
        found = self._connection.execute(query.group_by(segment_sheets.c.place))
        return {place: int(rows) for place, rows in found}

    def size(self, deployment: str, number: int, *, start: str, end: str) -> int:
        mine = sa.and_(_of(segment_sheets, deployment, number), segment_sheets.c.day.between(start, end))
        return self._connection.scalar(sa.select(sa.func.count()).select_from(segment_sheets).where(mine)) or 0

    def keep_reference(self, deployment: str, number: int, of: str, counts: Sequence[tuple[int, Counts]]) -> None:
        self._connection.execute(segment_references.delete().where(_of_reference(deployment, number, of)))
        key = {"deployment": deployment, "number": number, "of": of}
        rows = [{**key, "place": place, "counts": packed(each)} for place, each in counts]
        self._connection.execute(segment_references.insert(), rows or [{**key, "place": NOBODY, "counts": b""}])

    @once
    def reference(self, deployment: str, number: int, of: str) -> dict[int, Counts] | None:
        query = segment_references.select().where(_of_reference(deployment, number, of))
        rows = self._connection.execute(query).all()
        return {row.place: unpacked(row.counts) for row in rows if row.place != NOBODY} if rows else None

    def has_reference(self, deployment: str, number: int, of: str) -> bool:
        query = sa.select(sa.exists().where(_of_reference(deployment, number, of)))
        return bool(self._connection.scalar(query))

    def keep_list(self, deployment: str, found: SegmentList) -> None:
        mine = sa.and_(_of(segment_lists, deployment, found.number), segment_lists.c.days == found.days)
        self._connection.execute(segment_lists.delete().where(mine))
        self._connection.execute(segment_lists.insert().values(deployment=deployment, **vars(found)))

    def lists(self, deployment: str, number: int) -> list[SegmentList]:
        query = segment_lists.select().where(_of(segment_lists, deployment, number)).order_by(segment_lists.c.days)
        rows = self._connection.execute(query).mappings()
        return [SegmentList(**{name: value for name, value in row.items() if name != "deployment"}) for row in rows]

    def forget_lists(self, deployment: str, number: int) -> None:
        for table in (segment_lists, asked_segments):
            self._connection.execute(table.delete().where(_of(table, deployment, number)))

    def ask(self, deployment: str, number: int, *, start: str, end: str, at: datetime) -> None:
        of = asked_segments.c
        this = sa.and_(_of(asked_segments, deployment, number), of.start == start, of.end == end)
        if self._connection.execute(asked_segments.update().where(this).values(asked=at)).rowcount == 0:
            key = {"deployment": deployment, "number": number, "start": start, "end": end}
            self._connection.execute(asked_segments.insert().values(**key, asked=at))

    def asked(self, deployment: str) -> list[SegmentAsked]:
        of = asked_segments.c
        query = sa.select(*(of[each.name] for each in fields(SegmentAsked))).where(of.deployment == deployment)
        return [SegmentAsked(*row) for row in self._connection.execute(query.order_by(of.asked))]

    def answer(self, deployment: str, answered: SegmentAsked) -> None:
        of, told = asked_segments.c, ("counted", "at", "found")
        mine = _of(asked_segments, deployment, answered.number)
        this = sa.and_(mine, of.start == answered.start, of.end == answered.end)
        values = {name: getattr(answered, name) for name in told}
        self._connection.execute(asked_segments.update().where(this).values(**values))

    def forget_asked(self, deployment: str, *, before: datetime) -> None:
        of = asked_segments.c
        self._connection.execute(asked_segments.delete().where(of.deployment == deployment, of.asked < before))


def _of(table: sa.Table, deployment: str, number: int) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.deployment == deployment, table.c.number == number)


def _of_reference(deployment: str, number: int, of: str) -> sa.ColumnElement[bool]:
    return sa.and_(_of(segment_references, deployment, number), segment_references.c.of == of)
