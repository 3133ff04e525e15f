"""For how long rows are kept: over the API, in the SDK and in the shell's words."""

import json
import math
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.api.conftest import Api
from tests.api.journals import answered, collector_of
from tests.storage.worlds import NOW, call
from watchkeeper.cli.running import run
from watchkeeper.labels.label import Label
from watchkeeper.monitoring.answers.scoring import score
from watchkeeper.monitoring.keeping.tidying import tidy
from watchkeeper.sdk import Client, Deployment
from watchkeeper.sdk.errors import Forbidden, Refused
from watchkeeper.sdk.monitoring.retention import RowsGone
from watchkeeper.server.assembly import assemble
from watchkeeper.server.errors import SettingRefused
from watchkeeper.server.measuring import journal_samples
from watchkeeper.server.settings import Settings, read_environment

PATH = "/api/v1/deployments/d1/journal/retention"


@pytest.fixture
def deployment(api: Api) -> Deployment:
    """Rows of three days, the last of now."""
    api.assembly.clock._now = NOW  # type: ignore[attr-defined]
    for name in "abc":
        came(api, name)
        api.assembly.clock.move(days=1)  # type: ignore[attr-defined]
    return api.client("admin").projects.get("p").deployments.get("live")


def came(api: Api, name: str) -> None:
    now = api.assembly.clock.now()
    frame = replace(call(name, rows=2), received=int(now.timestamp() * 1e9), at=[int(now.timestamp() * 1e6)] * 2)
    answered(api, frame, replace(frame, role="challenger", model="m2", inputs={}, owes=None))


def care(api: Api) -> None:
    with api.assembly.store.look() as work:
        found = work.deployments.get("d1")
    assert found is not None
    while score(found, collector_of(api)):
        pass
    tidy(found, collector_of(api))


def test_rows_go_by_the_rule_and_it_is_told_what_is_kept_and_who_said_so(api: Api, deployment: Deployment) -> None:
    before = deployment.retention
    assert (before.days, before.bytes, before.own, before.rows_kept, before.kept_since) == (None, None, False, 12, None)
    held = deployment.keep(days=2, bytes=50_000_000_000)
    assert (held.days, held.bytes, held.own, held.set_by, held.rows_going) == (2, 50_000_000_000, True, "admin", 4)
    care(api)
    found = deployment.retention
    assert (found.rows_kept, found.rows_going, found.rows_gone, found.kept_since) == (8, 0, 4, NOW)
    assert found.bytes_gone + found.bytes_kept == before.bytes_kept
    assert deployment.usage().total["champion"].rows == 6
    assert deployment.keep().days is None
    assert deployment.keep_as_usual().own is False
    told = deployment.retentions()
    assert [(each.days, each.own, each.set_by) for each in told] == [
        (None, False, "admin"),
        (None, True, "admin"),
        (2, True, "admin"),
    ]


def test_who_asks_for_days_that_have_gone_gets_what_is_there_and_is_told(api: Api, deployment: Deployment) -> None:
    deployment.keep(days=1)
    care(api)
    with pytest.warns(RowsGone, match="4 rows of these days are no longer kept; all that came since 2026-03-02 12:00"):
        assert deployment.journal().to_arrow()["id"].to_pylist() == ["c-0", "c-1"]
    with pytest.warns(RowsGone):
        assert [row["id"] for row in deployment.journal().newest()] == ["c-1", "c-0"]
    assert deployment.journal(end=NOW + timedelta(hours=1)).gone().rows == 2
    assert deployment.journal(start=NOW + timedelta(days=2)).gone().rows == 0
    assert len(deployment.journal(start=NOW + timedelta(days=2)).newest()) == 2
    said = api.call("GET", "/api/v1/deployments/d1/journal?end=2026-03-01T22:00&role=challenger")
    assert (said.status_code, said.headers["watchkeeper-gone"]) == (200, "2")
    assert said.headers["watchkeeper-kept-since"] == "2026-03-02T12:00:00+00:00"
    for far in ("0001-01-01", "9999-12-31T23:59:59"):
        for side in ("start", "end"):
            assert api.call("GET", f"/api/v1/deployments/d1/journal/rows?{side}={far}").status_code == 200


def test_a_file_says_itself_what_has_gone(api: Api, deployment: Deployment, tmp_path: Any) -> None:
    import pyarrow.parquet as pq

    deployment.keep(days=2)
    care(api)
    metadata = pq.read_schema(deployment.journal().to_parquet(tmp_path / "rows.parquet")).metadata
    assert metadata[b"gone"] == b"2"
    assert b"gone" not in (pq.read_schema(api.assembly.places.model("m1") / "reference.parquet").metadata or {})


