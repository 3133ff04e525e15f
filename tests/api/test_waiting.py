"""Who looks waits for nobody who writes: the worker does so while it collects, and people would stand behind it."""

from collections import defaultdict

import pytest
import sqlalchemy as sa

from tests.api.browsing import visitor
from tests.api.conftest import Api
from tests.api.test_roles import PARTS
from watchkeeper.server.api.routes import Route, routes_of
from watchkeeper.server.console import routers
from watchkeeper.storage import work
from watchkeeper.storage.sql.monitoring import baselines, bin_sets

NAMES = defaultdict(lambda: "none", {**PARTS, "deployment": "live", "number": "1", "what": "usage"})
OF_API = defaultdict(lambda: "none", {**PARTS, "deployment": "d1"})


def answers() -> list[Route]:
    return [each for each in routes_of(routers()) if each.method == "GET" and each.right != "open"]


def kept(api: Api) -> tuple[int, int]:
    with api.assembly.store.look() as looking:
        counts = [looking.connection.scalar(sa.select(sa.func.count()).select_from(t)) for t in (bin_sets, baselines)]
    return counts[0] or 0, counts[1] or 0


def test_no_page_and_no_answer_waits_for_a_writer(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waited would be told that the database can't be used."""
    monkeypatch.setattr(work, "PATIENCE", 0)
    browser = visitor(api, "admin")
    before = kept(api)
    with api.assembly.store.work() as writing:
        writing.generations.advance()
        for route in answers():
            path = route.path.format_map(OF_API if route.api else NAMES)
            status = (api.call("GET", path) if route.api else browser.get(path)).status_code
            assert status != 503, route
    assert kept(api) == before


def test_what_a_page_made_to_be_read_is_kept_once_nobody_writes(api: Api) -> None:
    browser, page = visitor(api, "admin"), "/projects/p/deployments/live/distribution"
    with api.assembly.store.work() as writing:
        writing.connection.execute(baselines.delete())
        writing.connection.execute(bin_sets.delete())
    with api.assembly.store.work():
        shown = browser.get(page)
    assert kept(api) == (0, 0)
    assert browser.get(page).status_code == shown.status_code == 200
    sets, answers_kept = kept(api)
    assert sets == 1
    assert answers_kept >= 1
