"""Pipelines and runs over HTTP: what is wrong is said with its place, and who may not decide does not."""

from typing import Any

from tests.api.conftest import Api
from tests.fakes.pipelines import add_pipeline
from watchkeeper.pipelines.run import StepRun, StepState

GATE: dict[str, Any] = {"steps": {"ask": {"kind": "gate", "approval": {"right": "manage"}}}}
CODE = {"steps": {"a": {"kind": "python", "code": "def run(inputs): return {}"}}}


def test_a_pipeline_is_made_from_yaml_changed_paused_and_removed(api: Api) -> None:
    made = api.call(
        "POST",
        "/api/v1/projects/p/pipelines",
        json={"yaml": "name: My line\nschedule: {cron: '0 3 * * *'}\nsteps:\n  ask: {kind: gate, approval: true}\n"},
    )
    assert made.status_code == 201, made.text
    said = made.json()
    assert (said["slug"], said["version"]["number"], said["last_run"]) == ("my-line", 1, None)
    assert said["next_tick"] == "2026-03-02T03:00:00Z"
    path = f"/api/v1/pipelines/{said['id']}"
    assert api.call("POST", f"{path}/versions", json={"definition": GATE}).json()["version"]["number"] == 2
    versions = api.call("GET", f"{path}/versions").json()["items"]
    assert [each["number"] for each in versions] == [2, 1]
    assert api.call("GET", f"{path}/versions/1").json()["definition"]["schedule"] == {"cron": "0 3 * * *"}
    assert api.call("GET", f"{path}/versions/3").status_code == 404
    assert api.call("PATCH", path, json={"paused": True}).json()["paused"] is True
    run = api.call("POST", f"{path}/runs", json={}).json()
    assert api.call("DELETE", path).json()["code"] == "pipeline-busy"
    assert api.call("POST", f"/api/v1/runs/{run['id']}/cancel").json()["state"] == "cancelled"
    assert api.call("DELETE", path).status_code == 204
    assert api.call("GET", path).status_code == 404
    assert api.call("GET", f"/api/v1/runs/{run['id']}").json()["pipeline_name"] == "My line"


def test_what_is_wrong_is_said_with_its_place(api: Api) -> None:
    cases: list[tuple[dict[str, Any], str, list[str]]] = [
        ({"definition": {"steps": {"a": {"kind": "none"}}}}, "pipeline-refused", ["steps.a.kind"]),
        ({"yaml": "steps: ["}, "pipeline-refused", ["yaml"]),
        ({}, "pipeline-refused", ["definition", "yaml"]),
        ({"definition": {**GATE, "schedule": {"cron": "0 0 30 2 *"}}}, "schedule-refused", ["schedule.cron"]),
        ({"definition": {**GATE, "deployment": "none"}}, "pipeline-refused", ["deployment"]),
    ]
    for wanted, code, fields in cases:
        said = api.call("POST", "/api/v1/projects/p/pipelines", json={"name": "x", **wanted})
        assert (said.status_code, said.json()["code"], said.json()["fields"]) == (422, code, fields)


def test_a_run_takes_parameters_that_the_pipeline_has(api: Api) -> None:
    wanted = {"name": "x", "definition": {**GATE, "parameters": {"days": 3}}}
    path = f"/api/v1/pipelines/{api.call('POST', '/api/v1/projects/p/pipelines', json=wanted).json()['id']}/runs"
    run = api.call("POST", path, json={"parameters": {"days": 5}}, who="contributor").json()
    assert (run["parameters"], run["why"]) == ({"days": 5}, "Begun by contributor.")
    assert api.call("POST", path, json={"parameters": {"weeks": 1}}).json()["code"] == "unknown-step"


def test_who_lacks_the_right_to_run_code_can_save_none(api: Api) -> None:
    said = api.call("POST", "/api/v1/projects/p/pipelines", json={"name": "x", "definition": CODE}, who="contributor")
    assert (said.status_code, said.json()["code"]) == (403, "right-missing")
    assert api.call(
        "POST", "/api/v1/projects/p/pipelines", json={"name": "x", "definition": CODE}, who="admin"
    ).is_success


def test_an_approval_without_the_right_is_forbidden(api: Api) -> None:
    with api.assembly.store.work() as work:
        add_pipeline(work, GATE)
        work.runs.change_step(StepRun("n1", "ask", 0, state=StepState.WAITING, asks="manage"))
    path = "/api/v1/runs/n1/approve"
    for who in ("viewer", "contributor"):
        assert api.call("POST", path, json={"step": "ask"}, who=who).status_code == 403
    said = api.call("POST", path, json={"step": "ask", "reason": "so"}, who="admin").json()
    decision = said["steps"][0]["decision"]
    assert (decision["name"], decision["reason"], decision["approved"]) == ("admin", "so", True)
    assert api.call("POST", path, json={"step": "ask"}, who="admin").json()["code"] == "nothing-asked"


def test_the_template_is_one_call(api: Api) -> None:
    said = api.call("POST", "/api/v1/deployments/d1/retrain", json={"clock": "event", "approval": True}).json()
    assert [step["name"] for step in said["version"]["steps"]][:3] == ["data", "train", "shadow"]
    assert said["schedule"] == {"cron": "0 3 1 * *", "time_zone": "Europe/Paris"}
    assert said["on_firing"]["rules"] == ["drift", "verdicts", "performance"]
    assert [each["id"] for each in api.call("GET", "/api/v1/deployments/d1/pipelines").json()["items"]] == [said["id"]]
