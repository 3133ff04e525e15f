"""A deployment that keeps itself good: retrained, shadowed, promoted on proof, rolled back when it turns out worse."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.journeys.deployed import BEGIN, home, price, project_with_homes
from tests.journeys.servers import Server, running, until
from watchkeeper.sdk import Deployment, Project
from watchkeeper.sdk.errors import Conflict, NotFound, Refused

pytestmark = pytest.mark.journey
TRAINED_UNTIL = 600
"""Homes before that are in the dataset; they are sold four a day."""


@dataclass
class Market:
    """Sells homes day by day: asks for their price, and tells it a moment later."""

    deployment: Deployment
    sold: int = TRAINED_UNTIL
    chance: random.Random = field(default_factory=lambda: random.Random(8))

    def days(self, count: int, *, dearer: float) -> None:
        rows = [home(self.chance, self.sold + number) for number in range(count * 4)]
        ids = [f"home {self.sold + number}" for number in range(len(rows))]
        prices = [int(price(row, self.chance) * dearer) for row in rows]
        self.deployment.predict(rows, ids=ids)
        self.deployment.labels.send([{"id": name, "value": paid} for name, paid in zip(ids, prices, strict=True)])
        self.sold += len(rows)

    @property
    def now(self) -> datetime:
        return BEGIN + timedelta(hours=6 * (self.sold - 1))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """For all tests that have a project of their own."""
    root = tmp_path_factory.mktemp("pipelines")
    with running(root / "data", root / "home") as found:
        yield found


def deployed_homes(project: Project) -> Deployment:
    experiment = project.experiments.create("prices", target="price", time="sold_at")
    version = experiment.train(project.datasets.get("homes"), budget="10s", learners=["linear"])
    return project.deployments.create("prices", champion=version.best)


def test_the_template_retrains_promotes_on_proof_and_rolls_back_what_turns_out_worse(
    server: Server, tmp_path: Path
) -> None:
    deployment = deployed_homes(project_with_homes(server, tmp_path, "Retrained"))
    market = Market(deployment)
    pipeline = deployment.pipelines.retrain(
        clock="event", cron=None, when=(), budget="5s", learners=["linear"], shadow="10d", watch="10d"
    )
    market.days(40, dearer=2.0)
    until(lambda: deployment.labels.status().matched == 160, within=60)
    run = pipeline.run()
    until(lambda: run.refresh().step("shadowed").state == "waiting", within=90)
    assert "rows" in run.step("data").said
    assert run.step("data").outputs["rows"] == 600 + 160
    deployment.refresh().wait()
    assert deployment.challenger is not None
    market.days(15, dearer=2.0)
    until(lambda: run.refresh().step("watched").state == "waiting", within=90)
    assert run.step("compare").outputs["verdict"] == "better"
    deployment.refresh().wait()
    assert (deployment.release, deployment.champion.version) == (3, 2)
    market.days(30, dearer=1.0)
    run.wait(within=90)
    assert [step.state for step in run.steps] == ["done"] * len(run.steps)
    deployment.refresh()
    assert (deployment.release, deployment.champion.version) == (4, 1)
    newest = deployment.releases.list()[0]
    assert (newest.created_by, newest.run) == (f"run 1 of {pipeline.name}", run.id)
    assert "Run 1" in newest.reason


def test_a_run_is_made_watched_and_decided_from_python_and_the_shell(tmp_path: Path) -> None:
    with running(tmp_path / "data", tmp_path / "home") as server:
        project = project_with_homes(server, tmp_path)
        (tmp_path / "data" / "exchange" / "new").mkdir(parents=True)
        (tmp_path / "data" / "exchange" / "new" / "homes.csv").write_text(
            (tmp_path / "homes.csv").read_text(encoding="utf-8"), encoding="utf-8"
        )
        written = tmp_path / "fresh.yaml"
        written.write_text(FRESH, encoding="utf-8")
        made = server.run_json("pipelines", "create", str(written))
        pipeline = project.pipelines.get("fresh-homes")
        assert (made["id"], pipeline.version.number) == (pipeline.id, 1)
        run = pipeline.run(least=500)
        with pytest.raises(Conflict, match="waits for an approval"):
            run.wait(within=60)
        assert server.run_json("runs", "approve", run.id, "ask", "--reason", "fine")["state"] == "running"
        run.wait(within=60)
        assert [step.state for step in run.steps] == ["done"] * 5
        exported = tmp_path / "data" / "exchange" / "out" / "homes.csv"
        assert len(exported.read_text(encoding="utf-8").splitlines()) == 601
        assert run.log("count") == "600 rows, at least 500\n"
        assert server.run("runs", "log", run.id, "count") == "600 rows, at least 500\n"
        assert run.step("ask").said.endswith("fine")
        with pytest.raises(Conflict):
            run.cancel()
        assert pipeline.change(FRESH.replace("least: 1", "least: 2")).version.number == 2
        assert [each.number for each in pipeline.versions()] == [2, 1]
        refused = server.run("pipelines", "change", "fresh-homes", str(_broken(tmp_path)), expect=1)
        assert "graph-cycle" in refused
        assert server.run_json("pipelines", "pause", "fresh-homes")["paused"] is True
        server.run("pipelines", "remove", "fresh-homes")
        assert project.runs.get(run.id).state == "done"


FRESH = """\
name: fresh homes
parameters: {least: 1}
steps:
  data: {kind: import, from: folder, path: new, pattern: "*.csv"}
  count:
    kind: python
    inputs: {rows: "${data.rows}", least: "${parameters.least}"}
    code: |
      def run(inputs):
          print(f"{inputs['rows']} rows, at least {inputs['least']}")
          return {"enough": inputs["rows"] >= inputs["least"]}
  enough: {kind: gate, value: "${count.enough}", is: true}
  ask: {kind: gate, after: [enough], approval: {ask: "Write it out?"}}
  out: {kind: export, after: [ask], dataset: "${data.dataset}", path: out/homes.csv}
