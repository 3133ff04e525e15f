"""`watchkeeper pipelines`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table, the_project

if TYPE_CHECKING:
    from watchkeeper.sdk import Pipeline

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Graphs of steps that run by themselves.")
Named = Annotated[str, typer.Argument(help="The pipeline's name, slug or id.")]
Written = Annotated[Path, typer.Argument(help="A file with the definition as YAML.", exists=True, dir_okay=False)]


@app.command("list")
def list_(project: InProject = None, json: Json = False) -> None:
    """The pipelines of a project."""
    found = the_project(project).pipelines.list()
    show([each.to_json() for each in found], table([each.glance() for each in found]), as_json=json)


@app.command()
def create(
    file: Written,
    name: Annotated[str | None, typer.Option(help="What to call it; else as the file says.")] = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Make one from a file; it is checked first."""
    _told(the_project(project).pipelines.create(name, file), json)


@app.command()
def retrain(
    deployment: Annotated[str, typer.Argument(help="The deployment's name, slug, address or id.")],
    cron: Annotated[
        str, typer.Option(help="When, in the deployment's time zone; `none` for no schedule.")
    ] = "0 3 1 * *",
    when: Annotated[list[str] | None, typer.Option(help="A rule or signal that starts it; may be repeated.")] = None,
    clock: Annotated[str, typer.Option(help="wall, or event: the rows' own time.")] = "wall",
    days: Annotated[int | None, typer.Option(help="How far back the rows to learn from reach.")] = None,
    budget: Annotated[str, typer.Option(help="How long a training may take.")] = "2m",
    shadow: Annotated[str, typer.Option(help="How long the new model only shadows.")] = "14d",
    watch: Annotated[str, typer.Option(help="How long it is watched once promoted.")] = "14d",
    approval: Annotated[bool, typer.Option("--approval", help="A person has to approve of the promotion.")] = False,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Retrain monthly and when drifted, shadow, promote if better, watch, roll back if worse."""
    found = the_project(project).deployments.get(deployment)
    made = found.pipelines.retrain(
        cron=None if cron == "none" else cron,
        when=when if when is not None else ("drift", "verdicts", "performance"),
        clock="event" if clock == "event" else "wall",
        days=days,
        budget=budget,
        shadow=shadow,
        watch=watch,
        approval=approval,
    )
    _told(made, json)


@app.command("show")
def show_(
    pipeline: Named,
    yaml: Annotated[bool, typer.Option("--yaml", help="The definition alone.")] = False,
    project: InProject = None,
    json: Json = False,
) -> None:
    """The pipeline, its versions and its newest runs."""
    found = the_project(project).pipelines.get(pipeline)
    if yaml:
        typer.echo(found.yaml, nl=False)
        return
    _told(found, json)
    if not json:
        show(None, table([each.glance() for each in found.versions()]), as_json=False)
        show(None, table([each.glance() for each in found.runs.list()[:10]]), as_json=False)


@app.command()
def change(pipeline: Named, file: Written, project: InProject = None, json: Json = False) -> None:
    """Make a new version from a file."""
    _told(the_project(project).pipelines.get(pipeline).change(file), json)


@app.command()
def run(
    pipeline: Named,
    parameter: Annotated[list[str] | None, typer.Option(help="name=value; may be repeated.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Return when it is over.")] = False,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Run it now."""
    from watchkeeper.cli.runs import told

    found = the_project(project).pipelines.get(pipeline)
    told(found.run(wait=wait, **_parameters(parameter or [])), json)


@app.command()
def pause(pipeline: Named, project: InProject = None, json: Json = False) -> None:
    """Let ticks and firings go by."""
    _told(the_project(project).pipelines.get(pipeline).pause(), json)


@app.command("go-on")
def go_on(pipeline: Named, project: InProject = None, json: Json = False) -> None:
    """No longer pause."""
    _told(the_project(project).pipelines.get(pipeline).go_on(), json)


@app.command()
def remove(pipeline: Named, project: InProject = None) -> None:
    """Its runs can still be read."""
    the_project(project).pipelines.get(pipeline).remove()


def _told(found: "Pipeline", json: bool) -> None:
    show(found.to_json(), facts(found.glance()), as_json=json)


def _parameters(given: list[str]) -> dict[str, object]:
    """Values are JSON where they can be read as such, else text."""
    from json import JSONDecodeError, loads

    found: dict[str, object] = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign:
            raise typer.BadParameter(f"'{each}' is not of the form name=value")
        try:
            found[name] = loads(value)
        except JSONDecodeError:
            found[name] = value
    return found
