"""One period held against another instead of the reference: over the API, the SDK and the page."""

import json
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from tests.api.browsing import visitor
from tests.api.conftest import Api
from tests.api.journals import answered
from tests.storage.test_verdicts import ago, calls
from watchkeeper.cli import watching
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Conflict, Refused

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
    assert found.document["against"] == {"name": "period", "start": ago(2), "end": ago(2)}
    usual = live(moved).distribution(start=on(1), end=on(1)).document["against"]
    assert usual == {"name": "training", "start": None, "end": None}


def test_days_have_no_verdict_against_another_period(moved: Api) -> None:
    found = live(moved).drift(days=4, against=(on(8), on(5)))
    assert [day.verdict for day in found.days] == [None] * 4
    assert all(day.champion.features["size"] for day in found.days)


def test_the_days_before_are_as_many_and_end_where_the_period_begins(moved: Api) -> None:
    found = live(moved).drift(start=on(4), end=on(1), against="previous")
    assert found.document["against"] == {"name": "previous", "start": ago(8), "end": ago(5)}
    assert found.drifted == ("size",)
    assert live(moved).drift(start=on(2), end=on(1), against="previous").drifted == ()


@pytest.mark.parametrize(
    ("against", "code"),
    [
        ((90, 80), "baseline-empty"),
        ("previous", "baseline-empty"),
        ((8, 7), "period-refused"),
        ((9, 1), "period-refused"),
    ],
)
def test_days_without_rows_and_days_of_the_period_are_nothing_to_hold_against(
    moved: Api, against: tuple[int, int] | str, code: str
) -> None:
    held: Any = against if isinstance(against, str) else (on(against[0]), on(against[1]))
    with pytest.raises(Refused) as refused:
        live(moved).drift(start=on(8), end=on(1), against=held)
    assert refused.value.code == code


@pytest.mark.parametrize("held", [None, (on(4),), (on(4), on(3), on(2)), (on(4), None), 7])
def test_what_is_neither_a_name_nor_two_days_is_refused_before_it_is_asked(moved: Api, held: Any) -> None:
    for asked in (live(moved).drift, live(moved).distribution):
        with pytest.raises(Refused, match="the first and last day of another period") as refused:
            asked(against=held)
        assert (refused.value.code, refused.value.fields) == ("period-refused", ("against",))


@pytest.fixture
def checked(moved: Api) -> Api:
    """The champion's version has its data, and the champion was checked on the rows that are large."""
    places, sizes = moved.assembly.places, np.linspace(0, 10, 400)
    places.table("s1").parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"size": sizes, "town": ["Lyon", "Nice"] * 200}), places.table("s1"))
    held = np.resize(np.flatnonzero(sizes >= 5.0), sizes.size)
    pq.write_table(pa.table({"prediction": sizes, "row": held}), places.model("m1") / "reference.parquet")
    return moved


def test_features_are_held_against_the_rows_that_the_champion_was_checked_on(checked: Api) -> None:
    found = live(checked).distribution(start=on(8), end=on(5), against="hold-out")
    size = found.feature("size")
    assert sum(size.reference[:5]) == pytest.approx(0.0)
    assert sum(size.reference) == pytest.approx(1.0)
    assert found.document["against"] == {"name": "hold-out", "start": None, "end": None}
    drift = live(checked).drift(start=on(8), end=on(5), against="hold-out")
    usual = live(checked).drift(start=on(8), end=on(5))
    assert (drift.drifted, usual.drifted) == (("size",), ())
    name = "prediction of the champion"
    assert drift.columns[name].p_value == pytest.approx(usual.columns[name].p_value)
    assert {day.verdict for day in drift.days} == {None}


def test_what_was_counted_stays_known_when_the_data_are_gone(checked: Api) -> None:
    before = live(checked).distribution(against="hold-out").feature("size").reference
    checked.assembly.places.table("s1").unlink()
    assert live(checked).distribution(against="hold-out").feature("size").reference == before


