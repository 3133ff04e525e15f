"""`watchkeeper experiments`."""

from typing import Annotated

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table, the_project
from watchkeeper.cli.progress import progress_bar

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Questions asked of data, and their models.")
Named = Annotated[str, typer.Argument(help="The experiment's name or id.")]


@app.command("list")
def list_(project: InProject = None, json: Json = False) -> None:
    """The experiments of a project."""
    found = the_project(project).experiments.list()
    show([each.to_json() for each in found], table([each.glance() for each in found]), as_json=json)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    target: Annotated[str, typer.Option(help="The column to predict.")],
    time: Annotated[str | None, typer.Option(help="The column that says when a row happened.")] = None,
    time_zone: Annotated[str, typer.Option(help="Where the calendar is read.")] = "UTC",
    task: Annotated[str | None, typer.Option(help="regression or binary; else by the target.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="A column that is no input; may be repeated.")] = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Ask a question."""
    found = the_project(project).experiments.create(
        name, target=target, time=time, time_zone=time_zone, task=task, exclude=exclude or ()
    )
    show(found.to_json(), facts(found.glance()), as_json=json)


@app.command("show")
def show_(experiment: Named, project: InProject = None, json: Json = False) -> None:
    """The question and its versions."""
    found = the_project(project).experiments.get(experiment)
    if json:
        show(found.to_json(), None, as_json=True)
        return
    show(None, facts(found.glance()), as_json=False)
    show(None, table([version.glance() for version in found.versions()]), as_json=False)


@app.command()
def train(
    experiment: Named,
    dataset: Annotated[str, typer.Argument(help="The name or id of the dataset to learn from.")],
    metric: Annotated[str | None, typer.Option(help="What to rank the models by.")] = None,
    budget: Annotated[str, typer.Option(help="How long it may take: 90s, 2m, 1h.")] = "2m",
    learner: Annotated[list[str] | None, typer.Option(help="A learner to try; may be repeated; else all.")] = None,
    wait: Annotated[bool, typer.Option(help="Return when it is trained.")] = True,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Train its next version."""
    the = the_project(project)
    question, data = the.experiments.get(experiment), the.datasets.get(dataset)
    with progress_bar(f"Training {question.name}", shown=wait and not json) as report:
        version = question.train(data, metric=metric, budget=budget, learners=learner, wait=wait, progress=report)
    show(version.to_json(), version.leaderboard() if wait else facts(version.glance()), as_json=json)


@app.command()
def leaderboard(
    experiment: Named,
    version: Annotated[int | None, typer.Option(help="Which version; else the newest.")] = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """The models of a version, best first."""
    found = the_project(project).experiments.get(experiment).version(version)
    show([model.to_json() for model in found.models], found.leaderboard(), as_json=json)
