"""A resort hotel's cancellations, through SDK calls alone: the model of one year meets the next, and gets worse.

The bookings are of Antonio, de Almeida and Nunes, "Hotel booking demand datasets", Data in Brief 22 (2019).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score

from tests.journeys.conftest import real_file
from tests.journeys.servers import Server, running, until
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.alerts.firings import Firing

pytestmark = [pytest.mark.journey, pytest.mark.real_data]

HOTEL = "hotel_resort_bookings.csv.gz"
LEAKS = ("reservation_status", "reservation_status_date", "assigned_room_type", "label_date")
NOT_INPUTS = (*LEAKS, "booking_id", "booking_date", "hotel")
CALENDAR = (
    "arrival_date_year",
    "arrival_date_month",
    "arrival_date_week_number",
    "arrival_date_day_of_month",
)
LEARNED_UNTIL = "2016-07-01"
EVER = 36_600


@dataclass(frozen=True)
class Hotel:
    server: Server
    deployment: Deployment
    bookings: pd.DataFrame


@pytest.fixture(scope="module")
def hotel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotel]:
    bookings = pd.read_csv(real_file(HOTEL), dtype={"booking_id": str})
    root = tmp_path_factory.mktemp("hotel")
    past = bookings[bookings["arrival_date"] < LEARNED_UNTIL]
    past.to_csv(root / "past.csv", index=False)
    with running(root / "data", root / "home") as server:
        project = server.client().projects.create("Resort")
        dataset = project.datasets.upload("first year", root / "past.csv")
        experiment = project.experiments.create(
            "is it cancelled", target="is_canceled", time="arrival_date", exclude=(*NOT_INPUTS, *CALENDAR)
        )
        version = experiment.train(dataset, budget="90s", learners=["lightgbm", "linear"])
        deployment = project.deployments.create("cancelled", champion=version.best)
        later = bookings[bookings["arrival_date"] >= LEARNED_UNTIL]
        live(deployment, later)
        yield Hotel(server, deployment, later)


def live(deployment: Deployment, bookings: pd.DataFrame) -> None:
    """A month of arrivals at a time; each truth is sent in the month in which it became known, were it before its
    booking was asked about."""
    inputs = [each["name"] for each in deployment.signature["inputs"]]
    asked = dict(list(bookings.groupby(bookings["arrival_date"].str[:7])))
    known = dict(list(bookings.groupby(bookings["label_date"].str[:7])))
    for month in sorted({*asked, *known}):
        if month in known:
            rows = known[month]
            truth = rows["is_canceled"].astype(int)
            given = zip(rows["booking_id"], truth.tolist(), strict=True)
            sent = deployment.labels.send([{"id": name, "value": value} for name, value in given])
            assert not sent.refused
        if month in asked:
            rows = asked[month]
            deployment.predict(
                rows[inputs], ids=rows["booking_id"].tolist(), at=[f"{day}T12:00:00Z" for day in rows["arrival_date"]]
            )
    deployment.labels.wait(within=120)


@pytest.fixture(scope="module")
def joined(hotel: Hotel) -> pd.DataFrame:
    """The journal with the truth, as both are downloaded."""
    journal = hotel.deployment.journal().to_pandas()
    labels: Any = hotel.deployment.labels.to_arrow().to_pandas()
    found = journal.merge(labels.rename(columns={"value": "truth"}), on="id")
    assert len(found) == len(hotel.bookings)
    found["month"] = found["at"].dt.strftime("%Y-%m")
    return found


def test_the_accuracy_by_month_is_that_of_the_journal_and_the_labels(hotel: Hotel, joined: pd.DataFrame) -> None:
    performance = hotel.deployment.performance(days=EVER, by="month")
    assert len(performance.windows) == 14
    for window in performance.windows:
        rows = joined[joined["month"] == window.name]
        scored = window.champion
        assert (scored.rows, scored.labelled, scored.share) == (len(rows), len(rows), 1.0)
        truth = rows["truth"].astype(float)
        assert scored.metrics["accuracy"].value == pytest.approx(
            accuracy_score(truth, rows["value"].astype(float)), abs=1e-9
        )
        assert scored.metrics["auc"].value == pytest.approx(roc_auc_score(truth, rows["prediction"]), abs=1e-3)


def test_the_last_summer_is_far_worse_than_the_first(hotel: Hotel) -> None:
    performance = hotel.deployment.performance(days=EVER, by="month")
    accuracy = {window.name: window.champion.metrics["accuracy"].value or 0.0 for window in performance.windows}
    assert accuracy["2016-07"] > 0.72
    assert accuracy["2017-07"] < 0.72
    assert accuracy["2017-08"] < 0.72


def test_the_last_summer_has_the_firing_it_deserves_by_the_rules_that_every_deployment_starts_with(
    hotel: Hotel,
) -> None:
    def of_summer() -> list[Firing]:
        found = [each for each in hotel.deployment.firings.list() if each.signal == "performance"]
        july = [each for each in found if each.since < date(2017, 8, 1) and each.until >= date(2017, 7, 15)]
        august = [each for each in found if each.since < date(2017, 9, 1) and each.until >= date(2017, 8, 15)]
        return [*july, *august] if july and august else []

    for each in until(of_summer, within=60):
        assert each.worst < each.threshold


def test_a_rule_on_the_accuracy_of_a_month_fires_for_the_last_summer_and_for_nothing_before(hotel: Hotel) -> None:
    rule = hotel.deployment.rules.create(
        "Accuracy of a month", signal="performance", metric="accuracy", threshold=0.71, minimum_rows=1000, days=31
    )
    until(lambda: rule.refresh().firing, within=60)
    (firing,) = [each for each in hotel.deployment.firings.list() if each.rule == rule.id]
    assert date(2017, 7, 1) <= firing.opened <= date(2017, 8, 1)
    assert firing.open
    assert firing.worst < 0.72
