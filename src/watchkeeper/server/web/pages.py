"""All pages, and the files they are drawn with."""

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import FileResponse, Response

from watchkeeper.access.role import Right
from watchkeeper.errors import NotFound
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.web import (
    accepting,
    access,
    account,
    alerts,
    batches,
    channels,
    datasets,
    deploying,
    distribution,
    experiments,
    integrity,
    journal,
    keys,
    log,
    members,
    numbers,
    performance,
    pipelines,
    profiles,
    projects,
    reference,
    releases,
    resources,
    runs,
    segmenting,
    serving,
)
from watchkeeper.server.web.bundle import written_bundle
from watchkeeper.server.web.rendering import STATIC, palette_stylesheet

FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

router = APIRouter(include_in_schema=False)


@router.get("/static/{name}", **needs(Right.OPEN))
def static(name: str, assembly: TheAssembly, later: BackgroundTasks) -> Response:
    """A file that the pages need; its address changes with its content, so it may be kept for ever."""
    if name == "palette.css":
        # Only a browser asks for colours, and its first page has no chart yet; a server without one is spared the work.
        later.add_task(written_bundle, assembly.places.cache())
        return Response(palette_stylesheet(), media_type="text/css", headers=FOREVER)
    if name == "charts.js":
        bundle = written_bundle(assembly.places.cache())
        return FileResponse(bundle.path, media_type="text/javascript", headers=FOREVER)
    path = STATIC / name
    if path.parent != STATIC or not path.is_file():
        raise NotFound("There is no such file.")
    return FileResponse(path, media_type=TYPES.get(path.suffix, "application/octet-stream"), headers=FOREVER)


ROOMS = (
    pipelines,
    runs,
    access,
    account,
    members,
    keys,
    projects,
    datasets,
    experiments,
    deploying,
    distribution,
    accepting,
    integrity,
    serving,
    journal,
    log,
    numbers,
    performance,
    profiles,
    releases,
    batches,
    channels,
    alerts,
    reference,
    resources,
    segmenting,
)
ROUTERS = (*(room.router for room in ROOMS), router)


def wants_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api", "/health", "/metrics", "/static"))
