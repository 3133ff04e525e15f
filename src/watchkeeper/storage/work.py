"""One unit of work over all rooms' tables: everything in it is kept, or nothing."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from watchkeeper.errors import Refused, Unavailable
from watchkeeper.storage.sql.acceptances import SqlAcceptances
from watchkeeper.storage.sql.access import (
    SqlInvitations,
    SqlLinks,
    SqlMembers,
    SqlSessions,
    SqlTries,
    SqlUsers,
)
from watchkeeper.storage.sql.alerts import SqlChannels, SqlDeliveries, SqlFirings, SqlRules
from watchkeeper.storage.sql.almanacs import SqlAlmanacs
from watchkeeper.storage.sql.batches import SqlBatches
from watchkeeper.storage.sql.callers import SqlCallers
from watchkeeper.storage.sql.datasets import SqlDatasets
from watchkeeper.storage.sql.erasures import SqlErasures, SqlMasking
from watchkeeper.storage.sql.experiments import SqlExperiments
from watchkeeper.storage.sql.hours import SqlHours
from watchkeeper.storage.sql.jobs import SqlJobs
from watchkeeper.storage.sql.journal import SqlJournal, SqlLease
from watchkeeper.storage.sql.keys import SqlKeys
from watchkeeper.storage.sql.label_counts import SqlLabelCounts
from watchkeeper.storage.sql.labels import SqlLabels
from watchkeeper.storage.sql.looks import SqlLooks
from watchkeeper.storage.sql.monitoring import SqlWatch
from watchkeeper.storage.sql.pipelines import SqlPipelines
from watchkeeper.storage.sql.projects import SqlProjects
from watchkeeper.storage.sql.resources import SqlResources
from watchkeeper.storage.sql.retention import SqlRetentions
from watchkeeper.storage.sql.runs import SqlRuns
from watchkeeper.storage.sql.samples import SqlSamples
from watchkeeper.storage.sql.schemas import SqlSchemas
from watchkeeper.storage.sql.scores import SqlScores
from watchkeeper.storage.sql.segments import SqlSegments
from watchkeeper.storage.sql.serving import SqlBoard, SqlDeployments, SqlGenerations
from watchkeeper.storage.sql.verdicts import SqlPolicies, SqlVerdicts
from watchkeeper.syncing import sync_path

log = logging.getLogger(__name__)
PATIENCE = 30_000
"""Milliseconds for which a transaction waits for its turn to write, on SQLite."""
SOON = 100
"""What can as well be made again waits no longer."""


class Work:
    def __init__(self, connection: sa.Connection, *, writes: bool) -> None:
        self.connection = connection
        self.writes = writes
        self.kept_later: list[Callable[[Work], None]] = []
        self.users = SqlUsers(connection)
        self.members = SqlMembers(connection)
        self.keys = SqlKeys(connection)
        self.links = SqlLinks(connection)
        self.sessions = SqlSessions(connection)
        self.tries = SqlTries(connection)
        self.invitations = SqlInvitations(connection)
        self.projects = SqlProjects(connection)
        self.jobs = SqlJobs(connection)
        self.datasets = SqlDatasets(connection)
        self.experiments = SqlExperiments(connection)
        self.deployments = SqlDeployments(connection)
        self.generations = SqlGenerations(connection)
        self.board = SqlBoard(connection)
        self.lease = SqlLease(connection)
        self.journal = SqlJournal(connection)
        self.masking = SqlMasking(connection)
        self.erasures = SqlErasures(connection)
        self.retentions = SqlRetentions(connection)
        self.watch = SqlWatch(connection)
        self.hours = SqlHours(connection)
        self.segments = SqlSegments(connection)
        self.label_counts = SqlLabelCounts(connection)
        self.samples = SqlSamples(connection)
        self.labels = SqlLabels(connection)
        self.callers = SqlCallers(connection)
        self.scores = SqlScores(connection)
        self.verdicts = SqlVerdicts(connection)
        self.looks = SqlLooks(connection)
        self.almanacs = SqlAlmanacs(connection)
        self.policies = SqlPolicies(connection)
        self.acceptances = SqlAcceptances(connection)
        self.schemas = SqlSchemas(connection)
        self.resources = SqlResources(connection)
        self.rules = SqlRules(connection)
        self.firings = SqlFirings(connection)
        self.channels = SqlChannels(connection)
        self.deliveries = SqlDeliveries(connection)
        self.pipelines = SqlPipelines(connection)
        self.runs = SqlRuns(connection)
        self.batches = SqlBatches(connection)

    def keep(self, write: Callable[["Work"], None]) -> None:
        if self.writes:
            write(self)
        else:
            self.kept_later.append(write)


def _decoded(text: str | bytes) -> Any:
    """Some definitions are long. NaN is no JSON, but Python writes it."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


class Store:
    """The database. `url` is SQLAlchemy's; SQLite and PostgreSQL are held to the same suite."""

    def __init__(self, url: str) -> None:
        self.engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"), json_deserializer=_decoded)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A transaction that writes; on SQLite it takes its turn at once, so that it never has to give up half-way."""
        with self._work(PATIENCE) as work:
            yield work

    @contextmanager
    def _work(self, patience: int) -> Iterator[Work]:
        options = {"writes": True, "patience": patience}
        with _named(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield Work(connection, writes=True)

    @contextmanager
    def look(self) -> Iterator[Work]:
        """A transaction that only reads, all of it as it was at one moment, and waits for nobody. What it leaves to be
        kept is kept after it, or made again the next time where that can't be."""
        with _named(), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                work = Work(connection, writes=False)
                yield work
        if work.kept_later:
            self._keep(work.kept_later)

    def _keep(self, later: Sequence[Callable[[Work], None]]) -> None:
        try:
            with self._work(SOON) as work:
                for write in later:
                    write(work)
        except (StorageUnavailable, sa.exc.IntegrityError) as failure:
            log.warning("what was made to be read could not be kept: %s", failure)

    def sync(self) -> None:
        """Put all that was committed on the disk itself. PostgreSQL does so with each commit; SQLite leaves its log to
        the system until a checkpoint, and a loss of power can cost what it has not written by then."""
        database = self.engine.url.database
        if self.engine.dialect.name != "sqlite" or database is None:
            return
        log = Path(f"{database}-wal")
        try:
            sync_path(log)
            sync_path(log.parent)
        except FileNotFoundError:  # checkpointed and removed, so on the disk
            return
        except OSError as error:
            raise StorageUnavailable(f"The database can't be put on the disk ({error.strerror}).") from error

    def close(self) -> None:
        self.engine.dispose()


class ValueRefused(Refused):
    """A text or a number that the database can't hold, such as a text with a NUL."""

    code = "value-refused"


class StorageUnavailable(Unavailable):
    """The database is full, locked, away, or none."""

    code = "storage-unavailable"


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except sa.exc.DataError as error:
        said = str(error.orig).splitlines()[0]
        raise ValueRefused(f"A value of this request can't be kept ({said}). Mend it.") from error
    except sa.exc.DatabaseError as error:
        if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError):
            raise
        raise StorageUnavailable(f"The database can't be used now ({error.orig}). Try again later.") from error


def _prepare_sqlite(connection: Any, record: object) -> None:
    del record
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", f"busy_timeout = {PATIENCE}", "foreign_keys = ON", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writes", False):
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {options.get('patience', PATIENCE)}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE}")
