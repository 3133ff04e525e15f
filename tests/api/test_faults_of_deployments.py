"""Faults of a deployment's rows, through the API, the SDK, the command line and the page."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from tests.api.browsing import visitor
from tests.api.conftest import Api
from tests.api.journals import answered, collector_of
from tests.api.test_integrity import live
from tests.api.test_integrity_pages import DAY, PAGE
from tests.fakes.rules import rule
from tests.storage.test_verdicts import ROWS, ago, calls
from watchkeeper.cli.deployments import app
from watchkeeper.monitoring.days import spelled
from watchkeeper.monitoring.journalled import ColumnSetting, Journalled
from watchkeeper.monitoring.policy import DriftPolicy, PolicySaid
from watchkeeper.monitoring.soundness.looking import Looker
from watchkeeper.monitoring.verdicts.issuing import issue
from watchkeeper.sdk.errors import Forbidden
from watchkeeper.server.alerting import judge_of

DAY_BEFORE = ago(1)
UNIT = ("changed unit", ("size",))


@pytest.fixture
def learned(api: Api) -> Api:
    """The reference's rows: as `calls` are."""
    path = api.assembly.places.table("s1")
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = 5 * ROWS
    pq.write_table(pa.table({"size": np.linspace(0, 10, rows), "town": ["Lyon", "Nice"] * (rows // 2)}), path)
    return api


def thousandfold(days_ago: int = 1) -> Any:
    frame = calls(days_ago)
    return replace(frame, inputs={**frame.inputs, "size": [1_000 * size for size in frame.inputs["size"]]})


def test_rows_like_the_reference_s_have_no_fault(learned: Api) -> None:
    answered(learned, calls(1))
    found = live(learned).look_for_faults(start=DAY_BEFORE, end=DAY_BEFORE)
    assert (found.rows, len(found)) == (ROWS, 0)


def test_a_changed_unit_is_named_everywhere(learned: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(learned, thousandfold())
    found = live(learned).look_for_faults(start=DAY_BEFORE, end=DAY_BEFORE)
    (fault,) = found
    assert (fault.fault, fault.columns, fault.evidence["factor"]) == ("changed unit", ("size",), 1_000.0)
    assert "size looks multiplied by 1,000" in fault.sentence
    assert found.to_pandas()["columns"].tolist() == ["size"]
    monkeypatch.setattr("watchkeeper.cli.integrity.the_deployment", lambda *_: live(learned))
    told = CliRunner().invoke(app, ["faults", "live", "--look", "--start", DAY_BEFORE, "--end", DAY_BEFORE])
    assert "changed unit: size looks multiplied by 1,000" in told.output
    person = visitor(learned, "contributor")
    assert "Look for faults" in person.read(DAY)
    assert "size looks multiplied by 1,000" in person.read(f"{DAY}&look_for=faults")


def test_only_who_may_read_rows_may_look(learned: Api) -> None:
    answered(learned, thousandfold())
    with pytest.raises(Forbidden):
        live(learned, "viewer").look_for_faults(start=DAY_BEFORE, end=DAY_BEFORE)
    assert "multiplied" not in visitor(learned, "viewer").read(f"{DAY}&look_for=faults")


def test_a_column_that_is_not_kept_in_full_is_left_aside(learned: Api) -> None:
    with learned.assembly.store.work() as work:
        setting = ColumnSetting("size", Journalled.LEFT_OUT, datetime.now(UTC), "somebody")
        work.masking.set("d1", setting)
    answered(learned, thousandfold())
    assert len(live(learned).look_for_faults(start=DAY_BEFORE, end=DAY_BEFORE)) == 0


def test_without_rows_there_is_nothing_to_look_at(learned: Api) -> None:
    assert live(learned).look_for_faults(start=DAY_BEFORE, end=DAY_BEFORE).rows == 0


@pytest.fixture
def looked(learned: Api) -> Api:
    """Days of which the last but one came in grams, looked at by the worker."""
    answered(learned, calls(4), calls(3), thousandfold(2), calls(1))
    assembly = learned.assembly
    with assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    while issue(deployment, collector_of(learned)):
        pass
    while Looker(assembly.store.work, assembly.store.look, assembly.places, assembly.clock).turn(deployment):
        pass
    return learned


def test_before_the_worker_has_come_to_a_day_nobody_says_that_it_was_sound(
    learned: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(learned, thousandfold(2), calls(1))
    with learned.assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    while issue(deployment, collector_of(learned)):
        pass
    found = live(learned).faults(days=30)
    assert (found.days, found.waiting, len(found)) == (0, 1, 0)
    assert "Not looked for yet: a day of this period waits" in visitor(learned, "viewer").read(f"{PAGE}?days=30")
    monkeypatch.setattr("watchkeeper.cli.integrity.the_deployment", lambda *_: live(learned))
    assert "1 day not come to yet." in CliRunner().invoke(app, ["faults", "live"]).output


def test_what_the_worker_found_is_told_to_everybody_without_a_request(
    looked: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = live(looked, "viewer").faults(days=30)
    (fault,) = found
    assert (fault.fault, fault.columns, str(fault.first), str(fault.last)) == (*UNIT, ago(2), ago(2))
    assert (found.days, found.untold, found[0].evidence["factor"]) == (1, (), 1_000.0)
    assert found.to_pandas()["first"].astype(str).tolist() == [ago(2)]
    assert live(looked, "viewer").integrity(days=30).faults == found.items
    assert len(live(looked, "viewer").faults(start=DAY_BEFORE, end=DAY_BEFORE)) == 0
    monkeypatch.setattr("watchkeeper.cli.integrity.the_deployment", lambda *_: live(looked, "viewer"))
    said = CliRunner().invoke(app, ["faults", "live", "--days", "30"]).output
    assert f"{ago(2)}, changed unit: size looks multiplied by 1,000" in said
    assert "changed unit: size looks" in CliRunner().invoke(app, ["integrity", "live", "--days", "30"]).output


def test_what_a_long_period_hides_is_told_of_its_days(looked: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    found = live(looked).look_for_faults(days=30)
    assert len(found) == 0
    assert [(each.fault, each.columns, str(each.first)) for each in found.by_day] == [(*UNIT, ago(2))]
    monkeypatch.setattr("watchkeeper.cli.integrity.the_deployment", lambda *_: live(looked))
    said = CliRunner().invoke(app, ["faults", "live", "--look"]).output
    assert "of all these days; on days by themselves:" in " ".join(said.split())
    assert f"{ago(2)}, changed unit: size looks multiplied by 1,000" in said


def test_causes_say_that_it_is_a_fault_and_the_pages_show_it_beside_the_feature(looked: Api) -> None:
    (cause,) = live(looked, "viewer").causes(start=ago(2), end=ago(2))
    assert (cause.nature, cause.fault) == ("data fault", "changed unit")
    told = f"it looks like a fault of the data (changed unit) on {spelled(ago(2))}: size looks multiplied by 1,000"
    assert told in cause.sentence
    person = visitor(looked, "viewer")
    day = f"start={ago(2)}&end={ago(2)}"
    for page in ("integrity", "distribution"):
        assert "size looks multiplied by 1,000" in person.read(f"/projects/p/deployments/live/{page}?{day}")


def test_a_period_without_an_occasion_says_so(looked: Api) -> None:
    assert "no occasion to look" in visitor(looked, "viewer").read(DAY)


def test_alerts_and_releases_are_marked_on_the_charts_by_day_with_a_way_to_each(looked: Api) -> None:
    with looked.assembly.store.work() as work:
        work.rules.begin("d1")
        work.rules.add(rule(signal="verdicts", threshold=0.0, needed=1, windows=1))
        work.policies.say("d1", PolicySaid(1, DriftPolicy(in_a_row=1), looked.assembly.clock.now(), "ann"))
        deployment = work.deployments.get("d1")
    assert deployment is not None
    judge_of(looked.assembly).judge(deployment)
    (firing,) = live(looked, "viewer").firings.list()
    page = f"/projects/p/deployments/live/distribution?start={ago(4)}&end={ago(1)}"
    told = visitor(looked, "viewer").read(page)
    assert "1: an alert begins" in told
    assert f'<a href="/projects/p/alerts/{firing.id}">' in told
    assert '"strokeDash":[5,3]' in told.replace(" ", "")
    late = f"/projects/p/deployments/live/distribution?start={ago(2)}&end={ago(1)}"
    against = visitor(looked, "viewer").read(f"{late}&against_start={ago(4)}&against_end={ago(3)}")
    assert "an alert begins" not in against
