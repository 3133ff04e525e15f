"""`watchkeeper runs`."""

from typing import TYPE_CHECKING, Annotated

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table, the_project

if TYPE_CHECKING:
    from watchkeeper.sdk import Run

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Executions of pipelines.")
Named = Annotated[str, typer.Argument(help="The run's id.")]
Reason = Annotated[str, typer.Option(help="Why, for those who read it later.")]


@app.command("list")
def list_(
    pipeline: Annotated[str | None, typer.Option(help="Only those of this pipeline.")] = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Runs, newest first."""
    the = the_project(project)
    found = (the.pipelines.get(pipeline).runs if pipeline else the.runs).list()
    show([each.to_json() for each in found], table([each.glance() for each in found]), as_json=json)


@app.command("show")
def show_(run: Named, project: InProject = None, json: Json = False) -> None:
    """A run and its steps."""
    told(_run(run, project), json)


@app.command()
def log(
    run: Named,
    step: Annotated[str, typer.Argument(help="The step's name.")],
    attempt: Annotated[int | None, typer.Option(help="Which attempt; else the newest.")] = None,
    project: InProject = None,
) -> None:
    """What a step wrote."""
    typer.echo(_run(run, project).log(step, attempt), nl=False)


@app.command()
def wait(run: Named, project: InProject = None, json: Json = False) -> None:
    """Return when it is over; status 1 where it is not done."""
    told(_run(run, project).wait(), json)


@app.command()
def approve(
    run: Named,
    step: Annotated[str, typer.Argument(help="The gate that asks.")],
    refuse: Annotated[bool, typer.Option("--refuse", help="Skip what comes after it instead.")] = False,
    reason: Reason = "",
    project: InProject = None,
    json: Json = False,
) -> None:
    """Decide what a gate asks."""
    found = _run(run, project)
    told(found.refuse(step, reason) if refuse else found.approve(step, reason), json)


@app.command()
def cancel(run: Named, project: InProject = None, json: Json = False) -> None:
    """Stop it."""
    told(_run(run, project).cancel(), json)


@app.command()
def resume(run: Named, project: InProject = None, json: Json = False) -> None:
    """Go on from what failed or was cancelled."""
    told(_run(run, project).resume(), json)


def told(run: "Run", json: bool) -> None:
    show(run.to_json(), facts(run.glance()), as_json=json)
    if not json:
        show(None, table([step.glance() for step in run.steps]), as_json=False)


def _run(name: str, project: str | None) -> "Run":
    return the_project(project).runs.get(name)
