"""The table of role by route: who may do what, asked for real."""

import re
from pathlib import Path

import pytest

from tests.api.conftest import Api
from tests.fakes.batches import BATCH
from tests.fakes.pipelines import add_pipeline
from tests.fakes.rules import rule
from tests.storage.worlds import NOW
from watchkeeper.access.role import Right
from watchkeeper.alerts.channel import Channel, Kind
from watchkeeper.server.api.routes import Route, routes_of
from watchkeeper.server.assembly import assemble
from watchkeeper.server.console import create_app, routers
from watchkeeper.server.settings import Settings

EVERYBODY = ("administrator", "admin", "contributor", "viewer", "end_user", "stranger", "project key", None)
KNOWN = EVERYBODY[:-1]
MAY: dict[str, tuple[str | None, ...]] = {
    "open": EVERYBODY,
    "identified": KNOWN,
    "predict": ("administrator", "admin", "contributor", "viewer", "end_user", "project key"),
    "label": ("administrator", "admin", "contributor"),
    "read": ("administrator", "admin", "contributor", "viewer"),
    "read_rows": ("administrator", "admin", "contributor"),
    "write": ("administrator", "admin", "contributor"),
    "manage": ("administrator", "admin"),
    "metrics": ("administrator",),
    "administer": ("administrator",),
}
PARTS = {"project": "p", "dataset": "s1", "experiment": "e1", "version": "v1", "model": "m1", "deployment": "d1"}
PARTS |= {"user": "user-viewer", "invitation": "i1", "mine": "k1"}
PARTS |= {"pipeline": "l1", "run": "n1", "number": "1", "step": "ask"}
PARTS |= {"batch": "b1"}
PARTS |= {"erasure": "x1"}
PARTS |= {"rule": "r1", "firing": "f1", "channel": "c1", "delivery": "y1"}
RIGHTS = {
    ("GET", "/api/v1/me"): "identified",
    ("POST", "/api/v1/sign-in-links"): "identified",
    ("POST", "/api/v1/keys/{key}/rotate"): "manage",
    ("PUT", "/api/v1/keys/{key}/rate"): "manage",
    ("GET", "/api/v1/projects/{project}/members"): "read",
    ("POST", "/api/v1/projects/{project}/members"): "manage",
    ("PUT", "/api/v1/projects/{project}/members/{user}"): "manage",
    ("DELETE", "/api/v1/projects/{project}/members/{user}"): "manage",
    ("GET", "/api/v1/projects/{project}/invitations"): "manage",
    ("POST", "/api/v1/projects/{project}/invitations"): "manage",
    ("DELETE", "/api/v1/projects/{project}/invitations/{invitation}"): "manage",
    ("POST", "/api/v1/invitations/accept"): "open",
    ("GET", "/api/v1/users"): "administer",
    ("PUT", "/api/v1/users/{user}"): "administer",
    ("PUT", "/api/v1/me"): "identified",
    ("PUT", "/api/v1/me/password"): "identified",
    ("GET", "/api/v1/me/keys"): "identified",
    ("POST", "/api/v1/me/keys"): "identified",
    ("POST", "/api/v1/me/keys/{mine}/rotate"): "identified",
    ("PUT", "/api/v1/me/keys/{mine}/rate"): "identified",
    ("DELETE", "/api/v1/me/keys/{mine}"): "identified",
    ("GET", "/api/v1/projects"): "identified",
    ("POST", "/api/v1/projects"): "administer",
    ("GET", "/api/v1/projects/{project}"): "read",
    ("GET", "/api/v1/projects/{project}/keys"): "manage",
    ("POST", "/api/v1/projects/{project}/keys"): "manage",
    ("DELETE", "/api/v1/keys/{key}"): "manage",
    ("GET", "/api/v1/projects/{project}/datasets"): "read",
    ("POST", "/api/v1/projects/{project}/datasets"): "write",
    ("GET", "/api/v1/datasets/{dataset}"): "read",
    ("GET", "/api/v1/datasets/{dataset}/preview"): "read",
    ("GET", "/api/v1/datasets/{dataset}/download"): "read",
    ("DELETE", "/api/v1/datasets/{dataset}"): "write",
    ("GET", "/api/v1/projects/{project}/experiments"): "read",
    ("POST", "/api/v1/projects/{project}/experiments"): "write",
    ("GET", "/api/v1/experiments/{experiment}"): "read",
    ("POST", "/api/v1/experiments/{experiment}/versions"): "write",
    ("GET", "/api/v1/versions/{version}"): "read",
    ("GET", "/api/v1/models/{model}"): "read",
    ("GET", "/api/v1/projects/{project}/deployments"): "read",
    ("POST", "/api/v1/projects/{project}/deployments"): "write",
    ("GET", "/api/v1/deployments/{deployment}"): "read",
    ("GET", "/api/v1/deployments/{deployment}/releases"): "read",
    ("POST", "/api/v1/deployments/{deployment}/releases"): "write",
    ("GET", "/api/v1/deployments/{deployment}/health"): "read",
    ("GET", "/api/v1/deployments/{deployment}/usage"): "read",
    ("GET", "/api/v1/deployments/{deployment}/usage/chart"): "read",
    ("GET", "/api/v1/deployments/{deployment}/callers"): "read",
    ("GET", "/api/v1/deployments/{deployment}/drift"): "read",
    ("GET", "/api/v1/deployments/{deployment}/drift/causes"): "read",
    ("GET", "/api/v1/deployments/{deployment}/drift/causes/swap"): "read_rows",
    ("GET", "/api/v1/deployments/{deployment}/drift/chart"): "read",
    ("GET", "/api/v1/deployments/{deployment}/drift/days"): "read",
    ("GET", "/api/v1/deployments/{deployment}/drift/days/chart"): "read",
    ("GET", "/api/v1/deployments/{deployment}/drift/multivariate/chart"): "read",
    ("GET", "/api/v1/deployments/{deployment}/profiles"): "read",
    ("GET", "/api/v1/deployments/{deployment}/profiles/chart"): "read",
    ("GET", "/api/v1/deployments/{deployment}/drift/acceptances"): "read",
    ("POST", "/api/v1/deployments/{deployment}/drift/acceptances"): "write",
    ("POST", "/api/v1/deployments/{deployment}/drift/acceptances/{number}/withdraw"): "write",
    ("GET", "/api/v1/deployments/{deployment}/segment"): "read",
    ("PUT", "/api/v1/deployments/{deployment}/segment"): "write",
    ("DELETE", "/api/v1/deployments/{deployment}/segment"): "write",
    ("GET", "/api/v1/deployments/{deployment}/segment/history"): "read",
    ("GET", "/api/v1/deployments/{deployment}/segments"): "read",
    ("GET", "/api/v1/deployments/{deployment}/segments/chart"): "read",
    ("GET", "/api/v1/deployments/{deployment}/drift/policy"): "read",
    ("POST", "/api/v1/deployments/{deployment}/drift/policy/backtest"): "read",
    ("PATCH", "/api/v1/deployments/{deployment}/drift/policy"): "write",
    ("GET", "/api/v1/deployments/{deployment}/drift/policy/history"): "read",
    ("GET", "/api/v1/deployments/{deployment}/distribution"): "read",
    ("GET", "/api/v1/deployments/{deployment}/violations"): "read",
    ("GET", "/api/v1/deployments/{deployment}/journal"): "read_rows",
    ("GET", "/api/v1/deployments/{deployment}/journal/rows"): "read_rows",
    ("GET", "/api/v1/deployments/{deployment}/schema"): "read",
    ("PUT", "/api/v1/deployments/{deployment}/schema"): "write",
    ("GET", "/api/v1/deployments/{deployment}/schema/history"): "read",
    ("GET", "/api/v1/deployments/{deployment}/integrity"): "read",
    ("GET", "/api/v1/deployments/{deployment}/faults"): "read",
    ("GET", "/api/v1/deployments/{deployment}/faults/look"): "read_rows",
    ("GET", "/api/v1/deployments/{deployment}/journal/retention"): "read",
    ("PUT", "/api/v1/deployments/{deployment}/journal/retention"): "manage",
    ("DELETE", "/api/v1/deployments/{deployment}/journal/retention"): "manage",
    ("GET", "/api/v1/deployments/{deployment}/journal/retention/history"): "read",
    ("GET", "/api/v1/deployments/{deployment}/journal/columns"): "read",
    ("PATCH", "/api/v1/deployments/{deployment}/journal/columns"): "manage",
    ("POST", "/api/v1/deployments/{deployment}/journal/erasures"): "manage",
    ("GET", "/api/v1/deployments/{deployment}/journal/erasures"): "read_rows",
    ("GET", "/api/v1/deployments/{deployment}/journal/erasures/{erasure}"): "read_rows",
    ("POST", "/api/v1/deployments/{deployment}/log"): "write",
    ("POST", "/api/v1/deployments/{deployment}/labels"): "label",
    ("GET", "/api/v1/deployments/{deployment}/labels"): "read",
    ("GET", "/api/v1/deployments/{deployment}/labels/status"): "read",
    ("GET", "/api/v1/deployments/{deployment}/labels/history"): "read",
    ("GET", "/api/v1/deployments/{deployment}/labels/download"): "read",
    ("GET", "/api/v1/deployments/{deployment}/performance"): "read",
    ("GET", "/api/v1/deployments/{deployment}/performance/chart"): "read",
    ("GET", "/api/v1/deployments/{deployment}/summary"): "read",
    ("GET", "/api/v1/deployments/{deployment}/labels/arrived"): "read",
    ("GET", "/api/v1/deployments/{deployment}/comparison"): "read",
    ("GET", "/api/v1/deployments/{deployment}/comparison/chart"): "read",
    ("GET", "/api/v1/deployments/{deployment}/rules"): "read",
    ("POST", "/api/v1/deployments/{deployment}/rules"): "write",
    ("GET", "/api/v1/deployments/{deployment}/rules/{rule}"): "read",
    ("PATCH", "/api/v1/deployments/{deployment}/rules/{rule}"): "write",
    ("DELETE", "/api/v1/deployments/{deployment}/rules/{rule}"): "write",
    ("GET", "/api/v1/deployments/{deployment}/firings"): "read",
    ("GET", "/api/v1/projects/{project}/firings"): "read",
    ("GET", "/api/v1/projects/{project}/firings/{firing}"): "read",
    ("GET", "/api/v1/projects/{project}/firings/{firing}/chart"): "read",
    ("POST", "/api/v1/projects/{project}/firings/{firing}/acknowledge"): "write",
    ("POST", "/api/v1/projects/{project}/firings/{firing}/snooze"): "write",
    ("GET", "/api/v1/projects/{project}/channels"): "read",
    ("POST", "/api/v1/projects/{project}/channels"): "manage",
    ("PATCH", "/api/v1/projects/{project}/channels/{channel}"): "manage",
    ("DELETE", "/api/v1/projects/{project}/channels/{channel}"): "manage",
    ("POST", "/api/v1/projects/{project}/channels/{channel}/secret"): "manage",
    ("POST", "/api/v1/projects/{project}/channels/{channel}/test"): "manage",
    ("GET", "/api/v1/projects/{project}/channels/{channel}/deliveries"): "read",
    ("GET", "/api/v1/projects/{project}/deliveries/{delivery}"): "read",
    ("GET", "/api/v1/projects/{project}/pipelines"): "read",
    ("POST", "/api/v1/projects/{project}/pipelines"): "write",
    ("GET", "/api/v1/deployments/{deployment}/pipelines"): "read",
    ("POST", "/api/v1/deployments/{deployment}/retrain"): "write",
    ("GET", "/api/v1/pipelines/{pipeline}"): "read",
    ("PATCH", "/api/v1/pipelines/{pipeline}"): "write",
    ("DELETE", "/api/v1/pipelines/{pipeline}"): "write",
    ("GET", "/api/v1/pipelines/{pipeline}/versions"): "read",
    ("POST", "/api/v1/pipelines/{pipeline}/versions"): "write",
    ("GET", "/api/v1/pipelines/{pipeline}/versions/{number}"): "read",
    ("GET", "/api/v1/projects/{project}/runs"): "read",
    ("GET", "/api/v1/pipelines/{pipeline}/runs"): "read",
    ("POST", "/api/v1/pipelines/{pipeline}/runs"): "write",
    ("GET", "/api/v1/runs/{run}"): "read",
    ("GET", "/api/v1/runs/{run}/steps/{step}/log"): "read",
    ("POST", "/api/v1/runs/{run}/approve"): "write",
    ("POST", "/api/v1/runs/{run}/cancel"): "write",
    ("POST", "/api/v1/runs/{run}/resume"): "write",
    ("GET", "/api/v1/deployments/{deployment}/batches"): "read",
    ("POST", "/api/v1/deployments/{deployment}/batches"): "write",
    ("GET", "/api/v1/batches/{batch}"): "read",
    ("GET", "/api/v1/batches/{batch}/preview"): "read",
    ("GET", "/api/v1/batches/{batch}/results"): "read",
    ("POST", "/api/v1/batches/{batch}/cancel"): "write",
    ("POST", "/api/v1/batches/{batch}/resume"): "write",
    ("POST", "/api/v1/batches/{batch}/dataset"): "write",
    ("DELETE", "/api/v1/batches/{batch}"): "write",
    ("GET", "/api/v1/resources"): "identified",
    ("GET", "/api/v1/resources/chart"): "identified",
    ("GET", "/health/live"): "open",
    ("GET", "/health/ready"): "open",
    ("GET", "/metrics"): "metrics",
}
NO_PERSON = {
    (path, "project key")
    for path in (
        "/api/v1/sign-in-links",
        "/api/v1/me/keys",
        "/api/v1/me/keys/{mine}",
        "/api/v1/me/keys/{mine}/rotate",
        "/api/v1/me/keys/{mine}/rate",
        "/api/v1/resources",
        "/api/v1/resources/chart",
    )
}
"""A project's key is known, but there is nobody to sign in, nor to show the installation to."""


