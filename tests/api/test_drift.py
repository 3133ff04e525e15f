"""Verdicts on drift through the API, as the SDK reads them, and on their page."""

import csv
import io
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from tests.api.browsing import visitor
from tests.api.conftest import Api
from tests.api.journals import answered, collector_of
from tests.fakes.clock import StillClock
from tests.storage.test_verdicts import ROWS, ago, calls
from watchkeeper.monitoring.answers.scoring import score
from watchkeeper.monitoring.together.telling_apart import tell
from watchkeeper.monitoring.verdicts.issuing import issue
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Refused
from watchkeeper.server.web.wording import day as day_in_words
from watchkeeper.serving.frames import Frame

DRIFT = "/api/v1/deployments/d1/drift"
PAGE = "/projects/p/deployments/live/distribution"


@pytest.fixture
def moved(api: Api) -> Api:
    """Four days, on the last of which the sizes lie higher; all of them judged."""
    answered(api, *(calls(day, moved=2.5 * (day == 1)) for day in range(4, 0, -1)))
    with api.assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    clock = api.assembly.clock
    assert isinstance(clock, StillClock)
    clock.move(minutes=5)  # so that the last day is over
    assert issue(deployment, collector_of(api)) == 4
    return api


def live(api: Api) -> Deployment:
    return api.client("viewer").projects.get("p").deployments.get("live")


def test_the_period_has_a_verdict_on_each_column_and_names_exactly_those_that_drifted(moved: Api) -> None:
    found = live(moved).drift(start=ago(1), end=ago(1))
    assert (found.verdict, found.drifted) == ("drifted", ("size",))
    assert [(each.name, each.verdict) for each in found.columns] == [
        ("size", "drifted"),
        ("town", "stable"),
        ("prediction of the champion", "stable"),
    ]
    size = found.columns["size"]
    assert size.reasons[0] == "location"
    assert size.sentence.startswith("Its values stand elsewhere")
    assert size.effect.low is not None
    assert size.effect.estimate is not None
    assert 0.02 < size.effect.low < size.effect.estimate
    assert (size.rows, size.effective_rows, size.of, size.role) == (ROWS, ROWS, "feature", None)
    assert size.adjusted_p < found.policy["alarm_days"] ** -1
    assert found.columns["town"].smallest_visible == pytest.approx(0.13, abs=0.05)
    assert "carries no times" in found.independence
    assert found.columns.to_pandas()["verdict"].tolist() == ["drifted", "stable", "stable"]


def test_each_day_has_the_verdict_that_was_issued(moved: Api) -> None:
    found = live(moved).drift(days=4)
    assert [(each.verdict, each.drifted, each.revision) for each in found.days] == [
        *[("stable", (), 1)] * 3,
        ("drifted", ("size",), 1),
    ]
    assert set(found.to_pandas()["verdict"]) == {"stable", "drifted"}


def test_global_drift_has_an_interval_and_a_verdict_by_day_and_for_the_period(moved: Api) -> None:
    """Of the champion, whose model holds only one feature important; the challenger has no rows."""
    found = live(moved).drift(days=4)
    days = [each.champion.global_drift for each in found.days]
    assert [each.verdict for each in days if each] == ["stable", "stable", "stable", "drifted"]
    last, size = days[-1], found.by_day("size").to_pandas().iloc[-1]
    assert last is not None
    assert (last.effect.low, last.effect.high) == pytest.approx((size["low"] / 2, size["high"] / 2), rel=0.2)
    assert last.mostly == ("size",)
    assert last.sentence.startswith("All features together, as the champion weighs them, have moved by ")
    assert found.total["champion"].global_drift is not None
    assert found.days[-1].challenger is None or found.days[-1].challenger.global_drift is None
    assert found.to_pandas()["global_effect"].max() == last.effect.estimate
    drawn = found.chart().spec
    assert "with intervals" in drawn["description"]
    assert drawn["data"]["values"][-1]["champion_low"] == pytest.approx(last.effect.low, abs=1e-4)
    page = visitor(moved, "viewer").read(f"{PAGE}?days=4")
    assert found.total["champion"].global_drift.sentence in page


def test_a_page_of_days_of_which_none_can_be_judged_says_so_and_draws_nothing(api: Api) -> None:
    answered(api, *(calls(day, rows=4) for day in (3, 2, 1)))
    with api.assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    issue(deployment, collector_of(api))
    assert all(each.verdict == "not enough data" for each in live(api).drift(days=2).days)
    page = visitor(api, "viewer").read(f"{PAGE}?days=2")
    assert "No day by itself has rows enough to say how far it has moved" in page
    assert "Global drift by day, champion and challenger" not in page


