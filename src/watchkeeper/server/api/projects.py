from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.access.permitting import seen_projects
from watchkeeper.access.role import Right
from watchkeeper.projects.creating import create_project
from watchkeeper.projects.project import Project
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Cursor, Limit, Page, paged

router = APIRouter(tags=["projects"])


class ProjectWanted(BaseModel):
    name: str
    description: str = ""


class ProjectShown(BaseModel):
    id: str
    name: str
    slug: str
    description: str
    created: datetime


@router.get("/projects", **needs(Right.IDENTIFIED))
def list_projects(
    permit: ThePermit, assembly: TheAssembly, limit: Limit = 100, cursor: Cursor = None
) -> Page[ProjectShown]:
    """Those that the caller may read."""
    with assembly.store.look() as work:
        only = seen_projects(permit.identity, members=work.members)
        found = work.projects.page(only=only, after=cursor, limit=limit + 1)
    return paged(found, limit=limit, show=show_project, cursor=lambda project: project.slug)


@router.post("/projects", status_code=201, **needs(Right.ADMINISTER))
def make_project(wanted: ProjectWanted, permit: ThePermit, assembly: TheAssembly) -> ProjectShown:
    with assembly.store.work() as work:
        project = create_project(
            wanted.name,
            description=wanted.description,
            permit=permit,
            projects=work.projects,
            members=work.members,
            clock=assembly.clock,
        )
        work.generations.advance()
    return show_project(project)


@router.get("/projects/{project}", **needs(Right.READ))
def get_project(project: str, assembly: TheAssembly) -> ProjectShown:
    with assembly.store.look() as work:
        found = work.projects.get(project)
    assert found is not None  # noqa: S101  (the gate has seen it)
    return show_project(found)


def show_project(project: Project) -> ProjectShown:
    return ProjectShown(
        id=project.id,
        name=project.name,
        slug=project.slug,
        description=project.description,
        created=project.created,
    )