def test_a_model_whose_rows_were_not_kept_or_are_gone_says_so(moved: Api, checked: Api) -> None:
    checked.assembly.places.table("s1").unlink()
    with pytest.raises(Conflict, match="is gone") as gone:
        live(checked).drift(against="hold-out")
    pq.write_table(pa.table({"prediction": [1.0]}), moved.assembly.places.model("m1") / "reference.parquet")
    with pytest.raises(Conflict, match="trained again") as unknown:
        live(moved).drift(against="hold-out")
    assert {gone.value.code, unknown.value.code} == {"hold-out-unknown"}
    page = visitor(moved, "viewer").get(f"{PAGE}?against=hold-out")
    assert page.status_code == 409
    assert "trained again" in page.text
    assert "Day by day" in page.text


def test_a_name_that_is_none_is_refused_and_so_is_one_with_days(moved: Api) -> None:
    path = "/api/v1/deployments/d1/drift"
    wrong = moved.call("GET", f"{path}?against=yesterday")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid-request")
    both = moved.call("GET", f"{path}?against=previous&against_start=2026-01-01&against_end=2026-01-02")
    assert (both.status_code, both.json()["code"]) == (422, "period-refused")
    assert "not both" in both.json()["detail"]
    season = moved.call("GET", f"{path}?against=previous&baseline=whole")
    assert (season.status_code, season.json()["code"]) == (422, "period-refused")


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


def test_the_page_holds_it_against_what_is_chosen_and_keeps_that(checked: Api) -> None:
    here, period = visitor(checked, "viewer"), f"start={ago(4)}&end={ago(1)}"
    usual = here.read(f"{PAGE}?{period}")
    assert "against=previous" in usual
    assert "against=hold-out" in usual
    before = here.read(f"{PAGE}?{period}&against=previous")
    assert "held against the days before" in before
    assert "feature=size&amp;against=previous" in before
    held = here.read(f"{PAGE}?{period}&against=hold-out")
    assert "the rows that the champion was checked on" in held
    numbers = here.read(f"{PAGE}.csv?{period}&against=hold-out")
    assert numbers != here.read(f"{PAGE}.csv?{period}")


def test_the_command_line_takes_a_name_or_days(moved: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchkeeper.cli.watching.the_deployment", lambda *_: live(moved))
    app = typer.Typer()
    watching.add_commands(app)

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["drift", "live", "--start", ago(4), "--end", ago(1), "--json", *words])

    assert json.loads(run("--against", "previous").output)["against"]["start"] == ago(8)
    chosen = json.loads(run("--against-start", ago(6), "--against-end", ago(5)).output)["against"]
    assert (chosen["name"], chosen["start"]) == ("period", ago(6))
    both = run("--against", "previous", "--against-start", ago(6), "--against-end", ago(5))
    assert both.exit_code == 2


def test_a_terminal_has_what_a_person_reads_of_each_column_and_day(moved: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchkeeper.cli.watching.the_deployment", lambda *_: live(moved))
    app = typer.Typer()
    watching.add_commands(app)
    lines = CliRunner().invoke(app, ["drift", "live"], env={"COLUMNS": "80"}).output.splitlines()
    rows = [[cell.strip() for cell in line.replace("┃", "│").split("│")] for line in lines]
    found = live(moved).drift()
    size = found.columns["size"]
    assert ["column", "verdict", "size", "since", "rows"] in rows
    assert ["size", "drifted", str(size.effect), "–", f"{size.rows:,}"] in rows
    assert ["day", "rows", "verdict", "drifted", "global drift"] in rows
    assert f"size: {size.sentence}" in lines
    assert max(len(line) for line in lines if "│" in line) <= 80
    assert all(len(line) <= 80 for line in str(found.columns).splitlines())
    assert {"p_value", "psi", "effect_low"} <= set(found.columns.records()[0])
