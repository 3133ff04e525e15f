"""Is this process alive, is it ready, and its metrics."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.exposing import MEDIA_TYPE, exposed
from watchkeeper.server.notices import Notices

router = APIRouter(tags=["health"])


@router.get("/health/live", **needs(Right.OPEN))
def live() -> dict[str, str]:
    return {"state": "alive"}


@router.get("/health/ready", **needs(Right.OPEN))
def ready(assembly: TheAssembly) -> dict[str, str]:
    """Ready when the database answers."""
    with assembly.store.look() as work:
        work.generations.current()
    return {"state": "ready"}


@router.get("/metrics", response_class=Response, **needs(Right.METRICS))
def metrics(request: Request) -> Response:
    """The figures of all processes in Prometheus's text format. With the setting `metrics_open`, for anybody."""
    notices: Notices = request.app.state.notices
    return Response(exposed(notices.all()), media_type=MEDIA_TYPE)
