"""`watchkeeper deployments profiles`."""

from enum import StrEnum
from typing import Annotated

import typer

from watchkeeper.cli.output import InProject, Json, show, table
from watchkeeper.cli.watching import Days, End, Named, OfSegment, SegmentOf, Start, day_of, the_deployment


class By(StrEnum):
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


class Role(StrEnum):
    CHAMPION = "champion"
    CHALLENGER = "challenger"


Column = Annotated[str, typer.Argument(help="A feature, or `prediction`.")]


def profiles(
    deployment: Named,
    column: Column,
    by: Annotated[By, typer.Option(help="Of hours up to 31 days are shown.")] = By.DAY,
    role: Annotated[Role, typer.Option(help="Whose predictions; features are the champion's.")] = Role.CHAMPION,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    release: Annotated[int | None, typer.Option(min=1, help="Only rows that this release answered.")] = None,
    segment: OfSegment = None,
    segment_of: SegmentOf = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """How a column's values were spread, stretch by stretch, in the bins of its reference."""
    asked = the_deployment(deployment, project)
    span = {"start": day_of(start), "end": day_of(end)}
    part = {"segment": segment, "segment_of": segment_of}
    found = asked.profiles(column, days, by=by.value, role=role.value, **span, release=release, **part)
    show(found.to_json(), table([dict(each) for each in found.records()]), as_json=json)


def add_commands(app: typer.Typer) -> None:
    app.command()(profiles)
