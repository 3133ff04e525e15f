"""What was accepted as known, and withdrawn: entries that are added and never changed."""

from collections import defaultdict

import numpy as np
import sqlalchemy as sa

from watchkeeper.monitoring.acceptance import Acceptance, Accepted, Withdrawn
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.monitoring import Day
from watchkeeper.storage.sql.once import once

acceptances = sa.Table(
    "acceptances",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("withdraws", sa.Integer),
    sa.Column("since", Day, nullable=False),
    sa.Column("through", Day, nullable=False),
    sa.Column("bin_sets", sa.Integer, nullable=False),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
)
"""A withdrawal has the days of what it withdraws, since it concerns the same."""
accepted_columns = sa.Table(
    "accepted_columns",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("column", sa.Text, nullable=False),
    sa.Column("model", Id),
    sa.Column("counts", sa.LargeBinary, nullable=False),
)


class SqlAcceptances:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def accept(self, deployment: str, acceptance: Acceptance) -> None:
        self._add(deployment, acceptance, number=acceptance.number, at=acceptance.at, by=acceptance.accepted_by)
        rows = [
            {
                "deployment": deployment,
                "number": acceptance.number,
                "place": place,
                "column": name,
                "model": of.model,
                "counts": of.counts.astype("<i8").tobytes(),
            }
            for place, (name, of) in enumerate(acceptance.columns.items())
        ]
        self._connection.execute(accepted_columns.insert(), rows)

    def withdraw(self, deployment: str, acceptance: Acceptance, withdrawn: Withdrawn) -> None:
        self._add(deployment, acceptance, **vars(withdrawn), withdraws=acceptance.number)

    def _add(self, deployment: str, of: Acceptance, **values: object) -> None:
        same = {name: getattr(of, name) for name in ("since", "through", "bin_sets", "because")}
        self._connection.execute(acceptances.insert().values(deployment=deployment, **same, **values))

    @once
    def all(self, deployment: str) -> list[Acceptance]:
        query = acceptances.select().where(acceptances.c.deployment == deployment)
        entries = self._connection.execute(query.order_by(acceptances.c.number.desc())).all()
        columns = self._columns(deployment) if entries else {}
        withdrawn = {each.withdraws: Withdrawn(each.number, each.at, each.by) for each in entries if each.withdraws}
        return [
            Acceptance(
                number=each.number,
                since=each.since,
                through=each.through,
                bin_sets=each.bin_sets,
                columns=columns[each.number],
                because=each.because,
                at=each.at,
                accepted_by=each.by,
                withdrawn=withdrawn.get(each.number),
            )
            for each in entries
            if each.withdraws is None
        ]

    def _columns(self, deployment: str) -> dict[int, dict[str, Accepted]]:
        query = accepted_columns.select().where(accepted_columns.c.deployment == deployment)
        found: dict[int, dict[str, Accepted]] = defaultdict(dict)
        for each in self._connection.execute(query.order_by(accepted_columns.c.number, accepted_columns.c.place)):
            counts = np.frombuffer(each.counts, dtype="<i8").astype(np.int64)
            found[each.number][each.column] = Accepted(counts, each.model)
        return found
