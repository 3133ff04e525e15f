"""The keys of a project, on its page Keys, and those that open one deployment, on its tab."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.errors import NoKey
from watchkeeper.access.key import Key
from watchkeeper.access.role import Right
from watchkeeper.errors import WatchkeeperError
from watchkeeper.projects.project import Project
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.access import KeyIssued, KeyWanted, make_key, renew_key, set_rate
from watchkeeper.server.api.gate import TheAssembly, needs, permit_of
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import TheForm, go, page, refusal, shown, the_deployment, the_project
from watchkeeper.server.web.keying import OVERLAPS, end_of_day, sorted_keys, ticked_scopes, wanted_rate, wanted_rotation
from watchkeeper.server.web.serving import tab_of
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)
MOST = 500


@router.get(PAGES["keys"], **needs(Right.MANAGE))
@router.get(PAGES["deployment_keys"], **needs(Right.MANAGE))
def keys(request: Request, assembly: TheAssembly) -> Response:
    return _page(request, assembly)


@router.post(PAGES["keys"], **needs(Right.MANAGE))
@router.post(PAGES["deployment_keys"], **needs(Right.MANAGE))
def create(request: Request, form: TheForm, assembly: TheAssembly) -> Response:
    """The secret is on the page that answers, and never again."""
    try:
        with assembly.store.work() as work:
            _, deployment = _place(request, work)
            wanted = KeyWanted(
                name=form.get("name", ""),
                expires=end_of_day(form.get("expires", "")),
                scopes=ticked_scopes(form),
                deployment=deployment.id if deployment else form.get("deployment") or None,
                rate=wanted_rate(form),
            )
            made = make_key(wanted, permit=permit_of(request), work=work, assembly=assembly)
    except WatchkeeperError as refused:
        return _refused(request, assembly, refused, at="key", form=form)
    return _page(request, assembly, status=201, made=made)


@router.post(PAGES["rotate"], **needs(Right.MANAGE))
@router.post(PAGES["deployment_rotate"], **needs(Right.MANAGE))
def rotate(request: Request, key: str, form: TheForm, assembly: TheAssembly) -> Response:
    try:
        with assembly.store.work() as work:
            found = _key(key, *_place(request, work), work)
            permit = permit_of(request)
            made = renew_key(found, wanted_rotation(form), permit=permit, work=work, assembly=assembly)
    except WatchkeeperError as refused:
        return _refused(request, assembly, refused, at="keys", form={})
    return _page(request, assembly, status=201, made=made)


@router.post(PAGES["rate"], **needs(Right.MANAGE))
@router.post(PAGES["deployment_rate"], **needs(Right.MANAGE))
def rate(request: Request, key: str, form: TheForm, assembly: TheAssembly) -> Response:
    try:
        with assembly.store.work() as work:
            place = _place(request, work)
            found = _key(key, *place, work)
            set_rate(found, wanted_rate(form), permit=permit_of(request), work=work, assembly=assembly)
    except WatchkeeperError as refused:
        return _refused(request, assembly, refused, at=f"rate-{key}", form=form)
    return _back(*place)


@router.post(PAGES["revoke"], **needs(Right.MANAGE))
@router.post(PAGES["deployment_revoke"], **needs(Right.MANAGE))
def revoke(request: Request, key: str, form: TheForm, assembly: TheAssembly) -> Response:
    del form  # its token is all there is to it
    with assembly.store.work() as work:
        project, deployment = _place(request, work)
        work.keys.revoke(_key(key, project, deployment, work).id, at=assembly.clock.now())
        work.generations.advance()
    return _back(project, deployment)


def _back(project: Project, deployment: Deployment | None) -> Response:
    if deployment is None:
        return go("keys", project=project.slug)
    return go("deployment_keys", project=project.slug, deployment=deployment.slug)


def _place(request: Request, work: Work) -> tuple[Project, Deployment | None]:
    """The page's project, and its deployment on a deployment's tab."""
    project, slug = the_project(request, work), request.path_params.get("deployment")
    return project, the_deployment(project, slug, work) if slug else None


def _key(key: str, project: Project, deployment: Deployment | None, work: Work) -> Key:
    found = next((each for each in _keys(project, deployment, work) if each.id == key), None)
    if found is None:
        raise NoKey("There is no such key here.")
    return found


def _keys(project: Project, deployment: Deployment | None, work: Work) -> list[Key]:
    """Of the project; those that open the deployment where one is given."""
    found = work.keys.of_project(project.id)
    return [key for key in found if deployment is None or key.deployment in {None, deployment.id}]


def _refused(
    request: Request, assembly: Assembly, error: WatchkeeperError, *, at: str, form: dict[str, str]
) -> Response:
    return _page(request, assembly, status=error.status, refused=refusal(error, at=at, written=form))


def _page(
    request: Request,
    assembly: Assembly,
    *,
    status: int = 200,
    made: KeyIssued | None = None,
    refused: dict[str, Any] | None = None,
) -> Response:
    with assembly.store.look() as work:
        project, deployment = _place(request, work)
        context = {
            "project": shown(project),
            "keys": sorted_keys(_keys(project, deployment, work), work, assembly),
            "deployments": {each.id: each.name for each in work.deployments.page(project.id, after=None, limit=MOST)},
            "overlaps": OVERLAPS,
            "processes": assembly.settings.workers,
            "made": made.model_dump() if made else None,
            "refused": refused,
        }
        if deployment is None:
            return page(request, "keys.html", status=status, **context)
        tab = tab_of(request, deployment.slug, work, assembly)
    return page(request, "deployment_keys.html", status=status, **{**tab.context, **context})
