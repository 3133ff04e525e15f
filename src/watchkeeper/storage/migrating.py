"""Bringing a database to this version's tables, or refusing one that a newer version wrote."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from watchkeeper.errors import WatchkeeperError
from watchkeeper.storage.work import Store


class NewerData(WatchkeeperError):
    code = "newer-data"


def migrate(store: Store) -> None:
    """Raise NewerData, with nothing touched, when the tables are of a version that this one does not know."""
    config = _config()
    if not _is_behind(store, ScriptDirectory.from_config(config)):
        return
    with store.engine.execution_options(writes=True).connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check(store: Store) -> None:
    """Raise NewerData, as `migrate` would."""
    _is_behind(store, ScriptDirectory.from_config(_config()))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _is_behind(store: Store, steps: ScriptDirectory) -> bool:
    known = {step.revision for step in steps.walk_revisions()}
    with store.look() as work:
        current = MigrationContext.configure(work.connection).get_current_revision()
    if current is not None and current not in known:
        raise NewerData(
            f"The data was written by a newer Watchkeeper (its tables are at step {current}). "
            "Install that version, or choose another --data-dir."
        )
    return current != steps.get_current_head()