"""


def _broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.yaml"
    path.write_text(
        "steps:\n  a: {kind: gate, approval: true, after: [b]}\n  b: {kind: gate, approval: true, after: [a]}\n"
    )
    return path


def test_bad_pipelines_are_refused_with_what_to_do(server: Server) -> None:
    project = server.client().projects.create("P")
    gate = {"kind": "gate", "approval": True}
    for definition, code in BAD:
        with pytest.raises(Refused) as refused:
            project.pipelines.create("x", definition)
        assert (refused.value.code, bool(refused.value.fields)) == (code, True), refused.value
    project.pipelines.create("x", {"steps": {"a": gate}})
    with pytest.raises(Conflict):
        project.pipelines.create("x", {"steps": {"a": gate}})
    with pytest.raises(NotFound):
        project.pipelines.get("y")


BAD: list[tuple[dict[str, Any], str]] = [
    ({"steps": {"a": {"kind": "gate", "approval": True, "after": ["a"]}}}, "graph-cycle"),
    ({"steps": {"a": {"kind": "gate", "approval": True, "after": ["b"]}}}, "unknown-step"),
    ({"schedule": {"cron": "0 0 30 2 *"}, "steps": {"a": {"kind": "gate", "approval": True}}}, "schedule-refused"),
    ({"steps": {"a": {"kind": "python", "code": "def run(:"}}}, "code-broken"),
    ({"steps": {"a": {"kind": "import", "from": "file", "path": "/etc/passwd"}}}, "pipeline-refused"),
    ({"steps": {"a": {"kind": "promote", "deployment": "none"}}}, "pipeline-refused"),
]


def test_training_is_stopped_when_its_run_is_cancelled(server: Server, tmp_path: Path) -> None:
    project = project_with_homes(server, tmp_path, "Cancelled")
    project.experiments.create("prices", target="price", time="sold_at")
    step = {"kind": "train", "dataset": "homes", "experiment": "prices", "budget": "60s"}
    run = project.pipelines.create("long", {"steps": {"train": step}}).run()
    until(lambda: project.experiments.get("prices").versions())
    version = project.experiments.get("prices").version()
    until(lambda: version.refresh().state == "training")
    run.cancel()
    until(lambda: version.refresh().state == "failed", within=20)
    assert (version.error or {})["code"] == "training-cancelled"
    assert run.refresh().state == "cancelled"


def test_a_failed_run_fires_the_rule_that_every_deployment_starts_with(server: Server, tmp_path: Path) -> None:
    project = project_with_homes(server, tmp_path, "Late")
    deployment = deployed_homes(project)
    file = server.data_dir / "exchange" / "late.csv"
    steps = {"get": {"kind": "import", "from": "file", "path": "late.csv"}}
    pipeline = project.pipelines.create("get", {"deployment": "prices", "steps": steps})
    run = pipeline.run()
    until(lambda: run.refresh().state == "failed")
    firing = until(lambda: next(iter(project.firings.open()), None), within=60)
    assert (firing.rule_name, firing.deployment) == ("A pipeline's run failed", deployment.id)
    file.write_text((tmp_path / "homes.csv").read_text(encoding="utf-8"), encoding="utf-8")
    run.resume().wait(within=60)
    until(lambda: not project.firings.open(), within=60)


def test_a_batch_is_answered_once_journalled_and_kept_as_a_dataset(server: Server, tmp_path: Path) -> None:
    project = project_with_homes(server, tmp_path, "Answered")
    deployment = deployed_homes(project)
    steps = {"answers": {"kind": "predict", "dataset": "homes", "deployment": "prices", "name": "answered homes"}}
    run = project.pipelines.create("batch", {"steps": steps}).run()
    until(lambda: "worker" in server.children() and run.refresh().step("answers").attempts)
    if run.refresh().state == "running":
        server.kill("worker")
    run.wait(within=90)
    table = pq.read_table(project.datasets.get("answered homes").download(tmp_path / "answers.parquet"))
    assert table.num_rows == 600
    until(lambda: deployment.usage(days=36_600).total["champion"].rows == 600, within=40)
    rows = deployment.journal().to_arrow().to_pylist()
    kept = {row["id"]: row["prediction"] for row in rows if not row["duplicate"]}
    assert kept == dict(zip(table["prediction_id"].to_pylist(), table["prediction"].to_pylist(), strict=True))
