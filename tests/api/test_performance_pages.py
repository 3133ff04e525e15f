"""What is known of a deployment's answers, the same on its pages, over the API and in the SDK."""

import csv
import io
import re
from html import unescape

import numpy as np
import pytest

from tests.api.browsing import Visitor, visitor
from tests.api.conftest import Api
from watchkeeper.learning.signature import REGRESSION
from watchkeeper.monitoring.days import days_between
from watchkeeper.monitoring.performance.tally import tally
from watchkeeper.monitoring.ports import ScoreCell, Sheet, UsageCell
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.usage.response_times import BINS
from watchkeeper.sdk import Deployment

PAGE = "/projects/p/deployments/live"
PATH = "/api/v1/deployments/d1"
DAYS = days_between("2026-02-01", "2026-02-28")
ROLES = ("champion", "challenger")
ROWS = 48


def history(api: Api, *, gain: float, labelled: int = 24) -> None:
    """A month of both roles; of each day's rows half have a label."""
    chance = np.random.default_rng(4)
    nothing = np.zeros(BINS, dtype=np.int64)
    with api.assembly.store.work() as work:
        deployment = work.deployments.get("d1")
        assert deployment is not None
        size = watched(deployment, work=work, places=api.assembly.places).size
        for day in DAYS:
            errors = chance.normal(0, 10, labelled)
            cells = [
                ScoreCell(day, 3 * part, 1, role, shared, tally(REGRESSION, np.full(8, 100.0), 100 + scale * mine))
                for part, mine in enumerate(np.split(errors, labelled // 8))
                for shared in (False, True)
                for role, scale in zip(ROLES, (1.0, 1 - gain), strict=True)
            ]
            work.scores.replace_day("d1", day, cells)
            work.watch.add_sheets("d1", [Sheet(1, role, day, ROWS, np.ones(size, dtype=np.int64)) for role in ROLES])
            used = [UsageCell(1, role, "event", day, 1, ROWS, 0, 2.0, nothing) for role in ROLES]
            work.watch.add_usage("d1", used)


@pytest.fixture
def person(api: Api) -> Visitor:
    return visitor(api, "administrator")


@pytest.fixture
def deployment(api: Api) -> Deployment:
    return api.client("administrator").projects.get("p").deployments.get("live")


def sentence(page: str) -> str:
    found = re.search(r'<p class="sentence">(.*?)</p>', page, re.DOTALL)
    assert found is not None
    return unescape(re.sub(r"<.*?>", "", found[1]))


def test_the_verdict_is_the_same_sentence_everywhere(api: Api, person: Visitor, deployment: Deployment) -> None:
    history(api, gain=0.3)
    said = api.call("GET", f"{PATH}/comparison").json()
    assert said["verdict"] == "better"
    assert said["sentence"].startswith("The challenger is better by 3.0")
    assert sentence(person.read(f"{PAGE}/challenger")) == said["sentence"] == deployment.comparison().sentence
    assert (deployment.comparison().enough, len(deployment.comparison().days)) == (0, len(DAYS))


def test_what_is_missing_is_said_where_it_is_not_known_yet(api: Api, person: Visitor, deployment: Deployment) -> None:
    history(api, gain=0.0)
    found = deployment.comparison(days=2)
    assert (found.verdict, found.enough) == ("not known yet", 1)
    page = person.read(f"{PAGE}/challenger?days=2")
    assert "labels of 2 days; 3 are needed" in sentence(page)


def test_the_difference_by_day_is_drawn_and_can_be_taken_along(
    api: Api, person: Visitor, deployment: Deployment
) -> None:
    history(api, gain=0.3)
    days = [day["day"] for day in deployment.comparison().chart().to_json()["data"]["values"]]
    assert days == list(DAYS)
    assert "The difference by day" in person.read(f"{PAGE}/challenger")
    rows = list(csv.DictReader(io.StringIO(person.read(f"{PAGE}/comparison.csv"))))
    assert [row["day"] for row in rows] == days
    assert all(float(row["low"]) <= float(row["difference"]) <= float(row["high"]) for row in rows)


def test_how_much_of_the_truth_has_come_stands_beside_how_good_the_answers_were(
    api: Api, person: Visitor, deployment: Deployment
) -> None:
    history(api, gain=0.3)
    given = [{"id": f"of nothing {number}", "value": 1.0} for number in range(3)]
    assert deployment.labels.send(given).stored == 3
    found = deployment.labels.arrived()
    assert ({each.share for each in found.days}, found.share, found.unmatched["day"]) == ({0.5}, 0.5, 3)
    page = person.read(f"{PAGE}/performance")
    assert "50.0 % of the rows have a label: 672 of 1,344" in sentence(page)
    assert "3 labels speak of rows that the journal does not have:\n3 of the last day." in page
    rows = list(csv.DictReader(io.StringIO(person.read(f"{PAGE}/labels.csv"))))
    assert {(row["rows"], row["labelled"], row["share"]) for row in rows} == {("48", "24", "0.5")}


def test_labels_of_no_row_are_told_also_where_none_has_one(person: Visitor, deployment: Deployment) -> None:
    deployment.labels.send({"id": "of nothing", "value": 1.0})
    page = person.read(f"{PAGE}/performance")
    assert "1 label speaks of a row that the journal does not have" in page
    assert "Send the truth when you know it" in page


def test_the_summary_is_the_same_sentence_everywhere(api: Api, person: Visitor, deployment: Deployment) -> None:
    history(api, gain=0.3)
    said = api.call("GET", f"{PATH}/summary").json()
    assert "48 predictions a day, " in said["sentence"]
    assert "; the challenger is better by 3.0" in said["sentence"]
    assert sentence(person.read(PAGE)) == said["sentence"] == str(deployment.summary())


def test_a_chart_that_there_is_none_of_is_not_there_as_numbers(person: Visitor) -> None:
    answer = person.get(f"{PAGE}/beauty.csv")
    assert answer.status_code == 404
    assert "comparison and labels" in answer.text
