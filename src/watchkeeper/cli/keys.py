"""`watchkeeper keys`."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, cast

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table, the_project
from watchkeeper.cli.rates import Calls, Per, Rows, Unlimited, new_rate, rate_of

if TYPE_CHECKING:
    from watchkeeper.sdk.access import Scope

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
    scope: Annotated[
        list[str] | None, typer.Option(help="What it may be used for, repeatable: predict, label, read.")
    ] = None,
    deployment: Annotated[str | None, typer.Option(help="The only one it may reach: id or address.")] = None,
    calls: Calls = None,
    rows: Rows = None,
    per: Per = "minute",
    project: InProject = None,
    json: Json = False,
) -> None:
    """Make a key. Its secret is shown this once."""
    key = the_project(project).keys.create(
        name,
        expires,
        scopes=[cast("Scope", each) for each in scope or ()],
        deployment=deployment,
        rate=rate_of(calls, rows, per),
    )
    told = {**key.glance(), "secret, shown only now": key.secret}
    show(key.to_json(), facts(told), as_json=json)


@app.command()
def rotate(
    key: Annotated[str, typer.Argument(help="The key's id.")],
    overlap: Annotated[float, typer.Option(min=0, help="Hours that the old secret still works.")] = 1.0,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Another secret for the same use. It is shown this once."""
    fresh = the_project(project).keys.rotate(key, timedelta(hours=overlap))
    told = {**fresh.glance(), "secret, shown only now": fresh.secret}
    show(fresh.to_json(), facts(told), as_json=json)


@app.command()
def rate(
    key: Annotated[str, typer.Argument(help="The key's id.")],
    calls: Calls = None,
    rows: Rows = None,
    per: Per = "minute",
    unlimited: Unlimited = False,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Another rate. Within a second every process keeps it."""
    changed = the_project(project).keys.change_rate(key, new_rate(calls, rows, per, unlimited=unlimited))
    show(changed.to_json(), facts(changed.glance()), as_json=json)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id.")], project: InProject = None, json: Json = False
) -> None:
    """End a key. Within a second no process takes it any more."""
    the_project(project).keys.revoke(key)
    show({"revoked": key}, f"Revoked {key}.", as_json=json)
