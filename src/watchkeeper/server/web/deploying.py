"""A project's deployments, and the form that makes one."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.errors import WatchkeeperError
from watchkeeper.experiments.experiment import ModelState
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.experiments import show_model
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs, permit_of
from watchkeeper.server.api.serving import DeploymentWanted, make_deployment
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import TheForm, go, page, refusal, shown, the_project
from watchkeeper.server.web.serving import MOST, row_of
from watchkeeper.serving.deployment import Isolation, TypePolicy
from watchkeeper.serving.setting import WHERE
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)
MOST_CANDIDATES = 100
WRITTEN = ("challenger", "time_zone", "type_policy", "isolation", "segment")


@router.get(PAGES["deployments"], **needs(Right.READ))
def deployments(request: Request, assembly: TheAssembly) -> Response:
    return _page(request, assembly)


@router.post(PAGES["deployments"], **needs(Right.WRITE))
def create(request: Request, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    """What is left empty is as usual."""
    given = {name: form[name] for name in WRITTEN if form.get(name)}
    named = {name: form.get(name, "") for name in ("name", "champion")}
    wanted = DeploymentWanted.model_validate({**given, **named})
    try:
        with assembly.store.work() as work:
            project = the_project(request, work)
            made = make_deployment(wanted, permit=permit, work=work, assembly=assembly)
    except WatchkeeperError as refused:
        said = refusal(refused, at="deployment", written=form)
        return _page(request, assembly, status=refused.status, refused=said)
    return go("deployment", project=project.slug, deployment=made.slug)


def _page(
    request: Request, assembly: Assembly, *, status: int = 200, refused: dict[str, Any] | None = None
) -> Response:
    rights = permit_of(request).rights
    with assembly.store.look() as work:
        project = the_project(request, work)
        found = work.deployments.page(project.id, after=None, limit=MOST)
        candidates = _candidates(project.id, work) if Right.WRITE in rights else iter(())
        context = {
            "project": shown(project),
            "deployments": [row_of(each, work=work, assembly=assembly) for each in found],
            "candidates": list(islice(candidates, MOST_CANDIDATES)),
            "policies": list(TypePolicy),
            "isolations": [(each.value, each.value, f"By {WHERE[each]}.") for each in Isolation],
            "may_manage": Right.MANAGE in rights,
            "refused": refused,
        }
    return page(request, "deployments.html", status=status, **context)


def _candidates(project: str, work: Work) -> Iterator[dict[str, Any]]:
    """Trained models, those of the newest experiments and versions first, each with its score."""
    for experiment in work.experiments.page(project, after=None, limit=MOST):
        for version in reversed(work.experiments.versions(experiment.id)):
            for model in work.experiments.models(version.id):
                if model.state is ModelState.DONE:
                    said = show_model(model).model_dump(include={"id", "learner", "metrics"})
                    yield {**said, "experiment": experiment.name, "number": version.number, "by": version.metric}