def test_all_columns_together_are_held_against_the_reference_by_day(api: Api) -> None:
    """The smaller half of the sizes is in Lyon, though either column by itself is as ever."""
    chance = np.random.default_rng(3)
    place = api.assembly.places.table("s1")
    place.parent.mkdir(parents=True, exist_ok=True)
    towns = np.array(["Lyon", "Nice"])[chance.integers(0, 2, 2_000)]
    pq.write_table(pa.table({"size": chance.uniform(0, 10, 2_000), "town": towns}), place)
    answered(api, *(in_order(day) for day in range(4, 0, -1)))
    clock = api.assembly.clock
    assert isinstance(clock, StillClock)
    clock.move(minutes=5)
    with api.assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    while tell(deployment, collector_of(api)):
        pass
    found = live(api).drift(days=4).multivariate
    assert (found.verdict, len(found)) == ("drifted", 4)
    last = found.days[-1]
    assert (last.day, last.rows) == (date.fromisoformat(ago(1)), 800)
    assert set(last.columns) == {"size", "town"}
    assert last.low is not None
    assert last.low > 0.54
    assert found.to_pandas()["sentence"].iloc[-1] == found.sentence
    assert len(found.chart().spec["data"]["values"]) == 4
    page = visitor(api, "viewer").read(f"{PAGE}?days=4")
    assert "How columns go together" in page
    assert "can be told from the reference" in page


def test_labels_are_held_against_the_truth_of_the_reference_as_they_come(moved: Api) -> None:
    assert live(moved).drift(days=4).labels is None
    sizes = np.linspace(0, 10, 400)
    reference = moved.assembly.places.model("m1") / "reference.parquet"
    pq.write_table(pa.table({"prediction": sizes, "truth": sizes}), reference)
    sent = [{"id": f"day-1-{row}", "value": float(6 + row % 5)} for row in range(ROWS)]
    moved.client("contributor").projects.get("p").deployments.get("live").labels.send(sent)
    with moved.assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    while score(deployment, collector_of(moved)):
        pass
    found = live(moved).drift(start=ago(1), end=ago(1)).labels
    assert found is not None
    assert (found.verdict, found.labelled, found.rows) == ("drifted", ROWS, ROWS)
    assert found.to_pandas()["verdict"].tolist() == ["drifted"]
    assert found.days[0].effect.estimate == found.effect.estimate
    longer = live(moved).drift(days=4).labels
    assert longer is not None
    assert longer.verdict == "not enough data"
    page = visitor(moved, "viewer").read(f"{PAGE}?days=4")
    assert longer.sentence in page


