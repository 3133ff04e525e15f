"""What Alembic runs: the steps, over the connection it was given."""

from alembic import context

from watchkeeper.storage import work  # noqa: F401  (imports every table)
from watchkeeper.storage.sql.metadata import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
