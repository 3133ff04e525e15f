"""`watchkeeper deployments drift-policy`: how drift is judged."""

from typing import Annotated, Literal

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table
from watchkeeper.cli.watching import Days, End, Named, Start, day_of, the_deployment

Whole = int | None
Size = float | None
AlarmDays = Annotated[Whole, typer.Option(help="One day in so many may have a false verdict.")]
InARow = Annotated[Whole, typer.Option(help="An alarm takes so many drifted days, one after the other.")]
Shape = Annotated[Size, typer.Option(help="From which size on a change of shape matters.")]
Missing = Annotated[Size, typer.Option(help="The same of the share of missing values.")]
Unseen = Annotated[Size, typer.Option(help="The same of values that the reference never held.")]
JudgedBy = Annotated[Literal["evidence", "psi"] | None, typer.Option(help="By what a verdict is given.")]


def drift_policy(
    deployment: Named,
    alarm_days: AlarmDays = None,
    in_a_row: InARow = None,
    shape: Shape = None,
    missing: Missing = None,
    unseen: Unseen = None,
    lateness_days: Annotated[Whole, typer.Option(help="Rows that come later raise no alarm.")] = None,
    ahead_hours: Annotated[Whole, typer.Option(help="Rows further ahead are a violation.")] = None,
    judged_by: JudgedBy = None,
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


def backtest(
    deployment: Named,
    alarm_days: AlarmDays = None,
    in_a_row: InARow = None,
    shape: Shape = None,
    missing: Missing = None,
    unseen: Unseen = None,
    judged_by: JudgedBy = None,
    days: Days = 90,
    start: Start = None,
    end: End = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Which verdicts and alarms a period would have had, had drift been judged so."""
    found = the_deployment(deployment, project).backtest(
        days,
        start=day_of(start),
        end=day_of(end),
        alarm_days=alarm_days,
        in_a_row=in_a_row,
        shape=shape,
        missing=missing,
        unseen=unseen,
        judged_by=judged_by,
    )
    if json:
        show(found.to_json(), None, as_json=True)
        return
    show(None, table([dict(each) for each in found.records()]), as_json=False)
    counts = {"days with rows": len(found.verdicts), "alarms": len(found.alarms), "a month": found.alarms_a_month}
    show(None, facts({**counts, "false days expected": found.expected}), as_json=False)


def add_commands(app: typer.Typer) -> None:
    app.command()(drift_policy)
    app.command()(backtest)
