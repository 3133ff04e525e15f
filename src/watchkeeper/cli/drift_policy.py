"""`watchkeeper deployments drift-policy`: how drift is judged."""

from typing import Annotated, Literal

import typer

from watchkeeper.cli.output import InProject, Json, facts, show
from watchkeeper.cli.watching import Named, the_deployment

Whole = int | None
Size = float | None


def drift_policy(
    deployment: Named,
    alarm_days: Annotated[Whole, typer.Option(help="One day in so many may have a false verdict.")] = None,
    in_a_row: Annotated[Whole, typer.Option(help="An alarm takes so many drifted days, one after the other.")] = None,
    shape: Annotated[Size, typer.Option(help="From which size on a change of shape matters.")] = None,
    missing: Annotated[Size, typer.Option(help="The same of the share of missing values.")] = None,
    unseen: Annotated[Size, typer.Option(help="The same of values that the reference never held.")] = None,
    lateness_days: Annotated[Whole, typer.Option(help="Rows that come later raise no alarm.")] = None,
    ahead_hours: Annotated[Whole, typer.Option(help="Rows further ahead are a violation.")] = None,
    judged_by: Annotated[Literal["evidence", "psi"] | None, typer.Option(help="By what a verdict is given.")] = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """How drift is judged; with any option, from now on otherwise."""
    found = the_deployment(deployment, project)
    wanted = {
        "alarm_days": alarm_days,
        "in_a_row": in_a_row,
        "shape": shape,
        "missing": missing,
        "unseen": unseen,
        "lateness_days": lateness_days,
        "ahead_hours": ahead_hours,
    }
    changes = any(value is not None for value in (*wanted.values(), judged_by))
    policy = found.judge_drift(**wanted, judged_by=judged_by) if changes else found.drift_policy  # type: ignore[arg-type]
    show(policy.to_json(), facts(policy.to_json()), as_json=json)


def add_commands(app: typer.Typer) -> None:
    app.command()(drift_policy)
