"""`watchkeeper deployments accept-drift`: drift that is known."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.cli.output import InProject, Json, show, table
from watchkeeper.cli.watching import Named, the_deployment

if TYPE_CHECKING:
    from watchkeeper.sdk.monitoring.acceptance import Acceptance

Columns = Annotated[list[str], typer.Option("--column", help="A feature, or `prediction of the champion`.")]
Since = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day on which it is known.")]
Through = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="The last day whose rows it is held against; else the last that is over."),
]


def accept_drift(
    deployment: Named,
    column: Columns,
    since: Since,
    because: Annotated[str, typer.Option(help="Why it is no news; others will read it.")],
    through: Through = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """This drift is known: from a day on, columns are held against the rows since then."""
    last = through.date() if through else None
    found = the_deployment(deployment, project).accept_drift(*column, since=since.date(), because=because, through=last)
    show(found.to_json(), f"{found.number}: {', '.join(found.columns)}. {found.sentence}", as_json=json)


def withdraw_acceptance(
    deployment: Named,
    number: Annotated[int, typer.Argument(help="Its number, as `drift-acceptances` lists it.")],
    project: InProject = None,
    json: Json = False,
) -> None:
    """Hold columns against their reference again."""
    found = the_deployment(deployment, project).withdraw_acceptance(number)
    show(found.to_json(), f"{found.number}: withdrawn by {found.withdrawn_by}.", as_json=json)


def drift_acceptances(deployment: Named, project: InProject = None, json: Json = False) -> None:
    """Which drift is known, since when, by whom and why; withdrawn ones too."""
    found = the_deployment(deployment, project).drift_acceptances()
    shown = table([_row(each) for each in found]) if found else "No drift was accepted."
    show({"items": [each.to_json() for each in found]}, shown, as_json=json)


def _row(each: "Acceptance") -> dict[str, Any]:
    return {
        "number": each.number,
        "columns": ", ".join(each.columns),
        "since": each.since,
        "what": each.sentence,
        "withdrawn": each.withdrawn_by,
    }


def add_commands(app: typer.Typer) -> None:
    for command in (accept_drift, withdraw_acceptance, drift_acceptances):
        app.command()(command)
