"""How much drifted features move the prediction, through the API, the SDK, the command line and the page."""

from itertools import count
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.api.browsing import visitor
from tests.api.conftest import Api
from tests.api.journals import answered
from tests.api.test_causes import live
from tests.fakes.linear import A_SIZE, answered_day, linear_model
from tests.storage.test_verdicts import ago
from watchkeeper.cli.deployments import app
from watchkeeper.monitoring.behind.attributing import swap, to_swap
from watchkeeper.monitoring.causes.errors import SwapTooLong
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Forbidden, WatchkeeperError

DAYS = 4
PAGE = f"/projects/p/deployments/live/distribution?start={ago(DAYS)}&end={ago(1)}"
SAID = "swapping it back to the reference's takes"


@pytest.fixture
def moved(api: Api, tmp_path: Path) -> Api:
    """Days with sizes of the upper half, and nothing else new."""
    linear_model(api.assembly.store, api.assembly.places, tmp_path / "scratch")
    answered(api, *(answered_day(day, low=5.0) for day in range(DAYS, 0, -1)))
    return api


def by(api: Api, who: str) -> Deployment:
    return api.client(who).projects.get("p").deployments.get("live")


def test_what_goes_away_is_told_with_its_interval(moved: Api) -> None:
    found = by(moved, "contributor").causes(swap=True)
    (cause,), swapped = found, found.swapped
    assert cause.moved is not None
    assert swapped is not None
    assert cause.moved.low < 2.5 * A_SIZE < cause.moved.high
    assert cause.moved.part + swapped.rest == pytest.approx(swapped.whole)
    assert (swapped.champion, swapped.rows, swapped.left_aside, swapped.probability) == ("m1", 1_600, (), False)
    assert SAID in cause.sentence
    assert swapped.sentence.startswith("The mean prediction moved by +7")
    (row,) = found.records()
    assert (row["moved"], row["moved_low"]) == (cause.moved.alone, cause.moved.low)


def test_who_does_not_ask_reads_no_row(moved: Api) -> None:
    found = live(moved).causes()
    assert (found.swapped, found[0].moved, found.records()[0]["moved"]) == (None, None, None)


def test_only_who_may_read_rows_may_ask(moved: Api) -> None:
    with pytest.raises(Forbidden):
        live(moved).causes(swap=True)
    told = visitor(moved, "viewer").read(f"{PAGE}&swap=true")
    assert SAID not in told
    assert "Swap them back" not in told


def test_the_command_line_and_the_page_say_it(moved: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchkeeper.cli.watching.the_deployment", lambda *_: by(moved, "contributor"))
    told = CliRunner().invoke(app, ["causes", "live", "--swap"]).output
    assert "The mean prediction moved by +7" in told
    assert "The mean" not in CliRunner().invoke(app, ["causes", "live"]).output
    person = visitor(moved, "contributor")
    assert "Swap them back" in person.read(PAGE)
    page = person.read(f"{PAGE}&swap=true")
    assert "swapping it back to the reference&#39;s takes" in page
    assert "Alone it takes" in page


def test_what_can_t_be_asked_says_why(moved: Api) -> None:
    with pytest.raises(WatchkeeperError, match="No feature has drifted") as refused:
        by(moved, "contributor").causes(start=ago(40), end=ago(30), swap=True)
    assert refused.value.code == "nothing-to-swap"
    (moved.assembly.places.model("m1") / "card.json").unlink()
    with pytest.raises(WatchkeeperError) as gone:
        by(moved, "contributor").causes(swap=True)
    assert gone.value.code == "model-gone"
    page = visitor(moved, "contributor").read(f"{PAGE}&swap=true")
    assert "The files of the champion" in page
    assert "size has drifted" in page


def test_one_champion_is_asked_at_a_time_and_who_comes_meanwhile_is_told_so(moved: Api) -> None:
    with moved.assembly.swapping.take():
        with pytest.raises(WatchkeeperError, match="Try again in a few seconds") as busy:
            by(moved, "contributor").causes(swap=True)
        page = visitor(moved, "contributor").read(f"{PAGE}&swap=true")
    assert (busy.value.status, busy.value.code) == (503, "swap-busy")
    assert "Try again in a few seconds" in page
    assert by(moved, "contributor").causes(swap=True).swapped is not None


def test_who_could_not_be_answered_leaves_the_turn_to_the_next(moved: Api) -> None:
    card = moved.assembly.places.model("m1") / "card.json"
    kept = card.read_bytes()
    card.write_bytes(b"{")
    with pytest.raises(WatchkeeperError):
        by(moved, "contributor").causes(swap=True)
    card.write_bytes(kept)
    assert by(moved, "contributor").causes(swap=True).swapped is not None


def test_a_champion_that_is_slow_is_given_up(moved: Api) -> None:
    with moved.assembly.store.look() as work:
        deployment = work.deployments.get(live(moved).id)
        assert deployment is not None
        days = {"start": ago(DAYS), "end": ago(1)}
        asked = to_swap(deployment, ["size"], season=False, **days, work=work, places=moved.assembly.places)
    assert swap(asked, ticks=lambda: 0.0).columns
    seconds = count()
    with pytest.raises(SwapTooLong, match="did not answer in time"):
        swap(asked, within=3.0, ticks=lambda: float(next(seconds)))
