"""Profiles of a column through the API, and as the SDK reads them."""

from datetime import date

import pytest

from tests.api.conftest import Api
from tests.api.journals import answered
from tests.storage.test_hours import HOURS, over_hours
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import NotFound, Refused
from watchkeeper.serving.deployment import Role

START, END = date(2025, 10, 25), date(2025, 10, 27)


@pytest.fixture
def live(api: Api) -> Deployment:
    answered(api, over_hours("one"), over_hours("one", role=Role.CHALLENGER))
    return api.client("viewer").projects.get("p").deployments.get("live")


def test_hours_say_their_moment_in_the_deployments_zone(live: Deployment) -> None:
    found = live.profiles("size", by="hour", start=START, end=END)
    assert (found.column, found.by, found.role, len(found)) == ("size", "hour", "champion", HOURS)
    starts = [each.start for each in found]
    assert starts[:1] + starts[3:6] == [
        "2025-10-25T22:00+02:00",
        "2025-10-26T01:00+02:00",
        "2025-10-26T02:00+02:00",
        "2025-10-26T02:00+01:00",
    ]
    assert {each.rows for each in found} == {sum(each.counts.values()) for each in found} == {3}
    assert sum(found.reference.values()) == 400


def test_hours_days_and_months_add_up_to_the_same(live: Deployment) -> None:
    by_hour = live.profiles("town", by="hour", start=START, end=END)
    by_day = live.profiles("town", by="day", start=START, end=END)
    by_month = live.profiles("town", by="month", start=START, end=END)
    assert [(each.start, each.rows) for each in by_day] == [("2025-10-25", 6), ("2025-10-26", 75), ("2025-10-27", 27)]
    (october,) = by_month
    assert october.start == "2025-10"
    for found in (by_hour, by_day):
        assert {name: sum(each.counts[name] for each in found) for name in october.counts} == october.counts
    assert october.counts["missing"] == HOURS
    assert by_day.to_pandas()["Lyon"].sum() == HOURS


def test_a_prediction_is_that_of_the_role_that_is_asked_for(live: Deployment) -> None:
    assert live.profiles("prediction", role="challenger", start=START, end=END).role == "challenger"
    assert live.profiles("size", role="challenger", start=START, end=END).role == "champion"
    (october,) = live.profiles("prediction", by="month", role="challenger", start=START, end=END)
    assert october.rows == 3 * HOURS


def test_the_chart_has_a_strip_for_each_group(live: Deployment) -> None:
    spec = live.profiles("town", start=START, end=END).chart().to_json()
    assert {row["group"] for row in spec["data"]["values"]} == {"Lyon", "Nice", "missing"}
    assert sum(row["share"] for row in spec["data"]["values"] if row["start"] == "2025-10-26") == pytest.approx(
        1, abs=1e-3
    )


def test_what_is_not_watched_and_too_many_hours_are_refused_by_name(live: Deployment) -> None:
    with pytest.raises(Refused, match="no column 'cellar' here; there are size, town, prediction") as failure:
        live.profiles("cellar")
    assert failure.value.code == "not-watched"
    with pytest.raises(Refused) as failure:
        live.profiles("size", release=0)
    assert "release" in " ".join(failure.value.fields)
    with pytest.raises(NotFound, match="The deployment has no release 99"):
        live.profiles("size", release=99)
    with pytest.raises(Refused, match="up to 31 days") as failure:
        live.profiles("size", by="hour", start=date(2025, 9, 1), end=date(2025, 10, 2))
    assert failure.value.code == "too-many-hours"
