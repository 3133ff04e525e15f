"""/metrics on the console: the figures of all processes, for an administrator's key, or where it is set for anybody."""

from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.api.browsing import visitor
from tests.api.conftest import Api
from watchkeeper.server.console import create_app
from watchkeeper.server.figures import Sample
from watchkeeper.server.measuring import journal_samples
from watchkeeper.server.notices import Notices


def families(text: str) -> dict[str, Any]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def test_the_console_tells_what_the_other_processes_wrote(api: Api) -> None:
    run = api.assembly.places.run()
    for name in ("plane-1", "plane-2"):
        Notices(name, run).tell([Sample("watchkeeper_rows_waiting", ("p.live", "1", "challenger"), 5)])
    with api.assembly.store.work() as work:
        at = api.assembly.clock.now()
        work.board.report("worker", pid=1, at=at, status={"collected": {"d1": at.isoformat()}})
    Notices("worker", run).tell(journal_samples(api.assembly))
    answer = api.call("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = families(answer.text)
    waiting = found["watchkeeper_rows_waiting"].samples
    assert [(each.labels["process"], each.value) for each in waiting] == [("plane-1", 5), ("plane-2", 5)]
    (lag,) = found["watchkeeper_journal_lag_seconds"].samples
    assert lag.labels == {"process": "worker", "deployment": "p.live"}
    assert lag.value > 0
    assert found["watchkeeper_calls_owed"].samples[0].value == 0
    memory = found["watchkeeper_process_resident_memory_bytes"].samples
    assert {each.labels["process"] for each in memory} == {"plane-1", "plane-2", "worker"}
    assert all(each.value > 1e6 for each in memory)


def test_a_key_that_reads_figures_reads_nothing_else(api: Api) -> None:
    boss = api.client("administrator")
    key = boss.account.keys.create("prometheus", scopes=["metrics"])
    api.keys["prometheus"] = str(key.secret)
    assert api.call("GET", "/metrics", who="prometheus").status_code == 200
    assert api.call("GET", "/api/v1/projects", who="prometheus").json()["items"] == []
    assert api.call("GET", "/api/v1/projects/p", who="prometheus").status_code == 404
    with api.assembly.store.look() as work:
        (kept,) = [each for each in work.keys.of_user(boss.me().id or "") if each.scopes]
    assert (kept.watches, kept.predicts) == (True, False)


@pytest.mark.parametrize(("who", "path"), [("admin", "/api/v1/me/keys"), ("admin", "/api/v1/projects/p/keys")])
def test_only_an_administrators_own_key_has_that_scope(api: Api, who: str, path: str) -> None:
    refused = api.call("POST", path, who=who, json={"name": "x", "scopes": ["read", "metrics"]})
    assert (refused.status_code, refused.json()["code"], refused.json()["fields"]) == (422, "key-refused", ["scopes"])


def test_the_pages_offer_it_to_administrators_alone(api: Api) -> None:
    assert 'name="scope-metrics"' in visitor(api, "administrator").read("/account")
    assert 'name="scope-metrics"' not in visitor(api, "administrator").read("/projects/p/keys")
    assert 'name="scope-metrics"' not in visitor(api, "admin").read("/account")


def test_where_it_is_set_anybody_reads_figures(api: Api) -> None:
    assert api.call("GET", "/metrics", who=None).status_code == 401
    opened = replace(api.assembly, settings=replace(api.assembly.settings, metrics_open=True))
    again = replace(api, app=create_app(opened))
    assert again.call("GET", "/metrics", who=None).status_code == 200
    assert again.call("GET", "/api/v1/projects", who=None).status_code == 401
