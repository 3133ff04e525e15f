"""Is a deployment's data sound, through the API, and as the SDK and the command line tell it."""

from typing import Any

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from tests.api.conftest import Api
from tests.api.journals import answered
from tests.storage.test_verdicts import ROWS, ago, calls
from watchkeeper.cli.deployments import app
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Conflict, Forbidden, Refused

SCHEMA = "/api/v1/deployments/d1/schema"


def live(api: Api, who: str = "contributor") -> Deployment:
    return api.client(who).projects.get("p").deployments.get("live")


def rows(*, size: float = 5.0, towns: tuple[str | None, ...] = ("Lyon", "Nice")) -> Any:
    """A day with one strange row in ten."""
    frame = calls(1)
    sizes = [size if not row % 10 else value for row, value in enumerate(frame.inputs["size"])]
    return replace(frame, inputs={"size": sizes, "town": [towns[row % len(towns)] for row in range(ROWS)]})


def test_the_schema_is_what_the_reference_keeps_to(api: Api) -> None:
    found = live(api, "viewer").schema
    assert (found.number, found.since, found.set_by) == (1, None, None)
    assert [column.name for column in found] == ["size", "town"]
    assert (found["size"].lowest, found["size"].highest) == (0.0, 10.0)
    assert found["town"].levels == ("Lyon", "Nice")
    assert found.to_pandas()["levels"].tolist()[1] == "Lyon, Nice"


def test_data_that_keeps_to_it_is_sound(api: Api) -> None:
    answered(api, rows())
    found = live(api, "viewer").integrity(start=ago(1), end=ago(1))
    assert (found.sentence, found.rows) == ("The data keeps to its schema.", ROWS)
    assert (found.broken, found.notices) == ((), ())


def test_what_breaks_it_is_counted_and_what_lies_beyond_is_noticed(api: Api) -> None:
    answered(api, rows(size=99.0, towns=("Lyon", "Nice", "Brest", None)))
    found = live(api, "viewer").integrity(start=ago(1), end=ago(1))
    told = {(each.column, each.violation): (each.rows, each.share) for each in found.broken}
    assert told == {
        ("size", "out-of-range"): (30, 0.1),
        ("town", "missing-value"): (75, 0.25),
        ("town", "new-level"): (75, 0.25),
    }
    assert found.sentence.startswith(
        "2 columns broke the schema, most of all town (75 of 300 rows); 2 have inputs beyond"
    )
    assert [(each.column, each.rows) for each in found.notices] == [("town", 75), ("size", 30)]
    assert "lie above 10, the reference's highest" in found.notices[1].sentence