def test_labels_that_come_too_late_are_told(api: Api, deployment: Deployment) -> None:
    deployment.keep(days=1)
    care(api)
    with api.assembly.store.work() as work:
        work.labels.hold("d1")
        work.labels.add("d1", [Label("a-0", 1.0, api.assembly.clock.now(), "me")], corrected=[])
    care(api)
    status = deployment.labels.status()
    assert (status.matched, status.unmatched, status.late) == (0, 1, 1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"days": 0}, "days"),
        ({"days": -1}, "days"),
        ({"days": 1.5}, "days"),
        ({"days": True}, "days"),
        ({"days": "90"}, "days"),
        ({"days": 10**30}, "days"),
        ({"days": [90]}, "days"),
        ({"days": math.nan}, "days"),
        ({"days": math.inf}, "days"),
        ({"bytes": 0}, "bytes"),
        ({"bytes": 1000}, "bytes"),
        ({"bytes": 10**40}, "bytes"),
        ({"bytes": "50 GB"}, "bytes"),
        ({"days": 7, "bytes": -1}, "bytes"),
    ],
)
def test_what_is_no_rule_is_refused_alike_by_api_and_sdk(
    api: Api, deployment: Deployment, body: dict[str, Any], field: str
) -> None:
    said = api.call("PUT", PATH, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert (said.status_code, said.json()["code"], said.json()["fields"]) == (422, "retention-refused", [field])
    assert "Give a whole number from" in said.json()["detail"]
    with pytest.raises(Refused) as refused:
        deployment.keep(**body)
    assert (refused.value.code, refused.value.fields) == ("retention-refused", (field,))
    assert deployment.retention.own is False


def test_a_word_that_the_rule_does_not_know_is_refused(api: Api, deployment: Deployment) -> None:
    assert api.call("PUT", PATH, json={"day": 90}).json()["fields"] == ["day"]
    assert deployment.retention.own is False


def test_a_contributor_sees_the_rule_and_may_not_change_it(api: Api, deployment: Deployment) -> None:
    contributor = api.client("contributor").projects.get("p").deployments.get("live")
    assert contributor.retention.rows_kept == 12
    with pytest.raises(Forbidden):
        contributor.keep(days=7)
    with pytest.raises(Forbidden):
        contributor.keep_as_usual()
    assert deployment.retentions() == []


@pytest.fixture
def shell(api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def admin() -> Client:
        return api.client("admin")

    monkeypatch.setattr("watchkeeper.cli.watching.connected", admin)
    monkeypatch.setattr("watchkeeper.cli.output.connected", admin)

    def said(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(["journal", *words])
        found = capsys.readouterr()
        return code, found.out, found.err

    return said


def test_the_shell_keeps_rows_by_days_and_gigabytes(api: Api, deployment: Deployment, shell: Any) -> None:
    code, out, _ = shell("keep", "live", "--days", "2", "--gb", "0.5", "--yes", "--json")
    assert (code, json.loads(out)["bytes"], json.loads(out)["days"]) == (0, 500_000_000, 2)
    assert "2 days and 0.5 GB" in shell("retention", "live")[1]
    assert shell("keep", "live", "--everything")[0] == 0
    assert "without end" in shell("retention", "live")[1]
    assert shell("keep", "live", "--as-usual", "--yes")[0] == 0
    assert [each["own"] for each in json.loads(shell("retentions", "live", "--json")[1])["items"]] == [
        False,
        True,
        True,
    ]
    care(api)
    assert deployment.retention.rows_gone == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--days", "0"),
        ("--days", "nan"),
        ("--days", "soon"),
        ("--days", "1e400"),
        ("--gb", "-1"),
        ("--gb", "0.1"),
        ("--gb", "inf"),
    ],
)
def test_the_shell_refuses_what_is_no_rule(deployment: Deployment, shell: Any, words: tuple[str, str]) -> None:
    code, _, err = shell("keep", "live", *words, "--yes")
    assert code != 0
    assert "retention-refused" in err
    assert deployment.retention.own is False


def test_the_shell_wants_one_rule(deployment: Deployment, shell: Any) -> None:
    assert "Say either" in shell("keep", "live", "--yes")[2]
    assert "Say either" in shell("keep", "live", "--days", "3", "--everything", "--yes")[2]
    assert deployment.retention.own is False


def test_the_installations_rule_holds_where_a_deployment_has_none(
    api: Api, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(api.assembly.settings, "keep_days", 2)
    found = deployment.retention
    assert (found.days, found.own, found.rows_going) == (2, False, 4)
    assert deployment.keep().rows_going == 0
    monkeypatch.setenv("WATCHKEEPER_KEEP_DAYS", "90")
    monkeypatch.setenv("WATCHKEEPER_KEEP_BYTES", "1000000000")
    read = Settings(data_dir=api.assembly.settings.data_dir, **read_environment())  # type: ignore[arg-type]
    rule = assemble(read).retention
    assert (rule.days, rule.bytes) == (90, 1_000_000_000)
    for name, wrong in (("DAYS", "0"), ("DAYS", "-3"), ("DAYS", "nan"), ("BYTES", "1"), ("BYTES", "50GB")):
        with monkeypatch.context() as patch:
            patch.setenv(f"WATCHKEEPER_KEEP_{name}", wrong)
            with pytest.raises(SettingRefused, match=f"WATCHKEEPER_KEEP_{name}"):
                read_environment()


def test_the_figures_have_the_journals_bytes(api: Api, deployment: Deployment) -> None:
    sizes = [each for each in journal_samples(api.assembly) if each.figure == "watchkeeper_journal_bytes"]
    assert [(each.labels, each.value) for each in sizes] == [(("p.live",), deployment.retention.bytes_kept)]
