"""Train a new version of an experiment."""

from watchkeeper.datasets.dataset import Dataset
from watchkeeper.experiments.creating import create_version
from watchkeeper.experiments.experiment import Experiment, ModelState, Version, VersionState
from watchkeeper.experiments.training import cancel_version
from watchkeeper.learning.planning import default_metric, known_learners, plan
from watchkeeper.pipelines.errors import StepFailed
from watchkeeper.pipelines.fields import Field, duration, listed, references, text, whole
from watchkeeper.pipelines.pipeline import Step
from watchkeeper.pipelines.steps.finding import (
    check_dataset,
    check_deployment,
    dataset_of,
    experiment_of,
    find_experiment,
)
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind, Later, Names, Outcome
from watchkeeper.pipelines.wording import figure, metric_name

LOOK_AGAIN = 0.25


def do(doing: Doing) -> Outcome:
    work = doing.work
    version = work.experiments.version(doing.new_id("version"))
    if version is None:
        version = _asked(doing, experiment_of(doing, work), dataset_of(doing, work))
    if version.state is VersionState.FAILED:
        raise StepFailed(f"The training failed: {(version.error or {}).get('message', 'for no known reason')}")
    if version.state is VersionState.DONE:
        return _done(doing, version)
    return Later(f"Version {version.number}: {version.message or version.state} ({version.done:.0%}).", LOOK_AGAIN)


def _asked(doing: Doing, experiment: Experiment, dataset: Dataset) -> Version:
    planned = plan(
        dataset.schema,
        doing.tools.places.table(dataset.id),
        target=experiment.target,
        time=experiment.time,
        exclude=experiment.exclude,
        task=experiment.task,
    )
    learners = doing.fields.get("learners")
    return create_version(
        experiment,
        dataset=dataset,
        plan=planned,
        metric=default_metric(planned.task, doing.fields.get("metric") or _metric_before(doing, experiment)),
        budget_seconds=doing.fields.get("budget") or 120.0,
        learners=known_learners(list(learners) if learners else None),
        permit=doing.permit,
        experiments=doing.work.experiments,
        jobs=doing.work.jobs,
        clock=doing.tools.clock,
        version_id=doing.new_id("version"),
        seed=doing.fields.get("seed"),
    )


def _metric_before(doing: Doing, experiment: Experiment) -> str | None:
    """That of the experiment's newest version, so that a replacement is held to what its champion was."""
    versions = doing.work.experiments.versions(experiment.id)
    return versions[0].metric if versions else None


def _done(doing: Doing, version: Version) -> Done:
    models = [each for each in doing.work.experiments.models(version.id) if each.state is ModelState.DONE]
    best = models[0]
    score = (best.card or {}).get("metrics", {}).get(version.metric)
    outputs = {
        "version": version.id,
        "number": version.number,
        "model": best.id,
        "learner": best.learner,
        "metric": version.metric,
        "score": score,
    }
    named = metric_name(version.metric)
    shown = f", {named} {figure(score, version.metric)} on the hold-out" if isinstance(score, int | float) else ""
    of = f" is the best of {len(models)}" if len(models) > 1 else ""
    return Done(outputs, f"Version {version.number}: {best.learner}{of}{shown}.")


def cancel(doing: Doing) -> None:
    cancel_version(doing.new_id("version"), experiments=doing.work.experiments, clock=doing.tools.clock)


def check(step: Step, names: Names) -> None:
    given = step.fields.get("experiment")
    check_dataset(step, names)
    if given is None:
        check_deployment(step, names)
    elif not any(references(given)) and not find_experiment(given, project=names.project, work=names.work):
        names.refuse(step, "experiment", f"There is no experiment '{given}' in this project.")
    learners = step.fields.get("learners")
    if learners is not None and not any(references(learners)):
        known_learners(list(listed(learners)))


TRAIN = Kind(
    name="train",
    fields={
        "dataset": Field(text, "what to learn from: a dataset, or `${import.dataset}`", required=True),
        "experiment": Field(text, "whose next version it is; the deployment's without"),
        "deployment": Field(text, "whose experiment it is; the pipeline's without"),
        "metric": Field(text, "what to rank the models by; that of the experiment's newest version without"),
        "budget": Field(duration, "how long it may take, such as 2m"),
        "learners": Field(listed, "which learners to try; all without"),
        "seed": Field(whole(0, 2**31 - 1), "of the chance in it"),
    },
    outputs=("version", "number", "model", "learner", "metric", "score"),
    how=How.WRITES,
    do=do,
    check=check,
    cancel=cancel,
)