def test_a_changed_rule_has_the_next_number_and_holds_for_the_past(api: Api) -> None:
    answered(api, rows(size=99.0))
    deployment = live(api)
    changed = deployment.expect("size", highest=None)
    assert (changed.number, changed["size"].highest, changed["size"].lowest) == (2, None, 0.0)
    assert changed.set_by
    assert changed.since is not None
    found = deployment.integrity(start=ago(1), end=ago(1))
    assert (found.broken, found.schema_number) == ((), 2)
    deployment.expect("town", levels=["Lyon"], most_missing=0.5)
    (broken,) = deployment.integrity(start=ago(1), end=ago(1)).broken
    assert (broken.column, broken.violation, broken.rows) == ("town", "new-level", ROWS // 2)
    assert [(each.number, each.changed) for each in deployment.schemas()] == [
        (3, ("town: no longer Nice.", "town: 50 % may be missing, before 0 %.")),
        (2, ("size: 0 and more, before 0 to 10.",)),
    ]
    assert deployment.schema == deployment.schemas()[0]


@pytest.mark.parametrize(
    ("column", "rules", "why"),
    [
        ("sizes", {"highest": 1}, "no column 'sizes'"),
        ("size", {"highest": "much"}, "`highest` is a number"),
        ("size", {"highest": -5}, "give the lower one first"),
        ("size", {"color": 1}, "no rule that can be set"),
        ("size", {}, "none is given; there are required, lowest"),
        ("size", {"levels": ["a"]}, "column that is numeric; it can have required, lowest, highest, most_missing"),
        ("town", {"lowest": 3}, "column that is categorical; it can have required, levels, most_missing"),
        ("town", {"levels": [1]}, "list of at most"),
        ("town", {"levels": []}, "names none"),
        ("town", {"levels": ["Lyon", " "]}, "one of the `levels` is empty"),
        ("town", {"levels": ["Lyon", "Nice", "Lyon"]}, "'Lyon' stands twice"),
        ("town", {"levels": ["x" * 100_000]}, "more than 1,000 characters"),
        ("town", {"most_missing": 2}, "a share of 2 missing"),
        ("town", {"required": "yes"}, "true or false"),
    ],
)
def test_what_cannot_be_expected_is_refused(api: Api, column: str, rules: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        live(api).expect(column, **rules)
    assert live(api).schema.number == 1


def test_whoever_changes_an_old_number_is_told_so(api: Api) -> None:
    live(api).expect("size", highest=20)
    caller = live(api)._caller
    with pytest.raises(Conflict, match="number 2 by now"):
        caller.put("/deployments/d1/schema", {"number": 1, "columns": {"size": {"highest": 30}}})


def test_a_viewer_changes_nothing(api: Api) -> None:
    with pytest.raises(Forbidden):
        live(api, "viewer").expect("size", highest=20)


def test_the_command_line_tells_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(api, rows(size=99.0))
    monkeypatch.setattr("watchkeeper.cli.integrity.the_deployment", lambda *_: live(api))

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, [*words], env={"COLUMNS": "200"})
        assert done.exit_code == 0, done.output
        return done.output

    assert "out-of-range" in run("integrity", "live", "--days", "3")
    both = CliRunner().invoke(app, ["expect", "live", "town", "--any-level", "--level", "Lyon"])
    assert "give one of both" in str(both.exception)
    assert "number 2" in run("expect", "live", "size", "--highest", "any")
    assert "Lyon, Nice" in run("schema", "live")
    assert "keeps to its schema" in run("integrity", "live", "--days", "3")


def test_the_newest_row_may_be_as_old_as_somebody_says(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(api, rows())
    before = live(api, "viewer").integrity().freshness
    assert (before.declared, before.limit, before.stale) == (False, None, False)
    assert before.age == pytest.approx(24.0, abs=12)
    assert live(api).expect_fresh(6).stalest == 6.0
    found = live(api, "viewer").integrity().freshness
    assert (found.declared, found.limit, found.stale, found.late) == (True, 6.0, True, 0)
    assert found.sentence.endswith("and the schema allows 6 hours.")
    monkeypatch.setattr("watchkeeper.cli.integrity.the_deployment", lambda *_: live(api))
    assert "number 3" in CliRunner().invoke(app, ["expect-fresh", "live", "any"]).output
    assert live(api).schema.stalest is None
    assert "rows have come too few times" in CliRunner().invoke(app, ["integrity", "live"]).output


@pytest.mark.parametrize("hours", [-1, 0, "soon", 10**9, True, [6]])
def test_what_is_no_age_is_refused_and_nothing_is_changed(api: Api, hours: object) -> None:
    answer = api.call("PUT", SCHEMA, who="contributor", json={"number": 1, "stalest": hours})
    assert (answer.status_code, answer.json()["code"]) == (422, "expectation-refused")
    assert "87,600 hours" in answer.json()["detail"]
    assert live(api).schema.number == 1


def test_a_change_of_nothing_is_refused(api: Api) -> None:
    answer = api.call("PUT", SCHEMA, who="contributor", json={"number": 1})
    assert (answer.status_code, answer.json()["code"]) == (422, "expectation-refused")


def test_that_no_value_may_stand_twice_is_a_rule(api: Api) -> None:
    assert [each.unique for each in live(api, "viewer").schema] == [False, False]
    assert live(api).expect("town", unique=True)["town"].unique
    with pytest.raises(Refused, match="`unique` is true or false"):
        live(api).expect("town", unique="yes")


def test_a_measurement_may_stand_twice(api: Api) -> None:
    with pytest.raises(Refused, match="`unique` says nothing of a column that is numeric") as refused:
        live(api).expect("size", unique=True)
    assert (refused.value.code, refused.value.fields) == ("expectation-refused", ("size",))
    assert not live(api).expect("size", unique=False)["size"].unique