@pytest.fixture(scope="module")
def every_route(tmp_path_factory: pytest.TempPathFactory) -> list[Route]:
    app = create_app(assemble(Settings(data_dir=tmp_path_factory.mktemp("routes"))))
    assert len(app.routes) == len(routers()) + 1, "a router, or a route, that is not in the list; one is the contract"
    return routes_of(routers())


def test_the_table_names_every_route_of_the_contract_with_its_right(every_route: list[Route]) -> None:
    assert {(route.method, route.path): route.right for route in every_route if route.api} == RIGHTS


def test_every_route_declares_a_right_pages_included(every_route: list[Route]) -> None:
    assert {route.right for route in every_route} <= {right.value for right in Right}
    opened = {route.path for route in every_route if route.right == "open" and not route.api}
    assert opened == {"/sign-in", "/invitations", "/static/{name}", "/api/docs"}


def test_the_documented_rights_are_those_that_hold() -> None:
    text = (Path(__file__).parents[2] / "docs" / "reference" / "rights.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in text.splitlines() if row.startswith("| ")]
    head = next(row for row in rows if row[0] == "right")
    rows = [row for row in rows if len(row) == len(head)]
    documented = {row[0]: {who for who, has in zip(head, row, strict=True) if has == "yes"} for row in rows}
    for right, who in MAY.items():
        assert documented[right] == {each for each in who if each in head}, right
    listed, right = {}, ""
    for line in text.splitlines():
        right = line.removeprefix("## ") if line.startswith("## ") else right
        if route := re.match(r"- (\w+) `([^`]+)`", line):
            listed[route[1], route[2]] = right
    assert listed == RIGHTS


@pytest.mark.parametrize(("method", "path"), RIGHTS)
def test_a_route_lets_in_whom_the_table_says(api: Api, method: str, path: str) -> None:
    where = path.format(**PARTS, key=api.keys["the key"])
    with api.assembly.store.work() as work:
        work.rules.add(rule())
        add_pipeline(work)
        work.batches.add(BATCH)
        work.channels.add(Channel("c1", "p1", "hook", Kind.WEBHOOK, {"url": "http://x"}, "", False, NOW, "u1"))
    for who in EVERYBODY:
        if method == "DELETE" and who in MAY[RIGHTS[method, path]]:
            continue  # done once, for the last of those who may, below
        status = api.call(method, where, who=who).status_code
        if who in MAY[RIGHTS[method, path]] and (path, who) not in NO_PERSON:
            assert status not in {401, 403}, (who, status)
        else:
            refused = {403, 404, 422} if (path, who) in NO_PERSON else {403, 404}  # 422: its body is read first
            assert status in ({401} if who is None else refused), (who, status)
    if method == "DELETE":
        assert api.call(method, where, who="admin").status_code in {204, 409}


def test_who_may_not_see_a_project_is_told_that_there_is_none(api: Api) -> None:
    hidden, unknown = (api.call("GET", f"/api/v1/projects/{name}", who="stranger") for name in ("p", "nothing"))
    assert (hidden.status_code, hidden.json()["detail"]) == (404, unknown.json()["detail"])
    assert api.call("GET", "/api/v1/projects", who="stranger").json()["items"] == []
    assert [each["slug"] for each in api.call("GET", "/api/v1/projects", who="viewer").json()["items"]] == ["p"]
