from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.resources import for_users, read_resources
from watchkeeper.server.web.addresses import PAGES
from watchkeeper.server.web.context import page

router = APIRouter(include_in_schema=False)
LONGEST = 24 * 730


@router.get(PAGES["resources"], **needs(Right.IDENTIFIED))
def resources(
    request: Request,
    permit: ThePermit,
    assembly: TheAssembly,
    hours: Annotated[int, Query(ge=1, le=LONGEST)] = 24,
) -> Response:
    for_users(permit)
    found = read_resources(assembly, hours=hours)
    return page(request, "resources.html", resources=found, hours=hours)
