"""`watchkeeper rules`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table
from watchkeeper.cli.watching import Named, the_deployment

if TYPE_CHECKING:
    from watchkeeper.sdk.alerts.rules import Rule

app = typer.Typer(no_args_is_help=True, add_completion=False, help="When somebody is told about a deployment.")
Which = Annotated[str, typer.Argument(help="The rule's name or id.")]
MinimumRows = Annotated[int | None, typer.Option(min=1, help="A window with fewer rows says nothing.")]
Needed = Annotated[int | None, typer.Option(min=1, help="How many of the last windows have to be beyond.")]
Windows = Annotated[int | None, typer.Option(min=1, help="How many windows are looked at.")]
Back = Annotated[int | None, typer.Option("--days", min=1, help="How many days a window looks back on.")]
Sure = Annotated[
    bool | None, typer.Option("--sure/--not-sure", help="Whether the whole 95 % interval has to be beyond.")
]
To = Annotated[
    list[str] | None, typer.Option("--channel", help="The id of a channel to tell; can be repeated. Else all of them.")
]


@app.command("list")
def list_(deployment: Named, project: InProject = None, json: Json = False) -> None:
    """The rules of a deployment."""
    found = the_deployment(deployment, project).rules.list()
    show([each.to_json() for each in found], table([each.glance() for each in found]), as_json=json)


@app.command("show")
def show_(deployment: Named, rule: Which, project: InProject = None, json: Json = False) -> None:
    """One rule."""
    _told(the_deployment(deployment, project).rules.get(rule), json)


@app.command()
def create(
    deployment: Named,
    name: Annotated[str, typer.Argument(help="What to call it.")],
    signal: Annotated[
        str, typer.Option(help="What to watch: drift, violations, performance, errors, … (see the tutorial).")
    ],
    threshold: Annotated[float, typer.Option(help="Beyond which it is too much.")],
    metric: Annotated[str | None, typer.Option(help="Of the performance; else the experiment's own.")] = None,
    minimum_rows: MinimumRows = None,
    needed: Needed = None,
    windows: Windows = None,
    days: Back = None,
    sure: Sure = None,
    channel: To = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Make a rule. It judges the past too; only what still goes on is told."""
    given = {"minimum_rows": minimum_rows, "needed": needed, "windows": windows, "days": days, "sure": sure}
    wanted: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    rules = the_deployment(deployment, project).rules
    _told(
        rules.create(name, signal=signal, threshold=threshold, metric=metric, channels=channel or None, **wanted), json
    )


@app.command()
def change(
    deployment: Named,
    rule: Which,
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    threshold: Annotated[float | None, typer.Option(help="Beyond which it is too much.")] = None,
    minimum_rows: MinimumRows = None,
    needed: Needed = None,
    windows: Windows = None,
    days: Back = None,
    sure: Sure = None,
    channel: To = None,
    all_channels: Annotated[bool, typer.Option("--all-channels", help="Tell all of the project's channels.")] = False,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Change a rule from now on; what it found so far stays."""
    found = the_deployment(deployment, project).rules.get(rule)
    said: dict[str, Any] = {"channels": None if all_channels else channel} if all_channels or channel else {}
    changed = found.change(
        name=name,
        threshold=threshold,
        minimum_rows=minimum_rows,
        needed=needed,
        windows=windows,
        days=days,
        sure=sure,
        **said,
    )
    _told(changed, json)


@app.command()
def mute(deployment: Named, rule: Which, project: InProject = None, json: Json = False) -> None:
    """It judges nothing and tells nobody until it is unmuted; its open firing closes."""
    _told(the_deployment(deployment, project).rules.get(rule).mute(), json)


@app.command()
def unmute(deployment: Named, rule: Which, project: InProject = None, json: Json = False) -> None:
    """It judges and tells again."""
    _told(the_deployment(deployment, project).rules.get(rule).unmute(), json)


@app.command()
def remove(deployment: Named, rule: Which, project: InProject = None, json: Json = False) -> None:
    """Its firings stay; one that is open closes."""
    found = the_deployment(deployment, project).rules.get(rule)
    found.remove()
    show({"removed": found.id}, f"Removed {found.name}.", as_json=json)


def _told(rule: "Rule", json: bool) -> None:
    show(rule.to_json(), facts(rule.glance()), as_json=json)
