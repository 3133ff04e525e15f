"""The pages that there are once the story is told, each by a name."""

from tests.journeys.conftest import Story
from tests.journeys.servers import until
from watchkeeper.sdk import Batch, Deployment, Project, Run

TELL = {"kind": "notify", "message": "It went on for ${parameters.who}.", "after": ["ask"]}


def pages_of(story: Story) -> dict[str, str]:
    """The address of each page by its name."""
    project = story.server.client().projects.get(story.outcome["project"])
    root, whole = f"/projects/{project.slug}", story.deployment.usage(days=36_600)
    dataset, (experiment,) = project.datasets.get("demand, the past"), project.experiments.list()
    deployment = f"{root}/deployments/{story.deployment.slug}"
    firing, run = project.firings.list()[-1], a_run(project)
    return {
        "projects": "/projects",
        "project": root,
        "datasets": f"{root}/datasets",
        "dataset": f"{root}/datasets/{dataset.id}",
        "experiments": f"{root}/experiments",
        "version": f"{root}/experiments/{experiment.id}/versions/1",
        "deployments": f"{root}/deployments",
        "summary": f"{deployment}?start={whole.start}&end={whole.end}",
        "summary-empty": f"{deployment}?start=1999-01-01&end=1999-01-31",
        "usage-empty": f"{deployment}/usage?start=1999-01-01&end=1999-01-31",
        "distribution-empty": f"{deployment}/distribution?start=1999-01-01&end=1999-01-31",
        "summary-30": deployment,
        "usage": f"{deployment}/usage?days=90",
        "distribution": f"{deployment}/distribution?days=90",
        "integrity": f"{deployment}/integrity?days=90&column=Temperature",
        "integrity-faults": f"{deployment}/integrity?days=90&look_for=faults",
        "integrity-empty": f"{deployment}/integrity?start=1999-01-01&end=1999-01-31",
        "performance": f"{deployment}/performance?start={whole.start}&end={whole.end}",
        "performance-empty": f"{deployment}/performance?start=1999-01-01&end=1999-01-31",
        "challenger": f"{deployment}/challenger?start={whole.start}&end={whole.end}",
        "challenger-empty": f"{deployment}/challenger?start=1999-01-01&end=1999-01-31",
        "releases": f"{deployment}/releases",
        "batches": f"{deployment}/batches",
        "batch": f"{deployment}/batches/{a_batch(story.deployment, dataset.id).id}",
        "alerts": f"{deployment}/alerts",
        "project-alerts": f"{root}/alerts",
        "channels": f"{root}/alerts/channels",
        "firing": f"{root}/alerts/{firing.id}",
        "pipelines": f"{root}/pipelines",
        "pipeline": f"{root}/pipelines/{run.pipeline}",
        "run": f"{root}/runs/{run.id}",
        "resources": "/resources",
        "invitation": f"/invitations?token={(project.members.invite('viewer').url or '').rpartition('=')[2]}",
        "members": f"{root}/members",
        "keys": f"{root}/keys",
        "deployment-keys": f"{deployment}/keys",
        "account": "/account",
        "api": "/api/docs",
        "sign-in": "/sign-in",
        "sign-in-link": "/sign-in?token=any",
        "missing": f"{root}/deployments/none",
    }


def a_run(project: Project) -> Run:
    """One that waits for an approval; made once."""
    if "ask first" not in {pipeline.name for pipeline in project.pipelines.list()}:
        steps = {"ask": {"kind": "gate", "approval": {"ask": "Shall it go on?"}}, "tell": TELL}
        project.pipelines.create("ask first", {"parameters": {"who": "you"}, "steps": steps}).run()
    run = project.pipelines.get("ask first").runs.list()[0]
    until(lambda: run.refresh().waits_for or run.state == "done")
    return run


def a_batch(deployment: Deployment, dataset: str) -> Batch:
    """Of which nothing is journalled; made once."""
    return next(iter(deployment.batches.list()), None) or deployment.predict_batch(dataset, journal=False)
