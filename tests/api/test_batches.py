"""Batches over the API, the work done by what a worker does, in a process of its own."""

import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

from tests.api.conftest import Api
from tests.fakes.answers import ROWS, SCHEMA, add_dataset, real_models
from watchkeeper.jobs.job import State
from watchkeeper.learning.model import load_model
from watchkeeper.server.worker import works_of
from watchkeeper.storage.journal.store import SegmentStore
from watchkeeper.tables.column import Schema

HERE = "/api/v1/deployments/d1/batches"


@pytest.fixture(autouse=True)
def asked(api: Api, tmp_path: Path) -> pa.Table:
    """The dataset of that name."""
    return real_models(api.assembly.store, api.assembly.places, tmp_path / "scratch")


def done_jobs(api: Api) -> None:
    """What was asked for is done, as a worker does it."""
    works = works_of(api.assembly)
    with api.assembly.store.look() as work:
        jobs = work.jobs.asked(100)
    for job in jobs:
        works[job.kind](job.subject, job.arguments)
        with api.assembly.store.work() as work:
            work.jobs.mark(job.id, State.DONE)


def begun(api: Api, status: int = 202, **wanted: Any) -> dict[str, Any]:
    answer = api.call("POST", HERE, json=wanted, who="contributor")
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def done(api: Api, **wanted: Any) -> dict[str, Any]:
    batch = begun(api, **wanted)
    done_jobs(api)
    found: dict[str, Any] = api.call("GET", f"/api/v1/batches/{batch['id']}", who="viewer").json()
    return found


def results(api: Api, batch: dict[str, Any], **asked: Any) -> pa.Table:
    answer = api.call("GET", f"/api/v1/batches/{batch['id']}/results", params=asked, who="viewer")
    assert answer.status_code == 200, answer.text
    return pq.read_table(io.BytesIO(answer.content))


def test_a_batch_is_asked_for_answered_and_read_back_beside_its_rows(api: Api, asked: pa.Table) -> None:
    waiting = begun(api, dataset="asked")
    assert (waiting["state"], waiting["rows"], waiting["release"]) == ("waiting", ROWS, 1)
    assert (waiting["created_by"], waiting["champion"], waiting["challenger"]) == ("contributor", "m1", "m2")
    done_jobs(api)
    batch = api.call("GET", f"/api/v1/batches/{waiting['id']}", who="viewer").json()
    assert (batch["state"], batch["answered"], batch["refused"], batch["progress"]) == ("done", ROWS, 0, 1.0)
    found = results(api, batch)
    assert found.select(asked.column_names) == asked
    model = load_model(api.assembly.places.model("m1"))
    columns = {each.name: asked[each.name].to_pylist() for each in model.signature.inputs}
    assert found["prediction"].to_pylist() == model.answer(columns, [0] * ROWS).outputs
    assert found["challenger_prediction"] == found["prediction"]
    alone = results(api, batch, inputs=False)
    assert alone.column_names == ["prediction_id", "prediction", "challenger_prediction", "violations"]
    csv = api.call("GET", f"/api/v1/batches/{batch['id']}/results", params={"format": "csv"}).content
    assert arrow_csv.read_csv(io.BytesIO(csv))["prediction_id"] == found["prediction_id"]
    preview = api.call("GET", f"/api/v1/batches/{batch['id']}/preview", params={"rows": 2}).json()
    assert preview["columns"] == found.column_names
    assert [row[-3] for row in preview["rows"]] == found["prediction"].to_pylist()[:2]


def frames(api: Api, deployment: str = "d1") -> list[Any]:
    segments = SegmentStore(api.assembly.places.segments(), process="reader")
    return [
        frame for name in segments.names(deployment) for frame, _ in segments.read(deployment, name, 0, limit=1000)[0]
    ]


def test_a_journalled_batch_leaves_each_row_in_the_journal_and_another_none(api: Api) -> None:
    done(api, dataset="asked", journal=False)
    assert frames(api) == []
    batch = done(api, dataset="asked")
    champion = [each for each in frames(api) if each.role == "champion"]
    assert [name for each in champion for name in each.ids] == [f"{batch['id']}-{row}" for row in range(ROWS)]
    assert {(each.release, each.model, each.batch, each.owes) for each in champion} == {(1, "m1", batch["id"], "m2")}
    assert len(frames(api)) == 2 * len(champion)


def test_it_keeps_to_the_release_that_was_in_force_when_it_was_asked_for(api: Api) -> None:
    batch = begun(api, dataset="asked")
    assert api.call("POST", "/api/v1/deployments/d1/releases", json={"action": "promote"}).status_code == 201
    done_jobs(api)
    assert {(each.release, each.role) for each in frames(api)} == {(1, "champion"), (1, "challenger")}
    assert begun(api, dataset="asked")["release"] == batch["release"] + 1


def test_results_become_a_dataset(api: Api) -> None:
    batch = done(api, dataset="asked", journal=False)
    there = f"/api/v1/batches/{batch['id']}/dataset"
    made = api.call("POST", there, json={"name": "answered"}, who="contributor").json()
    assert made["state"] == "importing"
    done_jobs(api)
    found = api.call("GET", f"/api/v1/datasets/{made['id']}").json()
    assert (found["state"], found["rows"]) == ("ready", ROWS)
    kept = pq.read_table(api.assembly.places.table(made["id"]))
    assert kept["prediction"].to_pylist() == results(api, batch)["prediction"].to_pylist()
    again = api.call("POST", there, json={"name": "answered"})
    assert (again.status_code, again.json()["code"]) == (409, "name-taken")


