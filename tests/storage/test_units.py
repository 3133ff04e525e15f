import math

import pytest
import sqlalchemy as sa

from tests.fakes.clock import StillClock
from watchkeeper.projects.project import Project
from watchkeeper.storage.work import Store, ValueRefused


def test_a_unit_that_fails_keeps_nothing(store: Store) -> None:
    def fail() -> None:
        with store.work() as work:
            work.generations.advance()
            raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    with store.look() as work:
        assert work.generations.current() == 0


def test_the_generation_only_grows(store: Store) -> None:
    for expected in (1, 2, 3):
        with store.work() as work:
            work.generations.advance()
            assert work.generations.current() == expected


def test_who_looks_sees_all_of_it_as_it_was_at_one_moment(store: Store) -> None:
    """Else a page could show more labels than rows."""
    with store.look() as looking:
        assert looking.projects.get("p1") is None
        with store.work() as work:
            work.projects.add(Project("p1", "P", "p", "", StillClock().now(), "u1"))
        assert looking.projects.get("p1") is None
    with store.look() as looking:
        assert looking.projects.get("p1") is not None


def test_what_the_database_can_not_hold_is_refused_by_name_and_keeps_nothing(store: Store) -> None:
    """SQLite holds a NUL and any length; PostgreSQL neither."""

    def keep(name: str) -> None:
        with store.work() as work:
            work.projects.add(Project("p1", name, "p", "", StillClock().now(), "u1"))

    for odd in ("a\0b", "x" * 100_000):
        if store.engine.dialect.name == "postgresql":
            with pytest.raises(ValueRefused, match="can't be kept"):
                keep(odd)
    keep("fits")
    with store.look() as work:
        known = work.projects.get("p1")
    assert known is not None
    assert known.name == "fits"


def test_json_comes_back_as_it_was_kept(store: Store) -> None:
    """Of any length, and in any writing."""
    kept = {"edges": [1.5, -0.0, 1e300, 10**18], "names": ["é", "漢字", '"', None], "nested": {"yes": True}}
    table = sa.Table("kept", sa.MetaData(), sa.Column("what", sa.JSON))
    with store.engine.begin() as connection:
        connection.execute(sa.text("CREATE TEMPORARY TABLE kept (what JSON)"))
        connection.execute(table.insert(), {"what": kept})
        assert connection.scalar(sa.select(table.c.what)) == kept
        if store.engine.dialect.name == "sqlite":
            connection.execute(sa.text("""UPDATE kept SET what = '{"was written": NaN}'"""))
            assert math.isnan(connection.scalars(sa.select(table.c.what)).one()["was written"])
        connection.execute(sa.text("DROP TABLE kept"))


def test_what_is_left_to_be_kept_is_kept_after_who_looks_or_at_once_by_who_writes(store: Store) -> None:
    with store.look() as looking:
        looking.keep(lambda unit: unit.generations.advance())
        assert looking.generations.current() == 0
    with store.work() as writing:
        assert writing.generations.current() == 1
        writing.keep(lambda unit: unit.generations.advance())
        assert writing.generations.current() == 2


def test_nothing_is_kept_of_a_look_that_fails(store: Store) -> None:
    def fail() -> None:
        with store.look() as looking:
            looking.keep(lambda unit: unit.generations.advance())
            raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    with store.look() as looking:
        assert looking.generations.current() == 0
