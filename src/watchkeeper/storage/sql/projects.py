import sqlalchemy as sa

from watchkeeper.projects.project import Project
from watchkeeper.storage.sql.metadata import Id, Moment, metadata

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("slug", sa.String(64), nullable=False, unique=True),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("created", Moment, nullable=False),
    sa.Column("created_by", Id, nullable=False),
)


class SqlProjects:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, project: Project) -> None:
        self._connection.execute(projects.insert().values(**vars(project)))

    def get(self, project: str) -> Project | None:
        either = sa.or_(projects.c.id == project, projects.c.slug == project)
        row = self._connection.execute(projects.select().where(either)).mappings().first()
        return Project(**row) if row else None

    def page(self, *, only: list[str] | None, after: str | None, limit: int) -> list[Project]:
        query = projects.select().order_by(projects.c.slug).limit(limit)
        if only is not None:
            query = query.where(projects.c.id.in_(only))
        if after is not None:
            query = query.where(projects.c.slug > after)
        return [Project(**row) for row in self._connection.execute(query).mappings()]
