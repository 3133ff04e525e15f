"""The truth comes to a real server: before its row, late, twice, corrected, by file; the worker is killed meanwhile."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_percentage_error

from tests.journeys.deployed import deployed, home, price
from tests.journeys.servers import Server, running, until
from watchkeeper.sdk import Deployment

pytestmark = pytest.mark.journey
ROWS = 400
EVER = 36_600


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("labels")
    with running(root / "data", root / "home") as found:
        yield found


@pytest.fixture(scope="module")
def truth() -> dict[str, float]:
    """By the caller's own id."""
    chance = random.Random(11)
    return {f"home {number}": float(price(home(chance, number), chance)) for number in range(ROWS)}


@pytest.fixture(scope="module")
def deployment(server: Server, truth: dict[str, float], tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    found = deployed(server, tmp_path_factory.mktemp("homes"))
    names = list(truth)
    early = [{"id": name, "value": truth[name]} for name in names[:20]]
    assert found.labels.send(early).stored == 20
    chance = random.Random(11)
    rows = []
    for number in range(ROWS):
        row = home(chance, number)
        price(row, chance)
        rows.append(row)
    found.predict(rows, ids=names)
    return found


def joined(deployment: Deployment, role: Any) -> pd.DataFrame:
    labels = deployment.labels.to_arrow().to_pandas().rename(columns={"value": "truth"})
    return deployment.journal(role=role).to_pandas().merge(labels[["id", "truth"]], on="id")


def test_labels_sent_while_the_worker_is_killed_all_count_in_the_end(
    server: Server, deployment: Deployment, truth: dict[str, float], tmp_path: Path
) -> None:
    names = list(truth)
    for start in range(20, 300, 70):
        deployment.labels.send([{"id": name, "value": truth[name]} for name in names[start : start + 70]])
        server.kill("worker")
        until(lambda: "worker" in server.children())
    frame = pd.DataFrame({"id": names[300:], "value": [truth[name] for name in names[300:]]})
    assert deployment.labels.send(frame).stored == 100
    path = tmp_path / "again.parquet"
    frame.to_parquet(path)
    assert deployment.labels.send(path).repeated == 100
    deployment.labels.send([{"id": "of nothing", "value": 1}])
    until(lambda: deployment.labels.status().matched == ROWS, within=60)
    status = deployment.labels.wait()
    assert (status.rows, status.matched, status.unmatched) == (ROWS + 1, ROWS, 1)


def test_performance_by_month_is_that_of_scikit_learn_for_both_roles(deployment: Deployment) -> None:
    found = deployment.performance(days=EVER, by="month")
    for role in ("champion", "challenger"):
        rows = joined(deployment, role)
        months = rows["at"].dt.tz_convert(deployment.time_zone).dt.strftime("%Y-%m")
        for window in found.windows:
            scored, mine = getattr(window, role), rows[months == window.name]
            assert (scored.rows, scored.labelled) == (len(mine), len(mine))
            expected = mean_absolute_percentage_error(mine["truth"], mine["prediction"])
            assert scored.metrics["mape"].value == pytest.approx(expected, abs=1e-9)
            assert scored.metrics["mape"].low < expected < scored.metrics["mape"].high


def test_a_correction_changes_its_window_alone_and_keeps_the_history(
    deployment: Deployment, truth: dict[str, float]
) -> None:
    before = deployment.performance(days=EVER, by="month")
    sent = deployment.labels.send([{"id": "home 0", "value": truth["home 0"] * 3}])
    assert (sent.stored, sent.corrected) == (1, 1)
    deployment.labels.wait()
    after = deployment.performance(days=EVER, by="month")
    changed = [old.name for old, new in zip(before.windows, after.windows, strict=True) if old.champion != new.champion]
    assert changed == [before.windows[0].name]
    assert [each.value for each in deployment.labels.history("home 0")] == [truth["home 0"] * 3, truth["home 0"]]


def test_the_comparison_says_which_is_better_as_the_journal_does(deployment: Deployment) -> None:
    found = deployment.comparison(days=EVER)
    assert found.of is not None
    both = joined(deployment, "champion").merge(
        deployment.journal(role="challenger").to_pandas()[["id", "prediction"]], on="id", suffixes=("", "_other")
    )
    errors = [(both[name] - both["truth"]).abs().mean() for name in ("prediction", "prediction_other")]
    compared = next(each for each in (found.of, *found.others.values()) if each.metric == "mae")
    assert compared.difference == pytest.approx(errors[1] - errors[0], rel=1e-9)
    assert found.sentence in repr(found)
    assert sum(each.rows for each in found.days) == found.of.rows
    assert len(found.chart().to_json()["data"]["values"]) == len(found.days)
    assert found.enough == 0 if found.verdict != "not known yet" else found.enough is None or found.enough > 0


def test_how_much_of_the_truth_has_come_is_that_of_the_journal(deployment: Deployment) -> None:
    found = deployment.labels.arrived(days=EVER)
    days = joined(deployment, "champion")["at"].dt.tz_convert(deployment.time_zone).dt.date.value_counts()
    assert {each.day: each.labelled for each in found.days if each.rows} == days.to_dict()
    assert (found.share, found.unmatched) == (1.0, {"day": 1, "week": 0, "month": 0, "earlier": 0})


def test_the_summary_has_the_same_numbers(deployment: Deployment) -> None:
    found, compared = deployment.summary(days=EVER), deployment.comparison(days=EVER)
    performance = deployment.performance(days=EVER, by="month").total.champion
    assert found.comparison == compared.of
    assert found.value == performance.metrics[found.metric].value
    assert (found.predictions, found.share) == (performance.rows, performance.share)
    assert found.sentence.startswith("Healthy. ")
    assert str(found) == found.sentence


def test_the_command_line_says_the_same(server: Server, deployment: Deployment, tmp_path: Path) -> None:
    address = deployment.address
    assert server.run_json("labels", "status", address) == deployment.labels.status().to_json()
    path = tmp_path / "labels.csv"
    path.write_text("id,value\nhome 1,5\nhome 2,warm\n")
    said = server.run_json("labels", "send", address, str(path))
    assert (said["stored"], said["refused"], said["reasons"][0]["place"]) == (1, 1, 1)
    deployment.labels.wait()
    assert server.run_json("deployments", "performance", address) == deployment.performance().to_json()
    assert server.run_json("deployments", "comparison", address) == deployment.comparison().to_json()
    assert server.run("deployments", "comparison", address).startswith(deployment.comparison().sentence)
    assert server.run_json("deployments", "summary", address)["sentence"] == deployment.summary().sentence
    assert server.run("deployments", "summary", address).strip().replace("\n", " ") == deployment.summary().sentence
    assert server.run_json("labels", "arrived", address) == deployment.labels.arrived().to_json()
    assert "unmatched, earlier" in server.run("labels", "arrived", address)
    assert "mape" in server.run("deployments", "performance", address, "--by", "month")
    assert server.run("deployments", "comparison", address).strip()
    assert server.run_json("labels", "history", address, "home 1")["items"][0]["value"] == 5.0


def test_labels_count_while_calls_keep_coming(deployment: Deployment, truth: dict[str, float]) -> None:
    chance = random.Random(12)
    row = home(chance, 0)
    deployment.predict(row, ids="busy")
    deployment.labels.send([{"id": "busy", "value": 5.0}])

    def counted() -> bool:
        deployment.predict(row, ids="again and again")
        status = deployment.labels.status()
        return status.matched == len(truth) + 1 and not status.days_waiting

    until(counted, within=30, every=0.02)
