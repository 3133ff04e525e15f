"""`watchkeeper projects`."""

from typing import Annotated

import typer

from watchkeeper.cli.output import Json, connected, facts, show, table

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The scope of everything.")


@app.command("list")
def list_(json: Json = False) -> None:
    """The projects that you may see."""
    found = connected().projects.list()
    show([project.to_json() for project in found], table([project.glance() for project in found]), as_json=json)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Its name, from which its slug is made.")],
    description: Annotated[str, typer.Option(help="What it is about.")] = "",
    exist_ok: Annotated[bool, typer.Option("--exist-ok", help="Show the one of this name if there is one.")] = False,
    json: Json = False,
) -> None:
    """Make a project."""
    project = connected().projects.create(name, description=description, exist_ok=exist_ok)
    show(project.to_json(), facts(project.glance()), as_json=json)


@app.command("show")
def show_(project: Annotated[str, typer.Argument(help="Slug, name or id.")], json: Json = False) -> None:
    """One project."""
    found = connected().projects.get(project)
    show(found.to_json(), facts(found.glance()), as_json=json)
