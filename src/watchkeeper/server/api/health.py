"""Is this process alive, is it ready, and its metrics."""

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from watchkeeper.access.role import Right
from watchkeeper.server.api.gate import TheAssembly, needs

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


@router.get("/metrics", response_class=Response, **needs(Right.OPEN))
def metrics() -> Response:
    """In Prometheus's text format: this process's memory, processor time and open files."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
