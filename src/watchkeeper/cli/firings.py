"""`watchkeeper firings`."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table, the_project

if TYPE_CHECKING:
    from watchkeeper.sdk.alerts.firings import Firing

app = typer.Typer(no_args_is_help=True, add_completion=False, help="What is wrong, and what was.")
Which = Annotated[str, typer.Argument(help="The firing's id.")]


@app.command("list")
def list_(
    only_open: Annotated[bool, typer.Option("--open", help="Only those that are open now.")] = False,
    deployment: Annotated[str | None, typer.Option(help="Only of this one, by its id or address.")] = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """The firings of a project, newest first."""
    found = the_project(project).firings.list(state="open" if only_open else "all", deployment=deployment)
    show([each.to_json() for each in found], table([each.glance() for each in found]), as_json=json)


@app.command("show")
def show_(firing: Which, project: InProject = None, json: Json = False) -> None:
    """One firing, and what has happened about it."""
    found = the_project(project).firings.get(firing)
    if json:
        show(found.to_json(), None, as_json=True)
        return
    show(None, found.sentence, as_json=False)
    if len(found.columns) > 1:
        show(None, table([vars(each) for each in found.columns]), as_json=False)
    show(None, table([{"at": each.at, "what": each.text} for each in found.history()]), as_json=False)


@app.command()
def chart(firing: Which, project: InProject = None, json: Json = False) -> None:
    """Its signal by day around it, and its limit; with --json as a Vega-Lite specification."""
    found = the_project(project).firings.get(firing).chart().to_json()
    rows = [
        {"day": each["day"], "value": each["value"], "low": each["low"], "high": each["high"]}
        for each in found["data"]["values"]
    ]
    show(found, table(rows), as_json=json)


@app.command()
def acknowledge(
    firing: Which,
    note: Annotated[str, typer.Option(help="What is known, or done about it.")] = "",
    project: InProject = None,
    json: Json = False,
) -> None:
    """Say that you know; nobody is reminded any more."""
    _told(the_project(project).firings.get(firing).acknowledge(note), json)


@app.command()
def snooze(
    firing: Which,
    hours: Annotated[float, typer.Option(min=0.01, max=8784, help="When to be told again, if it is still open.")] = 24,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Be told again later."""
    _told(the_project(project).firings.get(firing).snooze(timedelta(hours=hours)), json)


def _told(firing: "Firing", json: bool) -> None:
    show(firing.to_json(), facts({**firing.glance(), "note": firing.note, "snoozed": firing.snoozed}), as_json=json)
