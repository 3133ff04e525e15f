"""Tables that are empty, of which many are wanted: to make them by migrating takes longer than most tests."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from watchkeeper.storage.migrating import migrate
from watchkeeper.storage.sql.metadata import metadata
from watchkeeper.storage.work import Store

FROM_ONE = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences
WHERE schemaname = current_schema()
"""


def lay_tables(file: Path) -> None:
    """SQLite's, as migrating leaves them."""
    file.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as directory:
        file = Path(directory) / "kept.sqlite"
        store = Store(f"sqlite:///{file}")
        migrate(store)
        store.close()
        return file.read_bytes()


def empty_tables(store: Store, *, version: str) -> None:
    """PostgreSQL's, in which a test was, as migrating to this version left them."""
    with store.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        connection.execute(sa.text(FROM_ONE))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def version_of(store: Store) -> str:
    with store.engine.connect() as connection:
        return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))
