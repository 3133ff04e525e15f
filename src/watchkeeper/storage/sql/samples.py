"""Rows that are kept coded, a row a day of a deployment, and what was found of them."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from watchkeeper.monitoring.apart import ApartDay
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.monitoring.multivariate.coded_rows import ROWS_A_DAY, CodedRows, DaySample, ReferenceRows, hashed
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.monitoring import Day

KEY_BYTES = 32
sample_keys = sa.Table(
    "sample_keys",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("key", sa.String(64), nullable=False),
)
day_samples = sa.Table(
    "day_samples",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("day", Day, primary_key=True),
    sa.Column("seen", sa.BigInteger, nullable=False),
    sa.Column("last", sa.BigInteger),
    sa.Column("rows", sa.LargeBinary, nullable=False),
)
reference_samples = sa.Table(
    "reference_samples",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("bin_sets", sa.Integer, nullable=False),
    sa.Column("timed", sa.Boolean, nullable=False),
    sa.Column("rows", sa.LargeBinary),
    sa.Column("why", sa.String(200), nullable=False),
)
apart_days = sa.Table(
    "apart_days",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("day", Day, primary_key=True),
    sa.Column("counted", sa.BigInteger, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("found", sa.JSON, nullable=False),
)


class SqlSamples:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def key(self, deployment: str) -> bytes:
        kept = self._connection.scalar(sa.select(sample_keys.c.key).where(sample_keys.c.deployment == deployment))
        if kept is None:
            kept = secrets.token_hex(KEY_BYTES)
            self._connection.execute(sample_keys.insert().values(deployment=deployment, key=kept))
        return bytes.fromhex(kept)

    def full(self, deployment: str) -> Mapping[str, int]:
        mine = sa.and_(day_samples.c.deployment == deployment, day_samples.c.last.is_not(None))
        return {
            row.day: row.last
            for row in self._connection.execute(sa.select(day_samples.c.day, day_samples.c.last).where(mine))
        }

    def add(self, deployment: str, samples: Sequence[DaySample]) -> None:
        for sample in samples:
            mine = sa.and_(day_samples.c.deployment == deployment, day_samples.c.day == sample.day)
            kept = self._connection.execute(day_samples.select().where(mine)).first()
            if kept is None:
                values = {"deployment": deployment, "day": sample.day, "seen": sample.seen, **_rows(sample.rows)}
                self._connection.execute(day_samples.insert().values(**values))
                continue
            fresh: dict[str, Any] = {"seen": kept.seen + sample.seen}
            if len(sample.rows):
                fresh |= _rows(CodedRows.unpacked(kept.rows).merged(sample.rows, size=ROWS_A_DAY))
            self._connection.execute(day_samples.update().where(mine).values(**fresh))

    def between(self, deployment: str, *, start: str, end: str) -> list[DaySample]:
        mine = sa.and_(day_samples.c.deployment == deployment, day_samples.c.day.between(start, end))
        found = self._connection.execute(day_samples.select().where(mine).order_by(day_samples.c.day))
        return [DaySample(row.day, row.seen, CodedRows.unpacked(row.rows)) for row in found]

    def seen(self, deployment: str) -> Mapping[str, int]:
        query = sa.select(day_samples.c.day, day_samples.c.seen).where(day_samples.c.deployment == deployment)
        return {row.day: row.seen for row in self._connection.execute(query.order_by(day_samples.c.day))}

    def hide(self, deployment: str, columns: Collection[int]) -> None:
        self._change(deployment, lambda rows: rows.hiding(sorted(columns)))

    def erase(self, deployment: str, rows: Collection[str]) -> None:
        key = self.key(deployment)
        hashes = {hashed(each, key) for each in rows}
        self._change(deployment, lambda kept: kept.without(hashes))

    def let_go(self, deployment: str, days: Collection[str]) -> None:
        mine = sa.and_(day_samples.c.deployment == deployment, day_samples.c.day.in_(sorted(days)))
        self._connection.execute(day_samples.delete().where(mine))

    def _change(self, deployment: str, change: Callable[[CodedRows], CodedRows]) -> None:
        for day in self.seen(deployment):
            mine = sa.and_(day_samples.c.deployment == deployment, day_samples.c.day == day)
            kept = self._connection.scalar(sa.select(day_samples.c.rows).where(mine))
            if kept is not None:
                changed = _rows(change(CodedRows.unpacked(kept)))
                self._connection.execute(day_samples.update().where(mine).values(**changed))

    def reference(self, deployment: str) -> ReferenceRows | None:
        query = reference_samples.select().where(reference_samples.c.deployment == deployment)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        rows = None if row.rows is None else CodedRows.unpacked(row.rows)
        return ReferenceRows(row.bin_sets, row.timed, rows, row.why)

    def keep_reference(self, deployment: str, rows: ReferenceRows) -> None:
        self._connection.execute(reference_samples.delete().where(reference_samples.c.deployment == deployment))
        values = {**vars(rows), "deployment": deployment, "rows": None if rows.rows is None else rows.rows.packed()}
        self._connection.execute(reference_samples.insert().values(**values))

    def told(self, deployment: str, *, start: str, end: str) -> list[ApartDay]:
        mine = sa.and_(apart_days.c.deployment == deployment, apart_days.c.day.between(start, end))
        found = self._connection.execute(apart_days.select().where(mine).order_by(apart_days.c.day))
        return [_apart(row.day, row.counted, row.at, row.found) for row in found]

    def counted(self, deployment: str) -> Mapping[str, int]:
        query = sa.select(apart_days.c.day, apart_days.c.counted).where(apart_days.c.deployment == deployment)
        return {row.day: row.counted for row in self._connection.execute(query)}

    def tell(self, deployment: str, found: ApartDay) -> None:
        mine = sa.and_(apart_days.c.deployment == deployment, apart_days.c.day == found.day)
        self._connection.execute(apart_days.delete().where(mine))
        apart = {name: value for name, value in vars(found).items() if name not in {"day", "counted", "at"}}
        values = {"deployment": deployment, "day": found.day, "counted": found.counted, "at": found.at, "found": apart}
        self._connection.execute(apart_days.insert().values(**values))


def _rows(rows: CodedRows) -> dict[str, Any]:
    """As they are kept; the last hash where no other row can join but in the place of one."""
    return {"rows": rows.packed(), "last": int(rows.hashes[-1]) if len(rows) >= ROWS_A_DAY else None}


def _apart(day: str, counted: int, at: datetime, found: dict[str, Any]) -> ApartDay:
    columns = tuple((name, lost) for name, lost in found["columns"])
    return ApartDay(
        **{**found, "verdict": Verdict(found["verdict"]), "columns": columns}, day=day, counted=counted, at=at
    )
