from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.health.resources import Grain
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.resources import for_users, read_resources
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import page

router = APIRouter(include_in_schema=False)
DAY, LONGEST = 24, 24 * 730


@router.get(PAGES["resources"], **needs(Right.IDENTIFIED))
def resources(
    request: Request,
    permit: ThePermit,
    assembly: TheAssembly,
    hours: Annotated[int | None, Query(ge=1, le=LONGEST)] = None,
) -> Response:
    for_users(permit)
    chosen = hours or _fitting(assembly)
    return page(request, "resources.html", resources=read_resources(assembly, hours=chosen), hours=chosen)


def _fitting(assembly: Assembly) -> int:
    """A day; an hour while there is no more than that to draw."""
    with assembly.store.look() as work:
        oldest = work.resources.oldest(Grain.SAMPLE)
    return DAY if oldest is not None and assembly.clock.now() - oldest > timedelta(hours=1) else 1
