"""Is the challenger better than the champion, on the labelled rows that both answered."""

from datetime import datetime, timedelta
from typing import Any

from watchkeeper.monitoring.answers.performing import Compared, comparison
from watchkeeper.monitoring.days import moved, today
from watchkeeper.monitoring.performance.comparing import Comparison, Verdict
from watchkeeper.pipelines.errors import StepFailed
from watchkeeper.pipelines.fields import Field, duration, text, whole
from watchkeeper.pipelines.steps.finding import check_deployment, deployment_of
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind, Later, Outcome
from watchkeeper.pipelines.steps.pausing import pause
from watchkeeper.pipelines.wording import figure, metric_name
from watchkeeper.serving.deployment import Deployment, Release, Role

FIGURES = ("metric", "champion", "challenger", "difference", "probability")
OUTPUTS = ("verdict", *FIGURES, "rows", "release", "model", "said")


def do(doing: Doing) -> Outcome:
    work = doing.work
    deployment = deployment_of(doing, work)
    release = work.deployments.current(deployment.id)
    _check_models(doing, release)
    found = comparison(deployment, start=_start(doing, deployment), end="9999-12-31", work=work)
    outputs = {"release": release.number, "model": release.challenger, **_figures(found.of)}
    said = _said(found)
    outputs["said"] = said
    if outputs["verdict"] == Verdict.UNKNOWN and release.challenger is not None and doing.moment is not None:
        since = datetime.fromisoformat(doing.memory["since"]) if "since" in doing.memory else doing.moment
        if doing.moment < since + timedelta(seconds=doing.fields.get("patience") or 0):
            return Later(f"{said} Looking again.", pause(doing), {"since": since.isoformat()})
    return Done(outputs, said)


def _check_models(doing: Doing, release: Release) -> None:
    """A verdict on other models than those that the pipeline put there would be acted on as if it were on these."""
    for role in Role:
        wanted, there = doing.fields.get(role.value), release.model(role)
        if wanted is not None and wanted != there:
            said = f"The {role} of release {release.number} is {there or 'nobody'}, not the model {wanted}"
            raise StepFailed(f"{said}; run the pipeline again.")


def _start(doing: Doing, deployment: Deployment) -> str:
    """The first day of the days asked for; else of the release in force, as far as it has been called."""
    days = doing.fields.get("days")
    if days is not None and doing.moment is not None:
        return moved(today(doing.moment, deployment.time_zone), 1 - days)
    number = doing.work.deployments.current(deployment.id).number
    return doing.work.watch.release_days(deployment.id).get(number, "9999-12-31")


def _figures(of: Comparison | None) -> dict[str, Any]:
    if of is None:
        nothing = dict.fromkeys(FIGURES)
        return {**nothing, "verdict": Verdict.UNKNOWN.value, "rows": 0}
    return {
        "verdict": of.verdict.value,
        "metric": of.metric,
        "champion": of.champion,
        "challenger": of.challenger,
        "difference": of.difference,
        "probability": of.probability_better,
        "rows": of.rows,
    }


def _said(found: Compared) -> str:
    of = found.of
    if of is None:
        return f"The verdict is not known yet. {found.reason}"
    if of.champion is None or of.challenger is None:
        return f"The verdict is {of.verdict.value}: {of.reason}."
    sure = f", {of.probability_better:.0%} sure that it is better" if of.probability_better is not None else ""
    return (
        f"Challenger against champion: {of.verdict.value}. {metric_name(of.metric)} {figure(of.challenger, of.metric)} "
        f"against {figure(of.champion, of.metric)} on {of.rows:,} rows{sure}."
    )


COMPARE = Kind(
    name="compare",
    fields={
        "deployment": Field(text, "the deployment; the pipeline's without"),
        "days": Field(whole(1, 3_660), "how many days back; since the release in force began without"),
        "champion": Field(text, "the model that has to be the champion still, such as `${train.model}`"),
        "challenger": Field(text, "the model that has to be the challenger still, such as `${train.model}`"),
        "patience": Field(duration, "how long to look again, by the pipeline's clock, while nothing is known"),
    },
    outputs=OUTPUTS,
    how=How.READS,
    do=do,
    check=check_deployment,
)
