"""Labels over HTTP: JSON and Parquet, half of it bad, and who may send them."""

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.api.conftest import Api

PATH = "/api/v1/deployments/d1/labels"


def post(api: Api, labels: Any, **parts: Any) -> Any:
    return api.call("POST", PATH, json={"labels": labels}, **parts)


def parquet(**columns: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_the_good_ones_are_taken_and_the_bad_ones_listed_with_reasons(api: Api) -> None:
    answer = post(api, [{"id": "a", "value": 1}, {"id": "b"}, {"value": 3}, {"id": "c", "value": "warm"}])
    said = answer.json()
    assert answer.status_code == 200
    assert {name: said[name] for name in ("received", "stored", "refused")} == {
        "received": 4,
        "stored": 1,
        "refused": 3,
    }
    assert [(each["place"], each["id"]) for each in said["reasons"]] == [(1, "b"), (2, ""), (3, "c")]
    assert api.call("GET", f"{PATH}/status").json()["rows"] == 1


def test_a_parquet_file_is_taken_too(api: Api) -> None:
    body = parquet(id=["a", "b"], value=[1.5, float("nan")])
    headers = {"Content-Type": "application/vnd.apache.parquet"}
    said = api.call("POST", PATH, content=body, headers=headers).json()
    assert (said["stored"], said["refused"]) == (1, 1)
    (kept,) = api.call("GET", PATH).json()["items"]
    assert (kept["id"], kept["value"], kept["given_by"]) == ("a", 1.5, "administrator")


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"labels": 3}', "application/json"),
        (b'{"labels": []}', "application/json"),
        (b"PAR1 not really", "application/vnd.apache.parquet"),
        (parquet(id=["a"], truth=[1.0]), "application/vnd.apache.parquet"),
    ],
)
def test_what_are_no_labels_is_refused_whole_by_name(api: Api, body: bytes, media: str) -> None:
    answer = api.call("POST", PATH, content=body, headers={"Content-Type": media})
    assert (answer.status_code, answer.json()["code"]) == (422, "labels-refused")


def test_ten_thousand_labels_are_no_body_too_large_and_more_than_the_limit_is(api: Api) -> None:
    labels = [{"id": f"an id of some length, number {number}", "value": number} for number in range(20_000)]
    assert post(api, labels).json()["stored"] == 20_000
    answer = api.call("POST", PATH, content=b" " * (api.assembly.settings.largest_body + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_the_history_is_newest_first_and_a_page_follows_the_other(api: Api) -> None:
    for value in (1, 2):
        post(api, [{"id": name, "value": value} for name in "abc"])
    history = api.call("GET", f"{PATH}/history", params={"row": "a"}).json()["items"]
    assert [each["value"] for each in history] == [2.0, 1.0]
    first = api.call("GET", PATH, params={"limit": 2}).json()
    second = api.call("GET", PATH, params={"limit": 2, "cursor": first["next"]}).json()
    assert [each["id"] for each in (*first["items"], *second["items"])] == ["a", "b", "c"]
    assert second["next"] is None


def test_what_is_downloaded_are_the_labels_that_count(api: Api) -> None:
    post(api, [{"id": "b", "value": 1}, {"id": "a", "value": 1}])
    post(api, [{"id": "a", "value": 4}])
    table: Any = pq.read_table(io.BytesIO(api.call("GET", f"{PATH}/download").content))
    assert table.select(["id", "value"]).to_pydict() == {"id": ["a", "b"], "value": [4.0, 1.0]}


def test_without_labels_performance_says_why(api: Api) -> None:
    said = api.call("GET", "/api/v1/deployments/d1/performance").json()
    assert said["metric"] == "rmse"
    assert said["total"]["champion"]["metrics"]["mae"]["reason"] == "no row has a label yet"
    compared = api.call("GET", "/api/v1/deployments/d1/comparison").json()
    assert (compared["verdict"], compared["of"]) == ("not known yet", None)
    assert "label" in compared["sentence"]


def test_a_chart_of_a_metric_that_there_is_none_of_is_that_of_the_deployments_own(api: Api) -> None:
    spec = api.call("GET", "/api/v1/deployments/d1/performance/chart", params={"metric": "beauty"}).json()
    assert "Root mean squared error" in spec["description"]
