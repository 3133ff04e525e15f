"""One suite for every database: SQLite always, PostgreSQL where one answers on this machine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from watchkeeper.storage.migrating import migrate
from watchkeeper.storage.sql.metadata import metadata
from watchkeeper.storage.work import Store

POSTGRESQL = os.environ.get("WATCHKEEPER_TEST_POSTGRESQL", "postgresql+psycopg://root@/test?host=/var/run/postgresql")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'kept.sqlite'}" if request.param == "sqlite" else POSTGRESQL)
    if request.param == "postgresql":
        empty_postgresql(opened)
    migrate(opened)
    yield opened
    if request.param == "postgresql":
        empty_postgresql(opened)
    opened.close()


def empty_postgresql(store: Store) -> None:
    try:
        with store.engine.begin() as connection:
            metadata.drop_all(connection)
            connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    except sa.exc.OperationalError:
        store.close()
        pytest.skip("no PostgreSQL answers here; WATCHKEEPER_TEST_POSTGRESQL names another")
