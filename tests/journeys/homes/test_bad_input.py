"""What people send by mistake: a named error that says where and what to do, and the server goes on."""

import gzip
import random
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.journeys.deployed import home
from tests.journeys.servers import Server
from watchkeeper.sdk import Client, Deployment, Project
from watchkeeper.sdk.errors import Conflict, Forbidden, NotFound, Refused, Unidentified, WatchkeeperError

pytestmark = pytest.mark.journey

GOOD = home(random.Random(1), 1)


@pytest.fixture(scope="module")
def project(server: Server, deployment: Deployment) -> Project:
    del deployment
    return server.client().projects.get("homes")


def files_kept(server: Server) -> set[str]:
    folders = ("datasets", "incoming", "receiving")
    return {path.name for folder in folders for path in (server.data_dir / folder).glob("*")}


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("empty.csv", b"", "empty-file", "empty"),
        ("header.csv", b"a,b\n", "no-rows", "row"),
        ("ragged.csv", b"a,b\n1,2\n3\n", "ragged-row", "3"),
        ("twice.csv", b"a,a\n1,2\n", "duplicate-columns", "a"),
        ("picture.csv", bytes(range(256)) * 40, "not-text", "text"),
        ("cut.csv.gz", gzip.compress(b"a,b\n1,2\n" * 5000)[:-40], "broken-archive", "damaged|short"),
        ("cut.parquet", b"PAR1" + b"\0" * 100 + b"PAR1", "broken-parquet", "Parquet"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_table_is_refused_by_name_and_leaves_nothing(
    server: Server, project: Project, tmp_path: Path, name: str, content: bytes, code: str, said: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    before = files_kept(server)
    with pytest.raises(Refused, match=said) as refused:
        project.datasets.upload(name, file)
    assert refused.value.code == code
    assert files_kept(server) == before
    # The name is free again.
    file.write_text("a,b\n1,2\n")
    assert project.datasets.upload(name, file).rows == 1


@pytest.mark.parametrize(
    ("how", "code", "field"),
    [
        ({"target": "rent"}, "unknown-target", "rent"),
        ({"target": "same"}, "target-unfit", "same"),
        ({"target": "price", "time": "town"}, "time-unfit", "town"),
        ({"target": "price", "exclude": ["colour"]}, "unknown-column", "colour"),
        ({"target": "price", "task": "poetry"}, "unknown-task", "task"),
    ],
)
def test_a_question_that_the_data_cannot_answer_is_refused_by_name(
    project: Project, tmp_path: Path, how: dict[str, Any], code: str, field: str
) -> None:
    names = [dataset.name for dataset in project.datasets.list()]
    if "same" not in names:
        file = tmp_path / "same.csv"
        file.write_text("price,town,same\n" + "".join(f"{n},Lyon{n % 3},5\n" for n in range(60)))
        project.datasets.upload("same", file)
    experiment = project.experiments.create(f"why {code}", **how)
    with pytest.raises(Refused) as refused:
        experiment.train(project.datasets.get("same"), budget="5s")
    assert (refused.value.code, field in str(refused.value) or field in refused.value.fields) == (code, True)


@pytest.mark.parametrize(
    ("changed", "violation"),
    [
        ({"size": None}, "missing-value"),
        ({"size": "large"}, "wrong-type"),
        ({"size": float("nan")}, "missing-value"),
        ({"town": "Paris"}, "new-level"),
        ({"colour": "red"}, "extra-column"),
    ],
)
def test_a_best_effort_deployment_answers_and_says_what_was_wrong(
    deployment: Deployment, changed: dict[str, Any], violation: str
) -> None:
    answer = deployment.predict({**GOOD, **changed})
    assert isinstance(answer.value, float)
    assert [(each.column, each.violation) for each in answer.violations] == [(next(iter(changed)), violation)]


def test_a_column_that_is_left_out_is_said(deployment: Deployment) -> None:
    answer = deployment.predict({name: value for name, value in GOOD.items() if name != "size"})
    assert [(each.column, each.violation) for each in answer.violations] == [("size", "missing-column")]


def test_an_infinite_value_is_refused_with_its_column(deployment: Deployment, server: Server) -> None:
    with pytest.raises(Refused) as refused:
        deployment.predict({**GOOD, "size": float("inf")})
    assert refused.value.fields == ("size",)
    raw = httpx2.post(
        deployment.url,
        content=b'{"size": Infinity}',
        headers={"Authorization": f"Bearer {server.connection['key']}"},
    )
    assert (raw.status_code, raw.json()["fields"]) == (422, ["size"])


def test_a_strict_deployment_refuses_and_names_the_fields(project: Project) -> None:
    version = project.experiments.get("prices").version()
    strict = project.deployments.create("strict prices", champion=version.best, type_policy="strict")
    with pytest.raises(Refused) as refused:
        strict.predict({**GOOD, "size": "large", "colour": "red"})
    assert (refused.value.code, refused.value.fields) == ("types-refused", ("size", "colour"))
    assert strict.predict(GOOD).violations == ()


def test_a_body_that_is_no_json_or_too_large_is_refused(deployment: Deployment, server: Server) -> None:
    headers = {"Authorization": f"Bearer {server.connection['key']}"}
    for content, status, code in (
        (b"size=3", 400, "not-json"),
        (b"[" + b"1," * 20_000_000 + b"1]", 413, "body-too-large"),
    ):
        answer = httpx2.post(deployment.url, content=content, headers=headers, timeout=60)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_wrong_absent_or_foreign_key_and_an_unknown_deployment(server: Server, deployment: Deployment) -> None:
    other = server.client().projects.create("Another")
    foreign = other.keys.create("foreign").secret or ""
    for key, status in (("", 401), ("wk_wrong", 401), (foreign, 404)):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        answer = httpx2.post(deployment.url, json=GOOD, headers=headers)
        assert answer.status_code == status, key
    unknown = httpx2.post(
        deployment.url.replace("homes.prices", "homes.rents"), json=GOOD, headers={"Authorization": f"Bearer {foreign}"}
    )
    assert unknown.json() == answer.json()


def test_a_project_key_may_predict_and_nothing_else(server: Server, project: Project, deployment: Deployment) -> None:
    key = project.keys.create("caller")
    caller = Client(server.url, key.secret or "")
    assert caller.projects.list() == []
    with pytest.raises((NotFound, Forbidden)):
        caller._caller.get(f"/deployments/{deployment.id}")
    answer = httpx2.post(deployment.url, json=GOOD, headers={"Authorization": f"Bearer {key.secret}"})
    assert answer.status_code == 200
    key.revoke()
    import time

    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline:
        gone = httpx2.post(deployment.url, json=GOOD, headers={"Authorization": f"Bearer {key.secret}"})
        if gone.status_code == 401:
            break
    assert gone.status_code == 401
    with pytest.raises(Unidentified):
        Client(server.url, key.secret or "").me()


def test_a_name_that_is_taken_and_one_that_is_none(server: Server, project: Project, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        server.client().projects.create("homes")
    for name in ("", "   ", "x" * 300):
        with pytest.raises(Refused):
            server.client().projects.create(name)
    with pytest.raises(Refused, match="no file"):
        project.datasets.upload("nothing", tmp_path / "nothing.csv")
    with pytest.raises(NotFound, match="There is"):
        project.datasets.get("nothing")


def test_an_error_leaves_as_one_line_on_the_command_line(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "ragged.csv"
    file.write_text("a,b\n1,2\n3\n")
    said = server.run("datasets", "upload", "ragged rows", str(file), "--project", "homes", expect=1)
    assert "ragged-row" in said
    assert "Traceback" not in said


def test_models_that_do_not_answer_the_same_question_are_no_pair(project: Project) -> None:
    best = project.experiments.get("prices").version().best
    for challenger in (best, "0123456789abcdef"):
        with pytest.raises(WatchkeeperError) as refused:
            project.deployments.create("pair", champion=best, challenger=challenger)
        assert refused.value.code in {"models-differ", "model-not-ready"}
    with pytest.raises(Refused, match="time zone"):
        project.deployments.create("zone", champion=best, time_zone="Mars/Olympus")
