"""Drift that is known: over the API, the SDK, the command line and the page."""

import json
from collections.abc import Callable
from datetime import date

import pytest
import typer
from typer.testing import CliRunner

from tests.api.browsing import faults, visitor
from tests.api.conftest import Api
from tests.api.journals import answered, collector_of
from tests.fakes.clock import StillClock
from tests.fakes.rules import rule
from tests.storage.test_verdicts import ago, calls
from watchkeeper.cli import acceptances
from watchkeeper.monitoring.days import spelled
from watchkeeper.monitoring.verdicts.issuing import issue
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Forbidden, NotFound, Refused
from watchkeeper.server.alerting import judge_of

PAGE = "/projects/p/deployments/live/distribution"
SINCE = 4
"""Days ago, of eight: from then on the sizes lie higher."""


@pytest.fixture
def moved(api: Api) -> Api:
    answered(api, *(calls(day, moved=2.5 * (day <= SINCE)) for day in range(8, 0, -1)))
    clock = api.assembly.clock
    assert isinstance(clock, StillClock)
    clock.move(minutes=5)
    judged(api)
    return api


def judged(api: Api) -> None:
    with api.assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    while issue(deployment, collector_of(api)):
        pass


def live(api: Api, who: str = "contributor") -> Deployment:
    return api.client(who).projects.get("p").deployments.get("live")


def on(days: int) -> date:
    return date.fromisoformat(ago(days))


def test_a_known_drift_is_none_and_the_verdict_says_who_says_so(moved: Api) -> None:
    assert live(moved).drift(8).drifted == ("size",)
    said = live(moved).accept_drift("size", since=on(SINCE), because="the shop moved")
    assert (said.columns, said.since, said.through, said.accepted_by) == (("size",), on(4), on(1), "contributor")
    assert live(moved).drift(8).days_waiting == 4
    judged(moved)
    found = live(moved, "viewer").drift(8)
    assert (found.drifted, found.days_waiting) == ((), 0)
    assert found.columns["size"].accepted == said
    told = {each["name"]: each["accepted"] for each in found.columns.records()}
    assert "accepted by contributor on" in told["size"]
    assert found.columns["town"].accepted is None
    assert [day.revision for day in found.days] == [1] * 4 + [2] * 4
    assert live(moved).drift_acceptances() == [said]


def test_what_is_withdrawn_stays_in_the_list_and_holds_no_more(moved: Api) -> None:
    live(moved).accept_drift("size", since=on(SINCE), because="the shop moved", through=on(2))
    gone = live(moved).withdraw_acceptance(1)
    assert (gone.through, gone.withdrawn_by) == (on(2), "contributor")
    assert live(moved).drift(8).drifted == ("size",)
    assert live(moved).drift_acceptances() == [gone]
    with pytest.raises(NotFound, match="no acceptance 7"):
        live(moved).withdraw_acceptance(7)