def in_order(days_ago: int) -> Frame:
    frame = calls(days_ago)
    return replace(frame, inputs={**frame.inputs, "town": ["Lyon"] * (ROWS // 2) + ["Nice"] * (ROWS // 2)})


def test_the_numbers_of_each_day_and_column_are_those_of_its_window(moved: Api) -> None:
    found = live(moved).drift(days=4)
    days = found.by_day("size").to_pandas()
    assert days["verdict"].tolist() == ["stable", "stable", "stable", "drifted"]
    alone = live(moved).drift(start=ago(1), end=ago(1)).columns["size"]
    last = days.iloc[-1]
    assert (last["effect"], last["p_value"]) == pytest.approx((alone.effect.estimate, alone.p_value))
    assert last["day"] == date.fromisoformat(ago(1))
    assert len(found.by_day().records()) == 12
    assert found.by_day().to_arrow().num_rows == 12
    with pytest.raises(Refused, match="called 'length'"):
        found.by_day("length")
    drawn = [each.chart().spec for each in (found.by_day(), found.by_day("town"))]
    lanes = [spec["encoding"]["y"]["scale"]["domain"] for spec in drawn]
    assert lanes == [["size", "town", "prediction of the champion", "prediction of the challenger"], ["town"]]
    assert [row["verdict"] for row in drawn[0]["data"]["values"] if row["column"] == "size"] == ["stable", "drifted"]


def test_each_day_that_is_over_has_the_verdicts_of_the_weeks_that_it_ends(moved: Api) -> None:
    last = live(moved).drift(days=4).days[-1]
    assert [(each.days, each.verdict, each.drifted) for each in last.windows] == [
        (7, "drifted", ("size",)),
        (28, "drifted", ("size",)),
    ]


def test_a_season_that_the_reference_has_not_is_refused_and_the_whole_may_be_asked_for(moved: Api) -> None:
    whole = live(moved).drift(days=4, baseline="whole")
    assert (whole.baseline, {each.baseline for each in whole.columns}) == ("whole", {"whole"})
    with pytest.raises(Refused, match="carries no times") as refused:
        live(moved).drift(days=4, baseline="season")
    assert (refused.value.code, refused.value.fields) == ("no-season", ("baseline",))


def test_without_rows_there_is_no_verdict(api: Api) -> None:
    found = live(api).drift()
    assert (found.verdict, found.drifted, len(found.columns)) == (None, (), 0)
    assert found.by_day().records() == []
    said = api.call("GET", DRIFT).json()
    assert {day["verdict"] for day in said["days"]} == {None}


def test_the_page_says_what_drifted_since_when_and_links_to_it(moved: Api) -> None:
    here = visitor(moved, "viewer")
    page = here.read(f"{PAGE}?days=4")
    assert f"Drifted: size since {day_in_words(ago(1))}." in page
    assert "With no drift anywhere, one day in 100 would be called drifted, over all 3 columns together, " in page
    assert page.index(">size</a>") < page.index(">town</a>")
    assert "Its values stand elsewhere" in page
    chosen = here.read(f"{PAGE}?days=4&feature=town")
    assert chosen.index(">town</a>") < chosen.index(">size</a>")
    assert "The size of its change" in chosen


def test_the_verdicts_are_a_table_to_take_away(moved: Api) -> None:
    text = visitor(moved, "viewer").get(f"{PAGE.removesuffix('distribution')}verdicts.csv?days=4").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 12
    (last,) = [row for row in rows if row["day"] == ago(1) and row["column"] == "size"]
    assert (last["verdict"], last["revision"], last["rows"]) == ("drifted", "1", str(ROWS))


@pytest.mark.parametrize("what", ["multivariate", "label-drift", "happened", "drift", "distribution", "labels"])
def test_every_chart_has_its_numbers_to_take_away(moved: Api, what: str) -> None:
    answer = visitor(moved, "viewer").get(f"{PAGE.removesuffix('distribution')}{what}.csv?days=4")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert list(csv.reader(io.StringIO(answer.text)))


def test_an_address_says_which_tables_are_open(moved: Api) -> None:
    here = visitor(moved, "viewer")
    shut, name = 'data-table="Verdicts day by day">', "table=Verdicts+day+by+day"
    assert shut in here.read(PAGE)
    page = here.read(f"{PAGE}?{name}&table=size")
    assert shut not in page
    assert page.count(" open><summary>In numbers") == 2
    assert "<td>once</td>" in page


def test_a_page_without_rows_says_so(api: Api) -> None:
    assert "No prediction in this period" in visitor(api, "viewer").read(PAGE)


def test_the_policy_is_said_in_words_and_changed_in_a_form(moved: Api) -> None:
    here = visitor(moved, "contributor")
    assert "An alarm takes the same column drifted on 2 days in a row." in here.read(PAGE)
    wanted = {"alarm_days": "365", "in_a_row": "1", "shape": "0.1", "ahead_hours": "48", "judged_by": "evidence"}
    assert here.send(f"{PAGE}/policy", **wanted).status_code == 303
    page = here.read(PAGE)
    assert "one day in 365 would be called drifted" in page
    assert "Version 1, set by contributor" in page
    wrong = here.send(f"{PAGE}/policy", **{**wanted, "in_a_row": "soon"})
    assert wrong.status_code == 422
    assert "a whole number from 1 to 31" in wrong.text
    assert live(moved).drift_policy.number == 1


def test_a_form_of_a_policy_that_was_changed_meanwhile_is_shown_again(moved: Api) -> None:
    here = visitor(moved, "contributor")
    assert 'name="number" value="0"' in here.read(PAGE)
    assert moved.call("PATCH", "/api/v1/deployments/d1/drift/policy", json={"shape": 0.5}).status_code == 200
    again = here.send(f"{PAGE}/policy", number="0", alarm_days="365")
    assert again.status_code == 409
    assert "has the number 1 by now" in again.text
    assert live(moved).drift_policy.alarm_days == 100


@pytest.mark.parametrize("number", ["\u00b2", "9" * 5_000, "-1", "soon"])
def test_a_number_that_no_page_has_written_into_the_form_is_none(moved: Api, number: str) -> None:
    here = visitor(moved, "contributor")
    assert here.send(f"{PAGE}/policy", number=number, alarm_days="365").status_code == 303
    assert here.send("/projects/p/deployments/live/integrity", number=number).status_code < 500


def test_a_page_takes_two_days_in_their_order(moved: Api) -> None:
    here = visitor(moved, "viewer")
    assert here.read(f"{PAGE}?start={ago(1)}&end={ago(3)}") == here.read(f"{PAGE}?start={ago(3)}&end={ago(1)}")


def test_who_may_only_read_sees_the_policy_and_no_form(moved: Api) -> None:
    page = visitor(moved, "viewer").read(PAGE)
    assert "How drift is judged" in page
    assert "Judge otherwise" not in page
    assert ">Judge so<" not in page


def test_who_may_only_read_can_try_a_policy_on_the_days_shown(moved: Api) -> None:
    here = visitor(moved, "viewer")
    wanted = {"alarm_days": "20", "in_a_row": "1", "shape": "0.02", "judged_by": "evidence"}
    page = here.send(f"{PAGE}/backtest?days=4", **wanted).text
    assert "One alarm on 4 days with rows, 7.5 a month; one of these days drifted." in page
    assert "As it is judged now: no alarm, 0.0 a month." in page
    assert 'name="alarm_days" value="20"' in page
    assert "a whole number from 1 to 31" in here.send(f"{PAGE}/backtest", **{**wanted, "in_a_row": "0"}).text
    assert live(moved).drift_policy.number == 0


def test_the_page_says_what_is_behind_a_drift(moved: Api) -> None:
    page = visitor(moved, "viewer").read(f"{PAGE}?start={ago(1)}&end={ago(1)}")
    assert "What is behind it" in page
    (cause,) = live(moved).causes(start=ago(1), end=ago(1))
    assert cause.column == "size"
    assert cause.sentence.partition(",")[0] in page
    assert "What is behind it" not in visitor(moved, "viewer").read(f"{PAGE}?start={ago(3)}&end={ago(2)}")
