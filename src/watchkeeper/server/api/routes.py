"""Every route of the console with the right that it asks for: what the docs, the docs page and the tests read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.routing import APIRoute

from watchkeeper.server.api.gate import Gate


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    right: str
    summary: str
    api: bool


def routes_of(routers: Iterable[tuple[str, APIRouter]]) -> list[Route]:
    """Of routers with their prefixes, in the order in which they are matched. A route without a gate has the right
    "none"."""
    return [
        route
        for prefix, router in routers
        for each in router.routes
        if isinstance(each, APIRoute)
        for route in _each(each, prefix)
    ]


def _each(route: APIRoute, prefix: str) -> Iterator[Route]:
    gates = [each.dependency for each in route.dependencies if isinstance(each.dependency, Gate)]
    right = gates[0].right.value if gates else "none"
    summary = " ".join((route.description or "").split()) or route.summary or route.name.replace("_", " ").capitalize()
    for method in sorted(route.methods or ()):
        yield Route(method, prefix + route.path, right, summary, api=route.include_in_schema)
