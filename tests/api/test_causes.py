"""What is behind a drift, through the API, as the SDK reads it."""

from datetime import date

import pytest
import typer
from typer.testing import CliRunner

from tests.api.conftest import Api
from tests.api.journals import answered, collector_of
from tests.storage.test_verdicts import ago, calls
from watchkeeper.cli import watching
from watchkeeper.monitoring.days import spelled
from watchkeeper.monitoring.verdicts.issuing import issue
from watchkeeper.sdk import Deployment

DAYS, SINCE = 24, 9


@pytest.fixture
def moved(api: Api) -> Api:
    """Days of which the last nine have higher sizes."""
    answered(api, *(calls(day, moved=4.0 * (day <= SINCE)) for day in range(DAYS, 0, -1)))
    return api


def live(api: Api) -> Deployment:
    return api.client("viewer").projects.get("p").deployments.get("live")


def test_the_feature_that_moved_is_named_with_the_day_and_the_values(moved: Api) -> None:
    (found,) = live(moved).causes(days=7)
    assert (found.column, found.weight) == ("size", 1.0)
    assert found.began is not None
    assert (found.began.course, found.began.first) == ("abrupt", date.fromisoformat(ago(SINCE)))
    assert found.began.low <= found.began.first <= found.began.high
    assert (found.parts[0].label, found.parts[0].before, found.parts[0].now) == ("up to 3.98496", 0.4, 0.0)
    assert sum(each.weight for each in found.parts) == pytest.approx(1.0)
    assert found.effect.low is not None
    assert found.effect.estimate is not None
    assert found.effect.estimate > found.effect.low > 0.02
    assert found.sentence.startswith(f"size has drifted from one day to the next on {spelled(ago(SINCE))}")
    assert found.sentence.endswith("up to 3.98496 went from 40 % to 0 % of the rows.")


def test_what_accounts_for_it_is_told_of_the_days_on_which_it_lasted(moved: Api) -> None:
    """Over all the days there are, most of them before it, as over its own."""
    (whole,), (own,) = live(moved).causes(start=ago(DAYS), end=ago(1)), live(moved).causes(days=SINCE)
    assert whole.parts == own.parts
    assert whole.parts[0].now == 0.0


def test_what_has_passed_is_told_of_the_days_on_which_it_lasted(api: Api) -> None:
    answered(api, *(calls(day, moved=4.0 * (5 <= day <= 8)) for day in range(DAYS, 0, -1)))
    (found,) = live(api).causes(start=ago(DAYS), end=ago(1))
    assert found.began is not None
    assert (found.began.first, found.began.last) == (date.fromisoformat(ago(8)), date.fromisoformat(ago(5)))
    assert found.parts[0].now == 0.0
    assert found.sentence.endswith("up to 3.98496 went from 40 % to 0 % of the rows.")


def test_a_drift_that_goes_on_is_not_dated_by_one_that_was_over_before(api: Api) -> None:
    """Of three days the column lay lower; later it has risen."""
    past, now = range(18, 15, -1), 6
    answered(api, *(calls(day, moved=-9.0 * (day in past) + 1.8 * (day <= now)) for day in range(DAYS, 0, -1)))
    with api.assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    while issue(deployment, collector_of(api)):
        pass
    for asked in ({"days": now}, {"start": ago(DAYS), "end": ago(1)}, {"days": 3}):
        (found,) = live(api).causes(**asked)
        assert found.began is not None
        assert abs((found.began.first - date.fromisoformat(ago(now))).days) <= 1
        assert found.parts[0].label.startswith("up to")
        assert found.parts[0].now < found.parts[0].before


def test_it_is_a_table_as_well(moved: Api) -> None:
    found = live(moved).causes(days=7)
    assert found.to_pandas()["column"].tolist() == ["size"]
    assert found.to_arrow().num_rows == 1
    assert (found.start, found.end) == (date.fromisoformat(ago(7)), date.fromisoformat(ago(1)))
    assert found.to_json()["items"][0]["sentence"] == found[0].sentence


def test_a_terminal_has_the_sentence_over_its_whole_width(moved: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchkeeper.cli.watching.the_deployment", lambda *_: live(moved))
    app = typer.Typer()
    watching.add_commands(app)
    printed = CliRunner().invoke(app, ["causes", "live", "--days", "7"], env={"COLUMNS": "80"}).output
    (cause,) = live(moved).causes(days=7)
    head, *lines = [line.rstrip() for line in printed.splitlines()]
    assert [each.strip() for each in head.split("┃")] == ["column", "nature", "weight", "size", "began"]
    assert max(map(len, lines)) <= 80
    assert cause.sentence in " ".join(lines)
    assert cause.sentence in str(live(moved).causes(days=7)).replace("\n", " ")


def test_what_has_not_drifted_has_no_cause(moved: Api) -> None:
    assert len(live(moved).causes(start=ago(DAYS), end=ago(SINCE + 1))) == 0


def test_too_few_days_name_no_first_one(api: Api) -> None:
    answered(api, *(calls(day, moved=4.0) for day in range(3, 0, -1)))
    (found,) = live(api).causes()
    assert found.began is None
    assert found.sentence.startswith("size has drifted; ")


def test_without_rows_there_is_none(api: Api) -> None:
    assert list(live(api).causes()) == []
