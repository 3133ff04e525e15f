from typing import Protocol

from watchkeeper.projects.project import Project


class Projects(Protocol):
    def add(self, project: Project) -> None: ...
    def get(self, project: str) -> Project | None:
        """By id or slug; None when there is none."""
        ...

    def page(self, *, only: list[str] | None, after: str | None, limit: int) -> list[Project]:
        """In order of slug; `only` these ids where given; after this slug where given."""
        ...
