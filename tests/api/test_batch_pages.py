"""The Batches tab of a deployment, and the page of a batch."""

from pathlib import Path

import pytest

from tests.api.browsing import Visitor, visitor
from tests.api.conftest import Api
from tests.api.test_batches import done_jobs
from tests.fakes.answers import ROWS, real_models

PAGE = "/projects/p/deployments/live/batches"


@pytest.fixture
def somebody(api: Api, tmp_path: Path) -> Visitor:
    real_models(api.assembly.store, api.assembly.places, tmp_path / "scratch")
    return visitor(api, "contributor")


def begun(somebody: Visitor, journal: str = "no") -> str:
    """The page of a batch that was asked for."""
    answer = somebody.send(PAGE, dataset="asked", journal=journal)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_batch_is_asked_for_followed_and_read(api: Api, somebody: Visitor) -> None:
    assert "No batch yet" in somebody.read(PAGE)
    assert f"asked: {ROWS} rows" in somebody.read(PAGE)
    there = begun(somebody)
    waiting = somebody.read(there)
    assert "“asked” waits for a worker" in waiting
    assert 'data-again="1"' in waiting
    done_jobs(api)
    done = somebody.read(there)
    assert f"All {ROWS} rows of “asked” are answered" in done
    assert "not journalled" in done
    assert "challenger_prediction" in done
    assert "“asked” was the last" in somebody.read(PAGE)
    csv = somebody.get(f"{there}/results?format=csv&inputs=false").text.splitlines()
    assert csv[0] == '"prediction_id","prediction","challenger_prediction","violations"'
    assert len(csv) == ROWS + 1


def test_its_results_become_a_dataset_and_a_name_that_is_taken_is_said_beside_the_field(
    api: Api, somebody: Visitor
) -> None:
    there = begun(somebody)
    done_jobs(api)
    made = somebody.send(there, action="dataset", name="answered")
    assert made.headers["location"].startswith("/projects/p/datasets/")
    taken = somebody.send(there, action="dataset", name="answered")
    assert taken.status_code == 409
    assert "datasets never change, so choose another name" in taken.text


def test_one_is_cancelled_and_removed_by_its_buttons(somebody: Visitor) -> None:
    there = begun(somebody)
    assert somebody.send(there, action="remove").status_code == 409
    assert somebody.send(there, action="cancel").headers["location"] == there
    assert "It was cancelled after 0 of" in somebody.read(there)
    assert somebody.send(there, action="remove").headers["location"] == PAGE
    assert somebody.get(there).status_code == 404


def test_one_that_failed_says_why_and_is_resumed(api: Api, somebody: Visitor) -> None:
    kept = api.assembly.places.model("m1") / "model.json"
    whole = kept.read_bytes()
    kept.write_bytes(b"{}")
    there = begun(somebody)
    done_jobs(api)
    failed = somebody.read(there)
    assert "It failed after 0 of" in failed
    assert "is damaged" in failed
    assert "could not be answered to its end" in somebody.read(PAGE)
    kept.write_bytes(whole)
    assert somebody.send(there, action="resume").headers["location"] == there
    done_jobs(api)
    assert f"All {ROWS} rows" in somebody.read(there)


def test_what_can_not_be_answered_is_said_beside_the_field(somebody: Visitor) -> None:
    refused = somebody.send(PAGE, dataset="nothing", journal="yes")
    assert (refused.status_code, "Upload the table first" in refused.text) == (404, True)


def test_who_may_only_read_sees_no_button_and_no_other_deployment_shows_it(api: Api, somebody: Visitor) -> None:
    there = begun(somebody)
    viewer = visitor(api, "viewer")
    assert "New batch" not in viewer.read(PAGE)
    assert "Cancel the batch" not in viewer.read(there)
    assert viewer.get(there.replace("/live/", "/other/")).status_code == 404
