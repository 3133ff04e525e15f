"""What has been counted, a row a day, role and release; every addition is an update of that row."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from watchkeeper.monitoring.collecting.gathering import LONGEST_EXAMPLE, OTHERS
from watchkeeper.monitoring.ports import Change, Changed, Counts, Sheet, UsageCell, ViolationCell
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.once import once

Day = sa.String(10)
AT_ONCE = 200
"""Rows that are read at once of what may be many."""

bin_sets = sa.Table(
    "bin_sets",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("definition", sa.JSON, nullable=False),
)
baselines = sa.Table(
    "baselines",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("model", Id, primary_key=True),
    sa.Column("counts", sa.LargeBinary, nullable=False),
)
hold_outs = sa.Table(
    "hold_outs",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("model", Id, primary_key=True),
    sa.Column("counts", sa.LargeBinary, nullable=False),
)
sheets = sa.Table(
    "sheets",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("day", Day, primary_key=True),
    sa.Column("release", sa.Integer, primary_key=True),
    sa.Column("role", sa.String(20), primary_key=True),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("counts", sa.LargeBinary, nullable=False),
    sa.Column("late", sa.BigInteger, nullable=False, server_default="0"),
)
usage = sa.Table(
    "usage",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("by", sa.String(10), primary_key=True),
    sa.Column("day", Day, primary_key=True),
    sa.Column("release", sa.Integer, primary_key=True),
    sa.Column("role", sa.String(20), primary_key=True),
    sa.Column("calls", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("errors", sa.BigInteger, nullable=False),
    sa.Column("milliseconds", sa.Float, nullable=False),
    sa.Column("times", sa.LargeBinary, nullable=False),
    sa.Column("unrecorded_calls", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("unrecorded_rows", sa.BigInteger, nullable=False, server_default="0"),
)
violations = sa.Table(
    "violations",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("day", Day, primary_key=True),
    sa.Column("release", sa.Integer, primary_key=True),
    sa.Column("column", sa.String(400), primary_key=True),
    sa.Column("violation", sa.String(40), primary_key=True),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("first", Moment, nullable=False),
    sa.Column("last", Moment, nullable=False),
    sa.Column("example", sa.Text, nullable=False),
)
changed_days = sa.Table(
    "changed_days",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("of", sa.String(20), primary_key=True),
    sa.Column("day", Day, primary_key=True),
    sa.Column("times", sa.BigInteger, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
arrivals = sa.Table(
    "arrivals",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("newest", Moment, nullable=False),
)


class SqlWatch:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    @once
    def bin_sets(self, deployment: str) -> tuple[int, str] | None:
        columns = (bin_sets.c.number, sa.cast(bin_sets.c.definition, sa.Text))
        query = sa.select(*columns).where(bin_sets.c.deployment == deployment).order_by(bin_sets.c.number.desc())
        row = self._connection.execute(query.limit(1)).first()
        return (row[0], row[1]) if row else None

    def add_bin_sets(self, deployment: str, number: int, definition: dict[str, Any]) -> None:
        self._connection.execute(bin_sets.insert().values(deployment=deployment, number=number, definition=definition))

    @once
    def baseline(self, deployment: str, model: str) -> Counts | None:
        query = sa.select(baselines.c.counts).where(baselines.c.deployment == deployment, baselines.c.model == model)
        packed = self._connection.scalar(query)
        return None if packed is None else _unpacked(packed)

    def add_baseline(self, deployment: str, model: str, counts: Counts) -> None:
        self._connection.execute(baselines.insert().values(deployment=deployment, model=model, counts=_packed(counts)))

    def hold_out(self, deployment: str, model: str) -> Counts | None:
        query = sa.select(hold_outs.c.counts).where(hold_outs.c.deployment == deployment, hold_outs.c.model == model)
        packed = self._connection.scalar(query)
        return None if packed is None else _unpacked(packed)

    def keep_hold_out(self, deployment: str, model: str, counts: Counts) -> None:
        mine = hold_outs.delete().where(hold_outs.c.deployment == deployment, hold_outs.c.model == model)
        self._connection.execute(mine)
        kept = hold_outs.insert().values(deployment=deployment, model=model, counts=_packed(counts))
        self._connection.execute(kept)

    def add_sheets(self, deployment: str, added: Sequence[Sheet]) -> None:
        for sheet in added:
            key = {"deployment": deployment, "day": sheet.day, "release": sheet.release, "role": sheet.role}
            row = self._row(sheets, key)
            counts = sheet.counts if row is None else sheet.counts + _unpacked(row.counts)
            sums = {name: getattr(sheet, name) + (getattr(row, name) if row else 0) for name in ("rows", "late")}
            self._write(sheets, key, {**sums, "counts": _packed(counts)}, new=row is None)

    def sheets(self, deployment: str, *, start: str, end: str, role: str | None = None) -> Iterator[Sheet]:
        query = sheets.select().where(sheets.c.deployment == deployment, sheets.c.day.between(start, end))
        if role is not None:
            query = query.where(sheets.c.role == role)
        for row in self._connection.execute(query.order_by(sheets.c.day).execution_options(yield_per=AT_ONCE)):
            yield Sheet(row.release, row.role, row.day, row.rows, _unpacked(row.counts), row.late)

    def rows(self, deployment: str, *, start: str, end: str) -> dict[tuple[str, str], int]:
        query = sa.select(sheets.c.day, sheets.c.role, sa.func.sum(sheets.c.rows)).group_by(sheets.c.day, sheets.c.role)
        mine = query.where(sheets.c.deployment == deployment, sheets.c.day.between(start, end))
        return {(day, role): int(rows) for day, role, rows in self._connection.execute(mine)}

    def add_usage(self, deployment: str, cells: Sequence[UsageCell]) -> None:
        for cell in cells:
            key = {
                "deployment": deployment,
                "by": cell.by,
                "day": cell.day,
                "release": cell.release,
                "role": cell.role,
            }
            row = self._row(usage, key)
            sums = ("calls", "rows", "errors", "milliseconds", "unrecorded_calls", "unrecorded_rows")
            values = {name: getattr(cell, name) + (getattr(row, name) if row else 0) for name in sums}
            times = cell.times if row is None else cell.times + _unpacked(row.times)
            self._write(usage, key, {**values, "times": _packed(times)}, new=row is None)

    def usage(self, deployment: str, *, by: str, start: str, end: str) -> list[UsageCell]:
        query = usage.select().where(
            usage.c.deployment == deployment, usage.c.by == by, usage.c.day.between(start, end)
        )
        rows = self._connection.execute(query.order_by(usage.c.day)).mappings()
        return [
            UsageCell(**{**{n: v for n, v in row.items() if n != "deployment"}, "times": _unpacked(row["times"])})
            for row in rows
        ]

    def add_violations(self, deployment: str, cells: Sequence[ViolationCell]) -> None:
        for cell in cells:
            key = {
                "deployment": deployment,
                "day": cell.day,
                "release": cell.release,
                "column": cell.column,
                "violation": cell.violation,
            }
            row = self._row(violations, key)
            values = {"rows": cell.rows, "first": cell.first, "last": cell.last, "example": cell.example}
            if row is not None:
                values["rows"] = cell.rows + row.rows
                values["first"], values["last"] = min(cell.first, row.first), max(cell.last, row.last)
            self._write(violations, key, values, new=row is None)

    def violations(self, deployment: str, *, start: str, end: str) -> list[ViolationCell]:
        columns = [violations.c[each.name] for each in fields(ViolationCell)]
        mine = (violations.c.deployment == deployment, violations.c.day.between(start, end))
        query = sa.select(*columns).where(*mine).order_by(violations.c.day)
        return [ViolationCell(*row) for row in self._connection.execute(query)]

    def violations_together(self, deployment: str, *, start: str, end: str) -> list[ViolationCell]:
        of = violations.c
        alike = of.column, of.violation
        over_all: dict[str, sa.ColumnElement[Any]] = {
            "rows": sa.cast(sa.func.sum(of.rows).over(partition_by=alike), sa.BigInteger),
            "first": sa.func.min(of.first).over(partition_by=alike),
        }
        columns = [over_all.get(each.name, of[each.name]).label(each.name) for each in fields(ViolationCell)]
        order = of.last.desc(), of.day, of.release
        newest = sa.func.row_number().over(partition_by=alike, order_by=order).label("newest")
        mine = (of.deployment == deployment, of.day.between(start, end))
        found = sa.select(*columns, newest).where(*mine).subquery()
        query = sa.select(*(found.c[each.name] for each in fields(ViolationCell))).where(found.c.newest == 1)
        return [ViolationCell(*row) for row in self._connection.execute(query)]

    def mask_examples(self, deployment: str, column: str, word: str) -> None:
        mine = sa.and_(violations.c.deployment == deployment, violations.c.column == column[:400])
        self._connection.execute(violations.update().where(mine).values(example=word))

    def forget_examples(self, deployment: str, found: Sequence[tuple[str, str, str]]) -> None:
        for column, violation, example in found:
            named = violations.c.column.in_([column[:400], OTHERS])
            mine = sa.and_(violations.c.deployment == deployment, named, violations.c.violation == violation)
            this = sa.and_(mine, violations.c.example == example[:LONGEST_EXAMPLE])
            self._connection.execute(violations.update().where(this).values(example=""))

    def span(self, deployment: str, *, by: str) -> tuple[str, str] | None:
        query = sa.select(sa.func.min(usage.c.day), sa.func.max(usage.c.day)).where(
            usage.c.deployment == deployment, usage.c.by == by
        )
        first, last = self._connection.execute(query).one()
        return None if first is None else (first, last)

    def arrivals(self, deployment: str) -> tuple[datetime | None, int]:
        mine = sa.and_(usage.c.deployment == deployment, usage.c.by == "arrival", usage.c.calls > 0)
        days = self._connection.scalar(sa.select(sa.func.count(usage.c.day.distinct())).where(mine)) or 0
        newest = sa.select(arrivals.c.newest).where(arrivals.c.deployment == deployment)
        return self._connection.scalar(newest), days

    def arrived(self, deployment: str, *, newest: datetime) -> None:
        known = sa.select(arrivals.c.newest).where(arrivals.c.deployment == deployment)
        before = self._connection.scalar(known)
        if before is None:
            self._connection.execute(arrivals.insert().values(deployment=deployment, newest=newest))
        elif before < newest:
            mine = arrivals.update().where(arrivals.c.deployment == deployment)
            self._connection.execute(mine.values(newest=newest))

    def changed(self, deployment: str, of: Changed, days: Sequence[str], *, at: datetime) -> None:
        rows = [
            {"deployment": deployment, "of": of.value, "day": day, "times": 1, "at": at} for day in dict.fromkeys(days)
        ]
        if rows:
            insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
            fresh = insert(changed_days)
            again = {"times": changed_days.c.times + 1, "at": fresh.excluded.at}
            keys = ("deployment", "of", "day")
            self._connection.execute(fresh.on_conflict_do_update(index_elements=keys, set_=again), rows)

    def changes(self, deployment: str) -> list[Change]:
        query = changed_days.select().where(changed_days.c.deployment == deployment).order_by(changed_days.c.day)
        return [Change(Changed(row.of), row.day, row.times, row.at) for row in self._connection.execute(query)]

    def looked_at(self, deployment: str, changes: Sequence[Change]) -> None:
        for each in changes:
            key = {"deployment": deployment, "of": each.of.value, "day": each.day, "times": each.times}
            self._connection.execute(changed_days.delete().where(_is(changed_days, key)))

    def release_days(self, deployment: str) -> dict[int, str]:
        query = sa.select(usage.c.release, sa.func.min(usage.c.day)).where(
            usage.c.deployment == deployment, usage.c.by == "event"
        )
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(usage.c.release))}

    def _row(self, table: sa.Table, key: dict[str, Any]) -> Any:
        return self._connection.execute(table.select().where(_is(table, key))).first()

    def _write(self, table: sa.Table, key: dict[str, Any], values: dict[str, Any], *, new: bool) -> None:
        if new:
            self._connection.execute(table.insert().values(**key, **values))
        else:
            self._connection.execute(table.update().where(_is(table, key)).values(**values))


def _is(table: sa.Table, key: dict[str, Any]) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == value for name, value in key.items()))


def _packed(counts: Counts) -> bytes:
    return counts.astype("<i8").tobytes()


def _unpacked(packed: bytes) -> Counts:
    return np.frombuffer(packed, dtype="<i8").astype(np.int64)
