"""Whole tables through a deployment, from the SDK and the shell, while workers are killed."""

import os
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.journeys.deployed import BEGIN, TOWNS
from tests.journeys.servers import Server, until
from watchkeeper.sdk import Batch, Deployment
from watchkeeper.sdk.errors import Conflict, NotFound, WatchkeeperError

pytestmark = pytest.mark.journey

ROWS = int(os.environ.get("WATCHKEEPER_TEST_ROWS", "160000"))
OURS = ("--project", "homes")
KILLS = int(os.environ.get("WATCHKEEPER_TEST_KILLS", "2"))


def homes(rows: int) -> pa.Table:
    """Sold a minute apart."""
    chance = np.random.default_rng(3)
    return pa.table(
        {
            "sold_at": [(BEGIN + timedelta(minutes=number)).isoformat() for number in range(rows)],
            "size": chance.uniform(20, 200, rows).round(1),
            "town": chance.choice(TOWNS, rows),
            "garden": chance.random(rows) < 0.4,
            "number": np.arange(rows),
        }
    )


def predictions(deployment: Deployment) -> dict[str, int]:
    return {role: used.rows for role, used in deployment.usage(days=3650).total.items()}


def test_a_batch_from_a_frame_answers_as_calls_do_and_becomes_a_dataset(deployment: Deployment) -> None:
    table = homes(300)
    batch = deployment.predict_batch(table, journal=False)
    found = batch.to_arrow()
    assert (batch.state, batch.answered, batch.release) == ("done", 300, deployment.release)
    assert found["number"].to_pylist() == list(range(300))
    rows = table.drop_columns(["number"]).to_pylist()
    answers = [answer.value for answer in deployment.predict(rows)]
    assert found["prediction"].to_pylist() == pytest.approx(answers)
    assert found["challenger_prediction"].null_count == 0
    kept = batch.as_dataset("answered homes")
    assert (kept.state, kept.rows) == ("ready", 300)
    assert [each.id for each in deployment.batches.list()] == [batch.id]
    assert deployment.batches.get(batch.id).preview(3).rows == batch.preview(3).rows


def test_the_shell_does_it_too(server: Server, deployment: Deployment, tmp_path: Path) -> None:
    batch = server.run_json("batches", "run", "prices", "homes", "--no-journal", *OURS)
    assert (batch["state"], batch["answered"]) == ("done", 600)
    there = tmp_path / "answers.csv"
    server.run("batches", "download", batch["id"], str(there), "--no-inputs")
    assert there.read_text().splitlines()[0] == '"prediction_id","prediction","challenger_prediction","violations"'
    assert batch["id"] in [each["id"] for each in server.run_json("batches", "list", "prices", *OURS)]
    assert server.run_json("batches", "show", batch["id"])["state"] == "done"
    assert "batch-over" in server.run("batches", "cancel", batch["id"], expect=1)
    assert "no-dataset" in server.run("batches", "run", "prices", "nothing", *OURS, expect=1)
    server.run("batches", "delete", batch["id"])
    with pytest.raises(NotFound):
        deployment.batches.get(batch["id"])


def child_of(server: Server) -> psutil.Process | None:
    found = server.children().get("worker")
    children = found.children() if found else []
    return next((each for each in children if "watchkeeper.server.batching" in each.cmdline()), None)


def at_work(batch: Batch, *, beyond: int) -> bool:
    """Whether it has answered more rows than these, and is not over."""
    return batch.refresh().answered > beyond or batch.state == "done"


@pytest.mark.long
def test_a_worker_killed_mid_way_goes_on_and_each_row_counts_once(server: Server, deployment: Deployment) -> None:
    before = predictions(deployment)
    batch = deployment.predict_batch(homes(ROWS), wait=False)
    answered, killed = 0, 0
    for _ in range(KILLS):
        until(partial(at_work, batch, beyond=answered), within=120)
        answered = batch.answered
        if batch.state == "done":
            break
        server.kill("worker")
        killed += 1
    assert killed
    batch.wait(within=300)
    assert (batch.answered, batch.refused) == (ROWS, 0)
    found = batch.to_arrow()
    assert found["number"].to_pylist() == list(range(ROWS))
    assert found["prediction_id"].to_pylist() == [f"{batch.id}-{row}" for row in range(ROWS)]
    assert found["prediction"].null_count == found["challenger_prediction"].null_count == 0
    wanted = {role: count + ROWS for role, count in before.items()}
    until(lambda: predictions(deployment) == wanted, within=300, every=1.0)
    for role in ("champion", "challenger"):
        rows = deployment.journal(role=role).to_arrow()
        once = rows.filter(pc.and_(pc.invert(rows["duplicate"]), pc.starts_with(rows["id"], batch.id)))
        assert len(once) == len(pc.unique(once["id"])) == ROWS
    assert deployment.health().owed == 0


@pytest.mark.long
def test_one_whose_process_is_killed_says_so_and_is_resumed(server: Server, deployment: Deployment) -> None:
    batch = deployment.predict_batch(homes(ROWS), journal=False, wait=False)
    until(lambda: at_work(batch, beyond=0), within=120)
    child = child_of(server)
    assert child is not None
    child.kill()
    with pytest.raises(WatchkeeperError, match="Resume the batch") as failed:
        batch.wait(within=60)
    assert failed.value.code == "batch-stopped"
    answered = batch.answered
    assert 0 < answered < ROWS
    batch.resume().wait(within=300)
    assert batch.answered == ROWS
    assert batch.to_arrow(inputs=False)["prediction_id"].to_pylist() == [f"{batch.id}-{row}" for row in range(ROWS)]


@pytest.mark.long
def test_one_that_is_cancelled_stops_its_process_and_can_go_on(server: Server, deployment: Deployment) -> None:
    batch = deployment.predict_batch(homes(ROWS), journal=False, wait=False)
    until(lambda: at_work(batch, beyond=0), within=120)
    assert batch.cancel().state == "cancelled"
    begun = time.monotonic()
    until(lambda: child_of(server) is None)
    assert time.monotonic() - begun < 5
    with pytest.raises(Conflict, match="results are there once it is done"):
        batch.to_arrow()
    batch.resume().wait(within=300)
    assert batch.to_arrow()["number"].to_pylist() == list(range(ROWS))
    batch.delete()
    assert not (server.data_dir / "batches" / batch.id).exists()
