"""`watchkeeper deployments`: is the data sound."""

from datetime import date
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
    unique: Annotated[bool | None, typer.Option(help="Whether no two rows of a day may hold the same value.")] = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Set other rules for an input, under the schema's next number."""
    if any_level and level:
        raise Refused(
            "`--any-level` allows every level, so that `--level` says nothing; give one of both.",
            code="expectation-refused",
        )
    rules: dict[str, Any] = {
        **({} if lowest is None else {"lowest": _limit(lowest)}),
        **({} if highest is None else {"highest": _limit(highest)}),
        **({"levels": level} if level else {}),
        **({"levels": None} if any_level else {}),
        **({} if most_missing is None else {"most_missing": most_missing}),
        **({} if required is None else {"required": required}),
        **({} if unique is None else {"unique": unique}),
    }
    if not rules:
        raise Refused("Say which rule is to change; see `--help`.", code="nothing-to-change")
    found = the_deployment(deployment, project).expect(column, **rules)
    show(found.to_json(), f"The schema has the number {found.number}.", as_json=json)


def expect_fresh(
    deployment: Named,
    hours: Annotated[str, typer.Argument(help="How old the newest row may be, or `any` for what the last weeks tell.")],
    project: InProject = None,
    json: Json = False,
) -> None:
    """Set how many hours old the newest row may be."""
    found = the_deployment(deployment, project).expect_fresh(_limit(hours))
    show(found.to_json(), f"The schema has the number {found.number}.", as_json=json)


def integrity(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Is the data sound: what broke the schema and in the data, and inputs beyond the reference."""
    found = the_deployment(deployment, project).integrity(days, start=day_of(start), end=day_of(end))
    if json:
        show(found.to_json(), None, as_json=True)
        return
    show(None, f"{found.sentence}\n{found.freshness.sentence}", as_json=False)
    if found.broken:
        show(None, table(found.records()), as_json=False)
    for fault in found.faults:
        typer.echo(f"{_days(fault.first, fault.last)}, {fault.fault}: {fault.sentence}")
    for notice in found.notices:
        typer.echo(notice.sentence)


def faults(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    look: Annotated[bool, typer.Option("--look", help="Look for them now, in some thousand raw rows.")] = False,
    project: InProject = None,
    json: Json = False,
) -> None:
    """What broke in the data, as it was found day by day, or looked for now."""
    where, period = the_deployment(deployment, project), {"start": day_of(start), "end": day_of(end)}
    if look:
        looked = where.look_for_faults(days, **period)
        said = [f"{each.fault}: {each.sentence}" for each in looked]
        by_day = [f"{_days(each.first, each.last)}, {each.fault}: {each.sentence}" for each in looked.by_day]
        none = f"None shows in {looked.rows:,} rows of all these days{'; on days by themselves:' if by_day else '.'}"
        show(looked.to_json(), "\n".join([*(said or [none]), *by_day]), as_json=json)
        return
    found = where.faults(days, **period)
    told = [f"{_days(each.first, each.last)}, {each.fault}: {each.sentence}" for each in found]
    lost = [f"{each.day}: {each.why}" for each in found.untold]
    none = f"None was found; {found.days or 'no'} day{'' if found.days == 1 else 's'} gave occasion to look."
    waiting = [f"{found.waiting} day{'' if found.waiting == 1 else 's'} not come to yet."] if found.waiting else []
    show(found.to_json(), "\n".join([*(told or [none]), *lost, *waiting]), as_json=json)


def _days(first: date, last: date) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


def _limit(given: str) -> float | None:
    if given == ANY:
        return None
    try:
        return float(given)
    except ValueError:
        raise Refused(f"'{given}' is no number. Give one, or `any`.", code="expectation-refused") from None


def add_commands(app: typer.Typer) -> None:
    for command in (schema, expect, expect_fresh, integrity, faults):
        app.command()(command)