def test_an_answer_gives_way_to_a_column_of_its_name(api: Api, asked: pa.Table) -> None:
    table = asked.append_column("prediction", pa.array(["mine"] * ROWS))
    add_dataset(api.assembly.store, api.assembly.places, "twice", table, SCHEMA)
    found = results(api, done(api, dataset="twice", journal=False))
    assert set(found["prediction"].to_pylist()) == {"mine"}
    assert found["prediction_"].null_count == 0


def test_what_could_never_be_answered_is_refused_by_name(api: Api, asked: pa.Table) -> None:
    store, places = api.assembly.store, api.assembly.places
    add_dataset(store, places, "empty", asked.slice(0, 0), SCHEMA)
    add_dataset(store, places, "foreign", pa.table({"z": [1.0]}), Schema(()))
    add_dataset(store, places, "short", asked.drop_columns(["flag"]), Schema(SCHEMA.columns[:1]))
    assert begun(api, 404, dataset="nothing")["code"] == "no-dataset"
    empty = begun(api, 422, dataset="empty")
    assert (empty["code"], "no rows" in empty["detail"]) == ("batch-refused", True)
    foreign = begun(api, 422, dataset="foreign")
    assert (foreign["code"], set(foreign["fields"])) == ("batch-refused", {"x", "flag", "level", "noise"})
    strict = {"action": "change", "type_policy": "strict"}
    assert begun(api, dataset="short")["state"] == "waiting"
    assert api.call("POST", "/api/v1/deployments/d1/releases", json=strict).status_code == 201
    assert set(begun(api, 422, dataset="short")["fields"]) == {"flag", "level", "noise"}
    assert begun(api, 422, dataset=7)["code"] == "invalid-request"


def test_a_column_that_is_missing_is_missing_in_each_row_and_said(api: Api, asked: pa.Table) -> None:
    short = asked.drop_columns(["flag"])
    add_dataset(api.assembly.store, api.assembly.places, "short", short, Schema(SCHEMA.columns[:1]))
    batch = done(api, dataset="short", journal=False)
    said = {(each["column"], each["violation"]): each["rows"] for each in batch["violations"]}
    assert (batch["state"], said["flag", "missing-column"]) == ("done", ROWS)


def test_a_dataset_that_goes_before_it_begins_is_named_and_one_that_goes_after_leaves_the_answers(
    api: Api,
) -> None:
    answered = done(api, dataset="asked", journal=False)
    failed = begun(api, dataset="asked")
    assert api.call("DELETE", "/api/v1/datasets/asked").status_code == 204
    done_jobs(api)
    error = api.call("GET", f"/api/v1/batches/{failed['id']}").json()["error"]
    assert (error["code"], "removed" in error["detail"]) == ("dataset-gone", True)
    there = f"/api/v1/batches/{answered['id']}/results"
    assert api.call("GET", there).json()["code"] == "dataset-gone"
    assert results(api, answered, inputs=False).num_rows == ROWS
    assert len(api.call("GET", f"/api/v1/batches/{answered['id']}/preview").json()["rows"]) == 20


def test_a_champion_that_cannot_be_loaded_is_named_and_the_batch_resumed_once_it_can(api: Api) -> None:
    kept = api.assembly.places.model("m1") / "model.json"
    whole = kept.read_bytes()
    kept.write_bytes(b"{}")
    batch = done(api, dataset="asked", journal=False)
    assert (batch["state"], batch["error"]["code"]) == ("failed", "model-broken")
    early = api.call("GET", f"/api/v1/batches/{batch['id']}/results")
    assert (early.status_code, early.json()["code"]) == (409, "batch-not-done")
    kept.write_bytes(whole)
    assert api.call("POST", f"/api/v1/batches/{batch['id']}/resume").json()["state"] == "waiting"
    done_jobs(api)
    assert api.call("GET", f"/api/v1/batches/{batch['id']}").json()["state"] == "done"


def test_one_that_is_cancelled_is_over_and_can_be_removed(api: Api) -> None:
    batch = begun(api, dataset="asked")
    there = f"/api/v1/batches/{batch['id']}"
    assert api.call("DELETE", there).json()["code"] == "batch-goes-on"
    assert api.call("POST", f"{there}/cancel").json()["state"] == "cancelled"
    assert api.call("POST", f"{there}/cancel").json()["code"] == "batch-over"
    done_jobs(api)
    assert api.call("GET", there).json()["answered"] == 0
    assert api.call("DELETE", there).status_code == 204
    assert api.call("GET", there).status_code == 404


def test_batches_are_listed_page_by_page(api: Api) -> None:
    made = [begun(api, dataset="asked")["id"] for _ in range(3)]
    first = api.call("GET", f"{HERE}?limit=2").json()
    second = api.call("GET", f"{HERE}?limit=2&cursor={first['next']}").json()
    assert sorted(each["id"] for each in first["items"] + second["items"]) == sorted(made)
    assert second["next"] is None
