"""`watchkeeper deployments`: rows counted apart by a feature."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table
from watchkeeper.cli.watching import Days, End, Named, Start, day_of, the_deployment


def segment(
    deployment: Named,
    by: Annotated[str | None, typer.Option(help="Count rows apart by this feature from now on.")] = None,
    none: Annotated[bool, typer.Option("--none", help="Count them apart no longer.")] = False,
    project: InProject = None,
    json: Json = False,
) -> None:
    """By which feature rows are counted apart; with an option, from now on otherwise."""
    if none and by is not None:
        raise typer.BadParameter("Give either a feature or --none.", param_hint="--by, --none")
    found = the_deployment(deployment, project)
    setting = found.segment_by(by) if none or by is not None else found.segment
    told = {"segment": setting.column, "since": setting.since, "set by": setting.set_by}
    lists = {"segments": ", ".join(setting.names), "may be": ", ".join(setting.choices)}
    show(setting.to_json(), facts({**told, **lists}), as_json=json)


def segments(
    deployment: Named,
    column: Annotated[str | None, typer.Option(help="An earlier segment's feature.")] = None,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """All segments, the most concerning first: rows, share, share in the reference, and the verdict on each."""
    asked = the_deployment(deployment, project)
    found = asked.segments(days, start=day_of(start), end=day_of(end), column=column)
    names = ("segment", "rows", "share", "reference_share", "verdict", "sentence")
    records: list[dict[str, Any]] = [{name: each[name] for name in names} for each in found.records()]
    show(found.to_json(), table(records), as_json=json)
    if found.mix and not json:
        typer.echo(f"The mix of segments: {found.mix.verdict}. {found.mix.sentence}")
    if not json:
        typer.echo(found.sentence)


def add_commands(app: typer.Typer) -> None:
    app.command()(segment)
    app.command()(segments)
