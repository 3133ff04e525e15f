"""Victoria's electricity through SDK calls alone: learned on 2012, asked day by day in 2013 and 2014, told the truth a
day late by file; what is shown is what scikit-learn says of the downloaded journal and labels."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from tests.journeys.conftest import ELECTRICITY, real_file
from tests.journeys.servers import Server, running
from watchkeeper.sdk import Deployment

pytestmark = [pytest.mark.journey, pytest.mark.real_data]

ZONE = "Australia/Melbourne"
INPUTS = ["timestamp_utc", "Temperature", "Holiday"]
EVER = 36_600
ROLES = ("champion", "challenger")
Metric = Callable[[Any, Any], float]
METRICS: dict[str, Metric] = {
    "mae": sk.mean_absolute_error,
    "rmse": sk.root_mean_squared_error,
    "mape": sk.mean_absolute_percentage_error,
    "r2": sk.r2_score,
    "bias": lambda truth, answer: float(np.mean(answer - truth)),
}


@dataclass(frozen=True)
class Victoria:
    server: Server
    deployment: Deployment
    later: pd.DataFrame


@pytest.fixture(scope="module")
def victoria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victoria]:
    demand, root = pd.read_csv(real_file(ELECTRICITY)), tmp_path_factory.mktemp("victoria")
    years = demand["timestamp_local"].str[:4]
    demand[years == "2012"].to_csv(root / "2012.csv", index=False)
    later = demand[years > "2012"].reset_index(drop=True)
    later["id"] = "half-hour " + later["timestamp_utc"]
    with running(root / "data", root / "home") as server:
        project = server.client().projects.create("Victoria")
        dataset = project.datasets.upload("2012", root / "2012.csv")
        experiment = project.experiments.create(
            "day ahead", target="Demand", time="timestamp_utc", time_zone=ZONE, exclude=("timestamp_local", "Date")
        )
        version = experiment.train(dataset, metric="mape", budget="40s", learners=["lightgbm", "linear"])
        best, second = version.models[:2]
        deployment = project.deployments.create("day-ahead", champion=best, challenger=second, time_zone=ZONE)
        live(deployment, later, root / "truth.csv")
        yield Victoria(server, deployment, later)


def live(deployment: Deployment, later: pd.DataFrame, path: Path) -> None:
    """Day by day; yesterday's truth comes as a file."""
    yesterday = None
    for _, rows in later.groupby(later["timestamp_local"].str[:10]):
        if yesterday is not None:
            tell(deployment, yesterday, path)
        deployment.predict(rows[INPUTS], ids=rows["id"].tolist())
        yesterday = rows
    assert yesterday is not None
    tell(deployment, yesterday, path)
    deployment.labels.wait(within=120)


def tell(deployment: Deployment, rows: pd.DataFrame, path: Path) -> None:
    rows[["id", "Demand"]].rename(columns={"Demand": "value"}).to_csv(path, index=False)
    sent = deployment.labels.send(path)
    assert (sent.stored, sent.refused) == (len(rows), 0)


@pytest.fixture(scope="module")
def joined(victoria: Victoria) -> dict[str, pd.DataFrame]:
    """The journal of each role with the truth, as both are downloaded."""
    labels: Any = victoria.deployment.labels.to_arrow().to_pandas().rename(columns={"value": "truth"})
    found = {}
    for role in ROLES:
        journal = victoria.deployment.journal(role=role).to_pandas()  # type: ignore[arg-type]
        rows = journal.merge(labels[["id", "truth"]], on="id")
        assert len(rows) == len(victoria.later)
        found[role] = rows.assign(local=rows["at"].dt.tz_convert(ZONE))
    return found


def test_the_truth_that_is_downloaded_is_the_truth_that_was_sent(victoria: Victoria) -> None:
    labels: Any = victoria.deployment.labels.to_arrow().to_pandas().set_index("id")["value"]
    expected = victoria.later.set_index("id")["Demand"]
    assert labels.to_dict() == expected.to_dict()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("by", "spelled"), [("month", "%Y-%m"), ("day", "%Y-%m-%d"), ("week", "%G-W%V")])
def test_every_metric_of_every_window_is_that_of_scikit_learn(
    victoria: Victoria, joined: dict[str, pd.DataFrame], role: str, by: Any, spelled: str
) -> None:
    rows = joined[role]
    windows = dict(list(rows.groupby(rows["local"].dt.strftime(spelled))))
    found = victoria.deployment.performance(days=EVER, by=by).windows
    assert [each.name for each in found] == sorted(windows)
    for window in found:
        mine, scored = windows[window.name], getattr(window, role)
        assert (scored.rows, scored.labelled, scored.share) == (len(mine), len(mine), 1.0)
        for name, metric in METRICS.items():
            expected = metric(mine["truth"], mine["prediction"])
            assert scored.metrics[name].value == pytest.approx(expected, rel=1e-9, abs=1e-9), (name, window.name)


def test_the_comparison_is_that_of_the_rows_that_both_answered(
    victoria: Victoria, joined: dict[str, pd.DataFrame]
) -> None:
    found = victoria.deployment.comparison(days=EVER)
    assert found.of is not None
    errors = [METRICS["mape"](joined[role]["truth"], joined[role]["prediction"]) for role in ROLES]
    assert (found.of.metric, found.of.rows, found.of.days) == ("mape", len(victoria.later), 730)
    assert found.of.difference == pytest.approx(errors[1] - errors[0], abs=1e-9)
    by_day = {role: rows.groupby(rows["local"].dt.date) for role, rows in joined.items()}
    for each in found.days[::73]:
        of_day = [by_day[role].get_group(each.day) for role in ROLES]
        champion, challenger = (METRICS["mape"](rows["truth"], rows["prediction"]) for rows in of_day)
        assert each.difference == pytest.approx(challenger - champion, abs=1e-9)
    assert found.verdict in {"better", "worse", "no difference worth having"}
    assert found.enough == 0


def test_all_of_the_truth_has_come_and_the_summary_says_how_good_it_was(
    victoria: Victoria, joined: dict[str, pd.DataFrame]
) -> None:
    arrived = victoria.deployment.labels.arrived(days=EVER)
    assert [each.share for each in arrived.days] == [1.0] * 730
    assert sum(arrived.unmatched.values()) == 0
    summary = victoria.deployment.summary(days=EVER)
    expected = METRICS["mape"](joined["champion"]["truth"], joined["champion"]["prediction"])
    assert summary.value == pytest.approx(expected, abs=1e-9)
    assert summary.sentence.startswith(f"Healthy. 48 predictions a day, {100 * expected:.1f} % MAPE")
    assert "; the challenger is " in summary.sentence
