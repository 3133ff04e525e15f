import sqlalchemy as sa

from watchkeeper.jobs.job import Job, State
from watchkeeper.storage.sql.metadata import Id, Moment, metadata

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("subject", Id, nullable=False),
    sa.Column("arguments", sa.JSON, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("asked", Moment, nullable=False),
    sa.Index("ix_jobs_state_asked", "state", "asked"),
)


class SqlJobs:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, job: Job) -> None:
        self._connection.execute(jobs.insert().values(**vars(job)))

    def asked(self, limit: int) -> list[Job]:
        query = jobs.select().where(jobs.c.state == State.ASKED).order_by(jobs.c.asked).limit(limit)
        return [Job(**{**row, "state": State(row["state"])}) for row in self._connection.execute(query).mappings()]

    def mark(self, job: str, state: State) -> None:
        marked = jobs.update().where(jobs.c.id == job)
        if state is State.RUNNING:
            marked = marked.where(jobs.c.state == State.ASKED)
        self._connection.execute(marked.values(state=state))
