from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.permitting import seen_projects
from watchkeeper.access.role import Right
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.datasets import show_dataset
from watchkeeper.server.api.experiments import show_experiment
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.monitoring import show_health
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import go, page, shown, the_project
from watchkeeper.server.web.serving import row_of
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)
MOST = 500
WORST_FIRST = ("down", "degraded", "healthy")


@router.get(PAGES["home"], **needs(Right.IDENTIFIED))
def home() -> Response:
    return go("projects")


@router.get(PAGES["projects"], **needs(Right.IDENTIFIED))
def projects(request: Request, permit: ThePermit, assembly: TheAssembly) -> Response:
    with assembly.store.look() as work:
        only = seen_projects(permit.identity, members=work.members)
        unseen = [] if only is None else [each for each in work.members.projects_of(permit.user) if each not in only]
        called = [project.name for project in map(work.projects.get, unseen) if project]
        found = [
            {**shown(project), **_deployed(project.id, work, assembly)}
            for project in work.projects.page(only=only, after=None, limit=MOST)
        ]
    return page(request, "projects.html", projects=found, called=called)


@router.get(PAGES["project"], **needs(Right.READ))
def project(request: Request, assembly: TheAssembly) -> Response:
    with assembly.store.look() as work:
        found = the_project(request, work)
        return page(
            request,
            "project.html",
            project=shown(found),
            datasets=[show_dataset(each).model_dump() for each in work.datasets.page(found.id, after=None, limit=MOST)],
            experiments=[
                show_experiment(each, work).model_dump()
                for each in work.experiments.page(found.id, after=None, limit=MOST)
            ],
            deployments=[
                row_of(each, work=work, assembly=assembly)
                for each in work.deployments.page(found.id, after=None, limit=MOST)
            ],
        )


def _deployed(project: str, work: Work, assembly: Assembly) -> dict[str, object]:
    """How many deployments, and the worst state among them."""
    found = work.deployments.page(project, after=None, limit=MOST)
    states = {show_health(each, work=work, assembly=assembly)["state"] for each in found}
    return {"deployments": len(found), "state": next((state for state in WORST_FIRST if state in states), None)}
