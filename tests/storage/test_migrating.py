import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from watchkeeper.storage.migrating import NewerData, migrate
from watchkeeper.storage.sql.metadata import metadata
from watchkeeper.storage.work import Store


def test_the_migrations_lead_to_the_tables_that_the_code_uses(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(store: Store) -> None:
    migrate(store)


def test_data_of_a_newer_version_is_refused_untouched(store: Store) -> None:
    with store.engine.execution_options(writes=True).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerData, match="newer Watchkeeper"):
        migrate(store)
