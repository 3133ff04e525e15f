"""`watchkeeper keys`."""

from datetime import datetime
from typing import Annotated

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table, the_project

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Who may call a project's deployments.")


@app.command("list")
def list_(project: InProject = None, json: Json = False) -> None:
    """The keys of a project, those revoked too."""
    found = the_project(project).keys.list()
    show([key.to_json() for key in found], table([key.glance() for key in found]), as_json=json)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    expires: Annotated[datetime | None, typer.Option(help="When it stops to work (UTC); else never.")] = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Make a key. Its secret is shown this once."""
    key = the_project(project).keys.create(name, expires)
    told = {**key.glance(), "secret, shown only now": key.secret}
    show(key.to_json(), facts(told), as_json=json)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id.")], project: InProject = None, json: Json = False
) -> None:
    """End a key. Within a second no process takes it any more."""
    the_project(project).keys.revoke(key)
    show({"revoked": key}, f"Revoked {key}.", as_json=json)
