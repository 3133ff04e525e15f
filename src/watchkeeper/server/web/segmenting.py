"""The form that says which feature is the segment."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.monitoring.collecting.segmenting import segment_by
from watchkeeper.monitoring.errors import SegmentRefused
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.web.context import TheForm, go, refusal, the_deployment, the_project
from watchkeeper.server.web.distribution import shown

router = APIRouter(include_in_schema=False)


@router.post(PAGES["segment"], **needs(Right.WRITE))
def count_apart(request: Request, deployment: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    """By the feature of the form; by none where it names none."""
    try:
        with assembly.store.work() as work:
            project = the_project(request, work)
            found = the_deployment(project, deployment, work)
            column = form.get("column") or None
            segment_by(found, column, permit=permit, work=work, places=assembly.places, clock=assembly.clock)
    except SegmentRefused as refused:
        return shown(request, deployment, assembly, refused=refusal(refused, at="segment", written=form))
    return go("distribution", project=project.slug, deployment=found.slug)
