"""Every page by every role, and every form without its token: the pages ask for the same rights as the API."""

from collections import defaultdict

import pytest

from tests.api.browsing import Visitor, visitor
from tests.api.conftest import Api
from tests.api.test_roles import MAY, PARTS
from watchkeeper.server.api.routes import Route, routes_of
from watchkeeper.server.console import routers

WHO = ("admin", "contributor", "viewer", "end_user", "stranger")
NAMES = defaultdict(lambda: "none", {**PARTS, "deployment": "live", "number": "1", "what": "usage"})


def pages(method: str) -> list[Route]:
    found = [route for route in routes_of(routers()) if not route.api and route.method == method]
    return [route for route in found if route.right != "open"]


def path_of(route: Route) -> str:
    return route.path.format_map(NAMES)


@pytest.fixture
def visitors(api: Api) -> dict[str, Visitor]:
    return {who: visitor(api, who) for who in WHO}


def test_a_page_opens_to_whom_its_right_says(visitors: dict[str, Visitor]) -> None:
    for route in pages("GET"):
        for who, somebody in visitors.items():
            status = somebody.get(path_of(route)).status_code
            assert (status not in {401, 403}) if who in MAY[route.right] else (status in {403, 404}), (route, who)


def test_a_form_is_taken_from_whom_its_right_says_and_never_without_its_token(visitors: dict[str, Visitor]) -> None:
    for route in pages("POST"):
        assert visitors["admin"].forge(path_of(route), csrf="0").status_code == 403, route
        for who, somebody in visitors.items():
            if who not in MAY[route.right]:
                assert somebody.send(path_of(route)).status_code in {403, 404}, (route, who)