def test_who_may_not_write_accepts_and_withdraws_nothing(moved: Api) -> None:
    with pytest.raises(Forbidden):
        live(moved, "viewer").accept_drift("size", since=on(4), because="so")
    live(moved).accept_drift("size", since=on(SINCE), because="so")
    with pytest.raises(Forbidden):
        live(moved, "viewer").withdraw_acceptance(1)


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda of: of.accept_drift("sise", since=on(4), because="so"), "not-watched"),
        (lambda of: of.accept_drift("size", since=on(4), because="  "), "acceptance-refused"),
        (lambda of: of.accept_drift("size", since=on(-4), because="so"), "acceptance-refused"),
        (lambda of: of.accept_drift("size", since=on(90), through=on(80), because="so"), "acceptance-refused"),
        (lambda of: of.accept_drift("size", since="2026-02-30", because="so"), "invalid-request"),
    ],
)
def test_what_can_not_be_accepted_is_refused_by_name(
    moved: Api, ask: Callable[[Deployment], object], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        ask(live(moved))
    assert refused.value.code == code
    assert live(moved).drift_acceptances() == []


def test_the_page_offers_it_marks_it_and_takes_it_back(moved: Api) -> None:
    here, period = visitor(moved, "contributor"), f"?start={ago(8)}&end={ago(1)}"
    assert here.read(PAGE + period).count("Accept this drift as known") == 1
    blank = here.send(f"{PAGE}/acceptances{period}", column="size", since=ago(SINCE), because=" ")
    assert blank.status_code == 422
    assert "others will read it" in faults(blank.text)["known-size-because"]
    assert 'value="' + ago(SINCE) in blank.text
    none = here.send(f"{PAGE}/acceptances{period}", column="size", since="soon", because="so")
    assert "2026-03-14" in faults(none.text)["known-size-since"]
    sent = here.send(f"{PAGE}/acceptances{period}", column="size", since=ago(SINCE), because="the <shop> moved")
    assert (sent.status_code, sent.headers["location"]) == (303, PAGE + period)
    assert "4 days are yet to be judged by what is known by now" in here.read(PAGE + period)
    judged(moved)
    page = here.read(PAGE + period)
    assert "yet to be judged" not in page
    assert "accepted by contributor" in page
    assert "A shape matters from a size of 0.02 on." in page
    assert "the &lt;shop&gt; moved" in page
    assert "Known drift" in page
    assert "Nothing has drifted. 3 are stable. Known: size, held against what was accepted." in page
    assert "Withdraw" not in visitor(moved, "viewer").read(PAGE + period)
    assert here.send(f"{PAGE}/acceptances/1/withdraw").status_code == 303
    assert "withdrawn by contributor" in here.read(PAGE + period)


def test_of_one_that_has_passed_its_first_day_is_offered(api: Api) -> None:
    """From the first day of the period on, the days before it would be known as well."""
    answered(api, *(calls(day, moved=4.0 * (5 <= day <= 9)) for day in range(24, 0, -1)))
    clock = api.assembly.clock
    assert isinstance(clock, StillClock)
    clock.move(minutes=5)
    judged(api)
    page = visitor(api, "contributor").read(f"{PAGE}?start={ago(24)}&end={ago(1)}")
    assert f'value="{ago(9)}"' in page.partition("Known since")[2][:400]


def test_one_that_a_newer_one_replaces_says_so(moved: Api) -> None:
    first = live(moved).accept_drift("size", since=on(SINCE), because="the shop moved")
    assert first.replaced is None
    live(moved).accept_drift("size", since=on(3), because="it moved again")
    newest, before = live(moved).drift_acceptances()
    assert (newest.replaced, before.replaced) == (None, on(3))
    here = visitor(moved, "contributor")
    assert "holds of the days before" in here.read(PAGE)
    live(moved).accept_drift("size", since=on(SINCE), because="it moved earlier")
    assert [each.replaced for each in live(moved).drift_acceptances()] == [None, on(3), on(SINCE)]
    assert here.read(PAGE).count(">replaced<") == 2


def test_the_history_of_an_alert_tells_what_was_accepted_of_it_and_taken_back(moved: Api) -> None:
    with moved.assembly.store.work() as work:
        work.rules.begin("d1")
        work.rules.add(rule(signal="verdicts", threshold=0.0, needed=1, windows=1))
        deployment = work.deployments.get("d1")
    assert deployment is not None
    judge_of(moved.assembly).judge(deployment)
    (firing,) = live(moved).firings.list()
    live(moved).accept_drift("town", since=on(SINCE), because="of something else")
    live(moved).accept_drift("size", since=on(SINCE), because="the shop moved")
    live(moved).withdraw_acceptance(2)
    said = firing.history()
    known = f"the drift of size as known since {spelled(ago(SINCE))}"
    assert [(each.kind, each.text) for each in said if each.kind in {"accepted", "withdrawn"}] == [
        ("accepted", f"contributor accepted {known}: the shop moved"),
        ("withdrawn", f"contributor took back that contributor had accepted {known}."),
    ]
    page = visitor(moved, "viewer").read(f"/projects/p/alerts/{firing.id}")
    assert "contributor accepted the drift of size" in page


def test_rows_of_a_day_that_goes_on_keep_no_verdict_waiting(moved: Api) -> None:
    judged(moved)
    answered(moved, calls(0))
    judged(moved)
    answered(moved, calls(0, name="later"))
    assert live(moved).drift(8).days_waiting == 0


def test_the_command_line_does_the_same(moved: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchkeeper.cli.watching.connected", lambda: moved.client("contributor"))
    app = typer.Typer()
    acceptances.add_commands(app)

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--project", "p", "--json"])
        assert done.exit_code == 0, done.output
        return done.output

    said = json.loads(run("accept-drift", "live", "--column", "size", "--since", ago(SINCE), "--because", "so"))
    assert (said["number"], said["columns"]) == (1, ["size"])
    assert json.loads(run("withdraw-acceptance", "live", "1"))["withdrawn_by"] == "contributor"
    (kept,) = json.loads(run("drift-acceptances", "live"))["items"]
    assert kept["withdrawn_by"] == "contributor"


def test_a_segment_s_page_says_that_a_known_drift_is_of_all_rows(api: Api) -> None:
    live(api).segment_by("town")
    answered(api, *(calls(day, moved=2.5 * (day <= SINCE)) for day in range(8, 0, -1)))
    judged(api)
    page, said = f"{PAGE}?days=8&segment=Lyon", "A drift that is known is so of all rows"
    assert said not in visitor(api, "viewer").read(page)
    known = live(api).accept_drift("size", since=on(SINCE), because="the shop moved")
    assert said in visitor(api, "viewer").read(page)
    live(api).withdraw_acceptance(known.number)
    assert said not in visitor(api, "viewer").read(page)
