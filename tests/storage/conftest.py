"""One suite for every database: SQLite always, PostgreSQL where one answers on this machine."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.storage.laying import empty_tables, lay_tables, version_of
from watchkeeper.storage.migrating import migrate
from watchkeeper.storage.work import Store

FILE = "kept.sqlite"
POSTGRESQL = os.environ.get("WATCHKEEPER_TEST_POSTGRESQL", "postgresql+psycopg:///test?host=/var/run/postgresql")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Migrated, and empty."""
    if request.param == "postgresql":
        yield from emptied(request.getfixturevalue("schema"))
    else:
        lay_tables(tmp_path / FILE)
        with sqlite(tmp_path) as opened:
            yield opened


@pytest.fixture(scope="session")
def schema() -> Iterator[str]:
    """The address of one that is migrated, which each test leaves empty."""
    with postgresql() as opened:
        migrate(opened)
        yield opened.engine.url.render_as_string(hide_password=False)


def emptied(url: str) -> Iterator[Store]:
    opened = Store(url)
    version = version_of(opened)
    yield opened
    empty_tables(opened, version=version)
    opened.close()


@contextmanager
def sqlite(directory: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{directory / FILE}")
    yield opened
    opened.close()


@contextmanager
def postgresql() -> Iterator[Store]:
    """A schema of its own, so that nothing that is there can be touched, and nothing is left."""
    schema = f"watchkeeper_test_{secrets.token_hex(6)}"
    engine = sa.create_engine(POSTGRESQL)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    except sa.exc.OperationalError:
        engine.dispose()
        pytest.skip("no PostgreSQL answers here; WATCHKEEPER_TEST_POSTGRESQL names another")
    joined = "&" if "?" in POSTGRESQL else "?"
    opened = Store(f"{POSTGRESQL}{joined}options=-csearch_path%3D{schema}")
    yield opened
    opened.close()
    with engine.begin() as connection:
        connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()
