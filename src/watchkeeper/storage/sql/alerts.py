"""Rules, firings, channels, and the outbox of messages."""

from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from watchkeeper.alerts.channel import Channel, Delivery, Event, Kind, State
from watchkeeper.alerts.firing import Firing, Spell
from watchkeeper.alerts.rule import Rule
from watchkeeper.storage.sql.metadata import Id, Moment, metadata
from watchkeeper.storage.sql.paging import place

Day = sa.String(10)
OF_COLUMN = [each.name for each in fields(Spell) if each.name != "columns"]

rules = sa.Table(
    "rules",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("project", Id, sa.ForeignKey("projects.id"), nullable=False),
    sa.Column("deployment", Id, sa.ForeignKey("deployments.id"), nullable=False, index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("signal", sa.String(40), nullable=False),
    sa.Column("metric", sa.String(40)),
    sa.Column("threshold", sa.Float, nullable=False),
    sa.Column("minimum_rows", sa.BigInteger, nullable=False),
    sa.Column("needed", sa.Integer, nullable=False),
    sa.Column("windows", sa.Integer, nullable=False),
    sa.Column("days", sa.Integer, nullable=False),
    sa.Column("sure", sa.Boolean, nullable=False),
    sa.Column("channels", sa.JSON(none_as_null=True)),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("starting", sa.Boolean, nullable=False),
    sa.Column("anew", Day),
    sa.Column("created", Moment, nullable=False),
    sa.Column("created_by", Id, nullable=False),
)
rules_begun = sa.Table(
    "rules_begun",
    metadata,
    sa.Column("deployment", Id, primary_key=True),
)
firings = sa.Table(
    "firings",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", Id, nullable=False, unique=True),
    sa.Column("rule", Id, nullable=False),
    sa.Column("project", Id, sa.ForeignKey("projects.id"), nullable=False),
    sa.Column("deployment", Id, nullable=False),
    sa.Column("since", Day, nullable=False),
    sa.Column("opened", Day, nullable=False),
    sa.Column("until", Day, nullable=False),
    sa.Column("closed", Day),
    sa.Column("value", sa.Float, nullable=False),
    sa.Column("worst", sa.Float, nullable=False),
    sa.Column("last", sa.Float, nullable=False),
    sa.Column("about", sa.String(400), nullable=False),
    sa.Column("columns", sa.JSON, nullable=False),
    sa.Column("threshold", sa.Float, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("found", Moment, nullable=False),
    sa.Column("ended", Moment),
    sa.Column("withdrawn", sa.Boolean, nullable=False),
    sa.Column("acknowledged", Moment),
    sa.Column("acknowledged_by", Id),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("snoozed", Moment),
    sa.Index("ix_firings_rule_opened", "rule", "opened"),
    sa.Index("ix_firings_project_number", "project", "number"),
    sa.Index("ix_firings_deployment_opened", "deployment", "opened"),
    sa.Index("ix_firings_snoozed", "snoozed"),
)
channels = sa.Table(
    "channels",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("project", Id, sa.ForeignKey("projects.id"), nullable=False, index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("sealed", sa.Text),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("created_by", Id, nullable=False),
)
deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", Id, nullable=False, unique=True),
    sa.Column("channel", Id, nullable=False),
    sa.Column("firing", Id, index=True),
    sa.Column("event", sa.String(20), nullable=False),
    sa.Column("message", sa.JSON, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("due", Moment, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("delivered", Moment),
    sa.Index("ix_deliveries_state_channel_due", "state", "channel", "due"),
    sa.Index("ix_deliveries_channel_number", "channel", "number"),
)


class SqlRules:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, rule: Rule) -> None:
        self._connection.execute(rules.insert().values(**_of_rule(rule)))

    def change(self, rule: Rule) -> None:
        self._connection.execute(rules.update().where(rules.c.id == rule.id).values(**_of_rule(rule)))

    def remove(self, rule: str) -> None:
        self._connection.execute(rules.delete().where(rules.c.id == rule))

    def get(self, rule: str) -> Rule | None:
        row = self._connection.execute(rules.select().where(rules.c.id == rule)).mappings().first()
        return _rule(row) if row else None

    def of_deployment(self, deployment: str) -> list[Rule]:
        query = rules.select().where(rules.c.deployment == deployment).order_by(rules.c.created, rules.c.name)
        return [_rule(row) for row in self._connection.execute(query).mappings()]

    def begun(self, deployment: str) -> bool:
        query = sa.select(rules_begun.c.deployment).where(rules_begun.c.deployment == deployment)
        return self._connection.scalar(query) is not None

    def begin(self, deployment: str) -> None:
        self._connection.execute(rules_begun.insert().values(deployment=deployment))

    def judged(self, rule: Rule) -> None:
        same = rules.c.anew.is_(None) if rule.anew is None else rules.c.anew == rule.anew
        self._connection.execute(rules.update().where(rules.c.id == rule.id, same).values(anew=None))


class SqlFirings:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, firing: Firing) -> None:
        self._connection.execute(firings.insert().values(**_of_firing(firing)))

    def change(self, firing: Firing) -> None:
        self._connection.execute(firings.update().where(firings.c.id == firing.id).values(**_of_firing(firing)))

    def get(self, firing: str) -> Firing | None:
        row = self._connection.execute(firings.select().where(firings.c.id == firing)).mappings().first()
        return _firing(row) if row else None

    def since(self, rule: str, day: str) -> list[Firing]:
        later = sa.or_(firings.c.closed.is_(None), firings.c.closed > day)
        query = firings.select().where(firings.c.rule == rule, later).order_by(firings.c.opened)
        return [_firing(row) for row in self._connection.execute(query).mappings()]

    def page(
        self, project: str, *, deployment: str | None, only_open: bool, after: str | None, limit: int
    ) -> list[Firing]:
        query = firings.select().where(firings.c.project == project, sa.not_(firings.c.withdrawn))
        if deployment is not None:
            query = query.where(firings.c.deployment == deployment)
        if only_open:
            query = query.where(firings.c.closed.is_(None))
        if after is not None:
            query = query.where(firings.c.number < place(self._connection, firings.c.number, id=after))
        rows = self._connection.execute(query.order_by(firings.c.number.desc()).limit(limit))
        return [_firing(row) for row in rows.mappings()]

    def between(self, deployment: str, *, start: str, end: str) -> list[Firing]:
        lasting = sa.or_(firings.c.closed.is_(None), firings.c.closed >= start)
        query = firings.select().where(
            firings.c.deployment == deployment, firings.c.since <= end, lasting, sa.not_(firings.c.withdrawn)
        )
        rows = self._connection.execute(query.order_by(firings.c.since, firings.c.number))
        return [_firing(row) for row in rows.mappings()]

    def snoozed(self, *, until: datetime) -> list[Firing]:
        query = firings.select().where(firings.c.snoozed <= until, firings.c.closed.is_(None))
        return [_firing(row) for row in self._connection.execute(query).mappings()]


class SqlChannels:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, channel: Channel) -> None:
        self._connection.execute(channels.insert().values(**vars(channel)))

    def change(self, channel: Channel) -> None:
        self._connection.execute(channels.update().where(channels.c.id == channel.id).values(**vars(channel)))

    def remove(self, channel: str) -> None:
        self._connection.execute(channels.delete().where(channels.c.id == channel))

    def get(self, channel: str) -> Channel | None:
        row = self._connection.execute(channels.select().where(channels.c.id == channel)).mappings().first()
        return Channel(**{**row, "kind": Kind(row["kind"])}) if row else None

    def of_project(self, project: str) -> list[Channel]:
        query = channels.select().where(channels.c.project == project).order_by(channels.c.created, channels.c.name)
        rows = self._connection.execute(query).mappings()
        return [Channel(**{**row, "kind": Kind(row["kind"])}) for row in rows]


class SqlDeliveries:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, delivery: Delivery) -> None:
        self._connection.execute(deliveries.insert().values(**vars(delivery)))

    def change(self, delivery: Delivery) -> None:
        mine = deliveries.update().where(deliveries.c.id == delivery.id)
        self._connection.execute(mine.values(**vars(delivery)))

    def get(self, delivery: str) -> Delivery | None:
        row = self._connection.execute(deliveries.select().where(deliveries.c.id == delivery)).mappings().first()
        return _delivery(row) if row else None

    def due(self, *, now: datetime, latest: datetime, each: int) -> list[Delivery]:
        when = sa.or_(deliveries.c.due <= now, deliveries.c.due > latest)
        waiting = sa.and_(deliveries.c.state == State.WAITING.value, when)
        names = self._connection.scalars(sa.select(deliveries.c.channel).where(waiting).distinct()).all()
        found = []
        for name in names:
            query = deliveries.select().where(waiting, deliveries.c.channel == name)
            rows = self._connection.execute(query.order_by(deliveries.c.due, deliveries.c.number).limit(each))
            found += [_delivery(row) for row in rows.mappings()]
        return found

    def claim(self, delivery: Delivery, *, until: datetime) -> bool:
        mine = deliveries.update().where(
            deliveries.c.id == delivery.id,
            deliveries.c.state == State.WAITING.value,
            deliveries.c.due == delivery.due,
            deliveries.c.attempts == delivery.attempts,
        )
        claimed = mine.values(due=until, attempts=delivery.attempts + 1)
        return self._connection.execute(claimed).rowcount == 1

    def of_firing(self, firing: str) -> list[Delivery]:
        query = deliveries.select().where(deliveries.c.firing == firing).order_by(deliveries.c.number)
        return [_delivery(row) for row in self._connection.execute(query).mappings()]

    def of_channel(self, channel: str, *, limit: int) -> list[Delivery]:
        query = deliveries.select().where(deliveries.c.channel == channel).order_by(deliveries.c.number.desc())
        return [_delivery(row) for row in self._connection.execute(query.limit(limit)).mappings()]


def _of_rule(rule: Rule) -> dict[str, Any]:
    return {**vars(rule), "channels": None if rule.channels is None else list(rule.channels)}


def _rule(row: sa.RowMapping) -> Rule:
    return Rule(**{**row, "channels": None if row["channels"] is None else tuple(row["channels"])})


def _of_firing(firing: Firing) -> dict[str, Any]:
    return {**vars(firing), "columns": [{name: vars(each)[name] for name in OF_COLUMN} for each in firing.columns]}


def _firing(row: sa.RowMapping) -> Firing:
    known = {name: value for name, value in row.items() if name != "number"}
    return Firing(**{**known, "columns": tuple(Spell(**each) for each in row["columns"])})


def _delivery(row: sa.RowMapping) -> Delivery:
    known = {"event": Event(row["event"]), "state": State(row["state"])}
    return Delivery(**{**{name: value for name, value in row.items() if name != "number"}, **known})
