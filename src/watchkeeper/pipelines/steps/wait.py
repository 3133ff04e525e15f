"""Wait for some days of the pipeline's clock, for a day, or for labels; for all of what is named."""

from datetime import datetime, timedelta

from watchkeeper.monitoring.days import today
from watchkeeper.pipelines.fields import Field, day, duration, text, whole
from watchkeeper.pipelines.pipeline import ClockKind, Step
from watchkeeper.pipelines.steps.finding import check_deployment, deployment_of
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind, Later, Names, Outcome
from watchkeeper.pipelines.steps.pausing import pause
from watchkeeper.serving.deployment import Role


def do(doing: Doing) -> Outcome:
    if doing.moment is None:
        return Later("Waiting for the first row of the deployment.", pause(doing))
    since = datetime.fromisoformat(doing.memory["since"]) if "since" in doing.memory else doing.moment
    missing = [*_time(doing, since, doing.moment), *_labels(doing, since)]
    memory = {"since": since.isoformat()}
    if missing:
        return Later(f"Waiting {' and '.join(missing)}.", _pause(doing, since), memory)
    return Done({**memory, "until": doing.moment.isoformat()}, f"It was {doing.moment:%-d %B %Y, %H:%M} UTC.")


def _time(doing: Doing, since: datetime, now: datetime) -> list[str]:
    missing = []
    if doing.fields.get("time") is not None and now < (until := since + timedelta(seconds=doing.fields["time"])):
        missing.append(f"until {until:%-d %B %Y, %H:%M} UTC")
    if doing.fields.get("until") is not None and now.date().isoformat() < doing.fields["until"]:
        missing.append(f"until {doing.fields['until']}")
    return missing


def _labels(doing: Doing, since: datetime) -> list[str]:
    """Of rows that the champion answered since the wait began."""
    wanted = doing.fields.get("labels")
    if wanted is None:
        return []
    deployment = deployment_of(doing, doing.work)
    start = today(since, deployment.time_zone)
    cells = doing.work.scores.cells(deployment.id, start=start, end="9999-12-31", shared=False)
    there = sum(cell.tally.rows for cell in cells if cell.role == Role.CHAMPION)
    return [f"for {wanted - there:,} of {wanted:,} labels"] if there < wanted else []


def _pause(doing: Doing, since: datetime) -> float:
    """Until the time has come, where nothing but the wall's time is waited for."""
    if doing.clock is ClockKind.WALL and set(doing.fields) == {"time"}:
        left = since + timedelta(seconds=doing.fields["time"]) - doing.tools.clock.now()
        return max(left.total_seconds(), 0.0)
    return pause(doing)


def check(step: Step, names: Names) -> None:
    if not any(name in step.fields for name in ("time", "until", "labels")):
        names.refuse(step, "time", f"The step '{step.name}' waits for nothing: give `time`, `until` or `labels`.")
    if "labels" in step.fields:
        check_deployment(step, names)


WAIT = Kind(
    name="wait",
    fields={
        "time": Field(duration, "how long, by the pipeline's clock, such as 30d"),
        "until": Field(day, "a day, by the pipeline's clock"),
        "labels": Field(whole(1, 10**12), "how many rows that were answered since then have to have a label"),
        "deployment": Field(text, "whose labels; the pipeline's without"),
    },
    outputs=("since", "until"),
    how=How.READS,
    do=do,
    check=check,
)
