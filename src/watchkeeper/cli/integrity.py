"""`watchkeeper deployments`: is the data sound."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.output import InProject, Json, show, table
from watchkeeper.cli.watching import Days, End, Named, Start, day_of, the_deployment
from watchkeeper.sdk.errors import Refused

Column = Annotated[str, typer.Argument(help="The input whose rules are to change.")]
ANY = "any"


def schema(deployment: Named, project: InProject = None, json: Json = False) -> None:
    """What is expected of the inputs."""
    found = the_deployment(deployment, project).schema
    show(found.to_json(), table(found.records()), as_json=json)


def expect(
    deployment: Named,
    column: Column,
    lowest: Annotated[str | None, typer.Option(help="The smallest number allowed, or `any`.")] = None,
    highest: Annotated[str | None, typer.Option(help="The largest number allowed, or `any`.")] = None,
    level: Annotated[list[str] | None, typer.Option(help="A level that is allowed; again for each of them.")] = None,
    any_level: Annotated[bool, typer.Option("--any-level", help="Allow every level.")] = False,
    most_missing: Annotated[float | None, typer.Option(help="The share of missing values that is allowed.")] = None,
    required: Annotated[bool | None, typer.Option(help="Whether the column has to be there.")] = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Set other rules for an input, under the schema's next number."""
    rules: dict[str, Any] = {
        **({} if lowest is None else {"lowest": _limit(lowest)}),
        **({} if highest is None else {"highest": _limit(highest)}),
        **({"levels": level} if level else {}),
        **({"levels": None} if any_level else {}),
        **({} if most_missing is None else {"most_missing": most_missing}),
        **({} if required is None else {"required": required}),
    }
    if not rules:
        raise Refused("Say which rule is to change; see `--help`.", code="nothing-to-change")
    found = the_deployment(deployment, project).expect(column, **rules)
    show(found.to_json(), f"The schema has the number {found.number}.", as_json=json)


def integrity(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Is the data sound: what broke the schema, and inputs beyond the reference."""
    found = the_deployment(deployment, project).integrity(days, start=day_of(start), end=day_of(end))
    if json:
        show(found.to_json(), None, as_json=True)
        return
    show(None, found.sentence, as_json=False)
    if found.broken:
        show(None, table(found.records()), as_json=False)
    for notice in found.notices:
        typer.echo(notice.sentence)


def faults(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """What broke in the data, recognised in some thousand raw rows."""
    found = the_deployment(deployment, project).faults(days, start=day_of(start), end=day_of(end))
    told = "\n".join(f"{each.fault}: {each.sentence}" for each in found) or f"None in {found.rows:,} rows."
    show(found.to_json(), told, as_json=json)


def _limit(given: str) -> float | None:
    if given == ANY:
        return None
    try:
        return float(given)
    except ValueError:
        raise Refused(f"'{given}' is no number. Give one, or `any`.", code="expectation-refused") from None


def add_commands(app: typer.Typer) -> None:
    for command in (schema, expect, integrity, faults):
        app.command()(command)
