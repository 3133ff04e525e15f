"""What holds for every answer of the API, and the contract as it was last agreed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import Api

GOLDEN = Path(__file__).parent / "openapi.json"


def test_the_contract_is_the_one_that_was_agreed(api: Api) -> None:
    """A change on purpose is agreed to with `just contract`, and reviewed with the change."""
    assert api.app.openapi() == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_contract_and_its_page_are_served_without_anything_from_elsewhere(api: Api) -> None:
    assert api.call("GET", "/api/openapi.json", who=None).json()["info"]["title"] == "Watchkeeper"
    page = api.call("GET", "/api/docs", who=None).text
    assert "/api/v1/deployments/{deployment}/drift" in page
    assert "//" not in page.replace("http://localhost", "").replace("http://www.w3.org", "")


@pytest.mark.parametrize(
    ("method", "path", "parts", "status", "code"),
    [
        ("GET", "/api/v1/nothing", {}, 404, "no-such-route"),
        ("DELETE", "/api/v1/me", {}, 405, "method-not-allowed"),
        ("GET", "/api/v1/projects/p?x=1", {}, 200, None),
        ("GET", "/api/v1/projects?limit=0", {}, 422, "invalid-request"),
        ("POST", "/api/v1/projects", {"content": b"{"}, 422, "invalid-request"),
        ("POST", "/api/v1/projects", {"json": {}}, 422, "invalid-request"),
        ("POST", "/api/v1/projects", {"json": {"name": 7}}, 422, "invalid-request"),
        ("POST", "/api/v1/projects", {"json": {"name": " "}}, 422, "name-missing"),
        ("POST", "/api/v1/projects", {"json": {"name": "P"}}, 409, "name-taken"),
        ("GET", "/api/v1/deployments/d1/drift?start=2026-02-01&end=2026-01-01", {}, 422, "period-refused"),
        ("GET", "/api/v1/deployments/d1/drift?start=yesterday", {}, 422, "invalid-request"),
        ("POST", "/api/v1/projects/p/keys", {"json": {"name": "k", "expires": "2020-01-01"}}, 422, "expiry-past"),
        (
            "POST",
            "/api/v1/projects/p/keys",
            {"json": {"name": "k", "expires": "9999-12-31T23:59:59-12:00"}},
            422,
            "expiry-too-late",
        ),
        ("POST", "/api/v1/projects", {"json": {"name": "\u200b\u202e"}}, 422, "name-missing"),
        ("POST", "/api/v1/projects", {"content": b'{"name": "a\\ud800"}'}, 422, "invalid-request"),
        ("POST", "/api/v1/projects", {"json": {"name": "a\u0000b"}}, 422, "name-missing"),
        ("GET", "/api/v1/deployments/d1/journal/rows?start=2024-01-01", {}, 200, None),
        ("GET", "/api/v1/deployments/d1/usage?days=36600", {}, 200, None),
        ("GET", "/projects/p/deployments/live?days=999999999", {}, 200, None),
        ("GET", "/api/v1/datasets/s1/preview?rows=-1", {}, 422, "invalid-request"),
        ("GET", "/api/v1/datasets/s1/preview", {}, 409, "dataset-broken"),
        ("GET", "/api/v1/datasets/s1/download", {}, 409, "dataset-broken"),
        ("GET", "/api/v1/datasets/s1/download?format=csv", {}, 409, "dataset-broken"),
    ],
)
def test_a_failure_is_a_problem_with_a_code_and_words(
    api: Api, method: str, path: str, parts: dict[str, Any], status: int, code: str | None
) -> None:
    answer = api.call(method, path, **parts)
    assert answer.status_code == status
    if code is not None:
        assert answer.headers["content-type"] == "application/problem+json"
        said = answer.json()
        assert (said["code"], said["status"]) == (code, status)
        assert len(said["detail"]) > 10


def test_every_answer_carries_the_protections(api: Api) -> None:
    for path in ("/api/v1/me", "/sign-in", "/static/console.css", "/api/v1/nothing"):
        headers = api.call("GET", path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_a_name_that_the_server_does_not_have_is_not_answered(api: Api) -> None:
    assert api.call("GET", "/api/v1/me", headers={"Host": "evil.example"}).status_code == 421


def test_lists_come_in_pages(api: Api) -> None:
    for number in range(5):
        assert api.call("POST", "/api/v1/projects", json={"name": f"project {number}"}).status_code == 201
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = f"/api/v1/projects?limit=2{f'&cursor={cursor}' if cursor else ''}"
        page = api.call("GET", query).json()
        seen += [each["slug"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["p", *(f"project-{number}" for number in range(5))]


@pytest.mark.parametrize(
    "path",
    [
        *("/projects/p/datasets", "/projects/p/experiments", "/projects/p/deployments", "/projects/p/runs"),
        *(
            "/projects/p/firings",
            "/deployments/d1/firings",
            "/deployments/d1/batches",
            "/deployments/d1/journal/erasures",
        ),
    ],
)
def test_a_list_that_would_go_on_behind_what_is_gone_is_refused(api: Api, path: str) -> None:
    """An empty page would look like the end."""
    answer = api.call("GET", f"/api/v1{path}?cursor=0123456789abcdef")
    assert (answer.status_code, answer.json()["code"], answer.json()["fields"]) == (422, "cursor-refused", ["cursor"])


def test_of_a_body_that_is_no_json_the_place_is_told(api: Api) -> None:
    said = api.call(
        "POST", "/api/v1/projects", content=b'{"name": oh}', headers={"Content-Type": "application/json"}
    ).json()
    assert said["detail"].startswith("body: that is no JSON from character 9 on (")


def test_a_deployment_without_calls_has_days_without_figures(api: Api) -> None:
    drift = api.call("GET", "/api/v1/deployments/d1/drift?days=7").json()
    assert len(drift["days"]) == 7
    assert {day["champion"]["distance"] for day in drift["days"]} == {None}
    usage = api.call("GET", "/api/v1/deployments/p.live/usage?days=7").json()
    nothing = {"calls": 0, "rows": 0, "errors": 0, "answered": 0, "mean_ms": None, "p95_ms": None}
    assert usage["total"]["champion"] == {**nothing, "unrecorded_calls": 0, "unrecorded_rows": 0}
    assert api.call("GET", "/api/v1/deployments/d1/violations").json() == {"items": [], "next": None}
    assert api.call("GET", "/api/v1/deployments/d1/health").json()["state"] == "down"


def test_a_session_changes_nothing_without_its_token(api: Api) -> None:
    link = api.call("POST", "/api/v1/sign-in-links").json()["url"]
    answer = api.call("POST", "/sign-in", who=None, data={"token": link.partition("token=")[2]})
    session = answer.headers["set-cookie"].partition(";")[0]
    headers = {"Cookie": session}
    assert api.call("GET", "/api/v1/me", who=None, headers=headers).json()["name"] == "administrator"
    forged = api.call("POST", "/api/v1/projects", who=None, json={"name": "forged"}, headers=headers)
    assert (forged.status_code, forged.json()["code"]) == (403, "right-missing")


def test_a_model_whose_files_are_gone_is_not_deployed(api: Api) -> None:
    wanted = {"name": "second", "champion": "m1", "challenger": "m2"}
    (api.assembly.places.model("m2") / "reference.parquet").unlink()
    refused = api.call("POST", "/api/v1/projects/p/deployments", json=wanted)
    assert (refused.status_code, refused.json()["code"]) == (409, "model-not-ready")
    assert len(api.call("GET", "/api/v1/projects/p/deployments").json()["items"]) == 1
    made = api.call("POST", "/api/v1/projects/p/deployments", json={"name": "second", "champion": "m1"})
    assert made.status_code == 201


def test_the_page_of_a_dataset_whose_file_is_gone_says_so(api: Api) -> None:
    answer = api.call("GET", "/projects/p/datasets/s1", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert "is gone or can&#39;t be read" in answer.text
