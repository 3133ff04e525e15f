"""Labels that an earlier version kept are counted, each row's newest alone, and looked for once more."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from tests.storage.conftest import postgresql, sqlite
from watchkeeper.storage import migrating
from watchkeeper.storage.migrating import migrate
from watchkeeper.storage.work import Store

PARENTS = (
    "INSERT INTO projects (id, name, slug, description, created, created_by) VALUES ('p', 'P', 'p', '', {at}, 'u')",
    (
        "INSERT INTO experiments (id, project, name, target, time_zone, exclude, created, created_by) "
        "VALUES ('e', 'p', 'E', 'y', 'UTC', '[]', {at}, 'u')"
    ),
    (
        "INSERT INTO deployments (id, project, name, slug, address, experiment, time_zone, created, created_by) "
        "VALUES ('d', 'p', 'D', 'd', 'p.d', 'e', 'UTC', {at}, 'u')"
    ),
)
LABEL = (
    'INSERT INTO labels (deployment, "row", value, received, given_by, counts, day, looked, looked_at) '
    "VALUES ('d', '{row}', {value}, {at}, 'Ann', ({counts} = 1), {day}, {looked}, {looked_at})"
)
AT = 1_767_225_600_000_000
BEFORE = "0006"


def label(row: str, value: float, *, counts: int = 1, day: str | None = None, looked: int | None = None) -> str:
    where = {"day": f"'{day}'" if day else "NULL", "looked": looked or "NULL", "looked_at": AT if looked else "NULL"}
    return LABEL.format(row=row, value=value, counts=counts, at=AT, **where)


def migrate_to(store: Store, step: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrating.__file__).parent / "migrations"))
    with store.engine.execution_options(writes=True).connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, step)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_labels_of_before_are_counted_and_looked_for_once_more(kind: str, tmp_path: Path) -> None:
    kept = [
        label("a", 1.0, counts=0, day="2026-01-01"),
        label("a", 2.0, day="2026-01-01"),
        label("twice", 3.0, day="2026-01-02"),
        label("twice", 4.0, day="2026-01-02"),  # as two who sent at once could leave it
        label("nothing", 5.0, looked=10),
        label("new", 6.0),
    ]
    with sqlite(tmp_path) if kind == "sqlite" else postgresql() as store:
        migrate_to(store, BEFORE)
        with store.engine.execution_options(writes=True).begin() as connection:
            for statement in (*(each.format(at=AT) for each in PARENTS), *kept):
                connection.execute(sa.text(statement))
        migrate(store)
        with store.look() as work:
            status = work.labels.status("d")
            assert (status.rows, status.matched, status.waiting, status.corrections) == (4, 2, 2, 2)
            assert work.labels.pending("d", limit=10) == ["nothing", "new"]
            assert {each.row: each.value for each in work.labels.all("d", after="", limit=10)} == {
                "a": 2.0,
                "twice": 4.0,
                "nothing": 5.0,
                "new": 6.0,
            }
