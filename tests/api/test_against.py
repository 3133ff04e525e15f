"""One period held against another instead of the reference: over the API, the SDK and the page."""

from datetime import date

import pytest

from tests.api.browsing import visitor
from tests.api.conftest import Api
from tests.api.journals import answered
from tests.storage.test_verdicts import ago, calls
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Refused

PAGE = "/projects/p/deployments/live/distribution"
MOVED_SINCE = 4
"""Days ago, of eight: from then on the sizes lie higher."""


@pytest.fixture
def moved(api: Api) -> Api:
    answered(api, *(calls(day, moved=2.5 * (day <= MOVED_SINCE)) for day in range(8, 0, -1)))
    return api


def live(api: Api) -> Deployment:
    return api.client("viewer").projects.get("p").deployments.get("live")


def on(days: int) -> date:
    return date.fromisoformat(ago(days))


def test_days_as_they_have_been_since_are_stable_and_the_days_before_are_not(moved: Api) -> None:
    by_reference = live(moved).drift(start=on(2), end=on(1))
    like_these = live(moved).drift(start=on(2), end=on(1), against=(on(4), on(3)))
    like_those_before = live(moved).drift(start=on(2), end=on(1), against=(on(8), on(5)))
    assert by_reference.drifted == like_those_before.drifted == ("size",)
    assert like_these.drifted == ()
    assert like_these.columns["size"].verdict == "stable"
    assert like_these.columns["size"].psi == pytest.approx(0.0, abs=1e-9)


def test_values_out_of_the_references_range_are_like_any_others_where_both_periods_have_them(moved: Api) -> None:
    found = live(moved).drift(start=on(1), end=on(1), against=(on(2), on(2))).columns["size"]
    assert found.verdict == "stable"
    assert found.reasons == ()
    other = live(moved).drift(start=on(1), end=on(1)).columns["size"]
    assert "out of range" in other.reasons


def test_the_other_period_stands_where_the_reference_stood(moved: Api) -> None:
    found = live(moved).distribution(start=on(1), end=on(1), against=(on(2), on(2)))
    assert found.feature("size").reference == pytest.approx(found.feature("size").champion)
    assert found.feature("size").drift == pytest.approx(0.0, abs=1e-9)
    assert found.document["against"] == {"start": ago(2), "end": ago(2)}
    assert live(moved).distribution(start=on(1), end=on(1)).document["against"] is None


def test_days_have_no_verdict_against_another_period(moved: Api) -> None:
    found = live(moved).drift(days=4, against=(on(8), on(5)))
    assert [day.verdict for day in found.days] == [None] * 4
    assert all(day.champion.features["size"] for day in found.days)


def test_a_period_without_rows_is_nothing_to_hold_against(moved: Api) -> None:
    found = live(moved).drift(start=on(1), end=on(1), against=(on(90), on(80)))
    assert {each.verdict for each in found.columns} == {"not enough data"}


@pytest.mark.parametrize("query", ["against_start=2026-01-01", "against_start=2026-01-02&against_end=2026-01-01"])
def test_half_a_period_is_refused_by_name(moved: Api, query: str) -> None:
    answer = moved.call("GET", f"/api/v1/deployments/d1/drift?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "period-refused")
    assert "its last" in answer.json()["detail"]


def test_who_asks_for_a_day_that_never_was_is_refused(moved: Api) -> None:
    with pytest.raises(Refused):
        live(moved).drift(against=("2026-02-30", "2026-03-01"))


def test_the_page_says_what_it_is_held_against(moved: Api) -> None:
    here = visitor(moved, "viewer")
    page = here.read(f"{PAGE}?start={ago(2)}&end={ago(1)}&against_start={ago(4)}&against_end={ago(3)}")
    assert "held against" in page
    assert 'href="' + PAGE in page
    assert "Day by day" not in page
    assert "held against" not in here.read(PAGE)
