"""Training a version: each learner in a child process, within the budget; then the ranking and the reference."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from watchkeeper.clock import Clock
from watchkeeper.errors import WatchkeeperError
from watchkeeper.experiments.errors import TrainingCancelled
from watchkeeper.experiments.experiment import Experiment, Model, ModelState, Version, VersionState
from watchkeeper.experiments.ports import Experiments, Fit, ModelPlaces, OpenUnit
from watchkeeper.learning.fitting import FitSpec
from watchkeeper.learning.metrics import METRICS
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

log = logging.getLogger(__name__)
CANCELLED = "training-cancelled"


@dataclass(frozen=True)
class Trainer:
    unit: OpenUnit
    places: ModelPlaces
    fit: Fit
    clock: Clock

    def train(self, version: str) -> None:
        """Train what of the version is not trained yet. Run again after a crash, it keeps the models that are done."""
        with self.unit() as work:
            found = work.experiments.version(version)
            experiment = work.experiments.get(found.experiment) if found else None
            models = work.experiments.models(version)
        if found is None or experiment is None or found.state in {VersionState.DONE, VersionState.FAILED}:
            return
        running = replace(found, state=VersionState.TRAINING, message="reading the data")
        self._keep(running)
        try:
            models = self._fit_all(running, experiment, models)
            self._finish(running, experiment, models)
        except TrainingCancelled:
            log.info("training of version %s was cancelled", version)
        except Exception as failure:
            log.exception("training of version %s failed", version)
            self._keep(replace(running, state=VersionState.FAILED, error=described(failure), finished=self.clock.now()))

    def _fit_all(self, version: Version, experiment: Experiment, models: list[Model]) -> list[Model]:
        """The budget that is left is shared evenly among the learners that are left."""
        end = self.clock.now() + timedelta(seconds=version.budget_seconds)
        done: list[Model] = []
        for place, model in enumerate(models):
            if model.state is ModelState.DONE:
                done.append(model)
                continue
            left = (end - self.clock.now()).total_seconds() / (len(models) - place)
            report = self._reporter(version, model.learner, place, len(models))
            done.append(self._fit_one(version, experiment, model, seconds=max(left, 1.0), report=report))
        return done

    def _fit_one(
        self,
        version: Version,
        experiment: Experiment,
        model: Model,
        *,
        seconds: float,
        report: Callable[[float, str], None],
    ) -> Model:
        self._keep_model(replace(model, state=ModelState.FITTING))
        report(0.0, "starting")
        spec = FitSpec(
            target=experiment.target,
            time=experiment.time,
            time_zone=experiment.time_zone,
            task=version.task,
            inputs=tuple(Column(each["name"], Kind(each["kind"])) for each in version.inputs),
            learner=model.learner,
            seed=version.seed,
            budget_seconds=seconds,
        )
        try:
            card = self.fit(
                self.places.table(version.dataset),
                spec=spec.to_json(),
                directory=self.places.model(model.id),
                deadline=self.clock.now() + timedelta(seconds=seconds),
                progress=report,
                stopped=lambda: self._cancelled(version.id),
            )
        except TrainingCancelled:
            raise
        except WatchkeeperError as failure:
            return self._keep_model(replace(model, state=ModelState.FAILED, error=described(failure)))
        return self._keep_model(replace(model, state=ModelState.DONE, card=card))

    def _finish(self, version: Version, experiment: Experiment, models: list[Model]) -> None:
        trained = [model for model in models if model.state is ModelState.DONE]
        if not trained:
            self._keep(replace(version, state=VersionState.FAILED, error=models[0].error, finished=self.clock.now()))
            return
        bin_sets = reference_bin_sets(self.places.table(version.dataset), version, experiment.target)
        if self._cancelled(version.id):
            raise TrainingCancelled("The training was cancelled.")
        with self.unit() as work:
            for rank, model in enumerate(ranked(trained, version.metric), start=1):
                work.experiments.replace_model(replace(model, rank=rank))
            work.experiments.replace_version(
                replace(
                    version,
                    state=VersionState.DONE,
                    done=1.0,
                    message="done",
                    bin_sets=bin_sets,
                    finished=self.clock.now(),
                )
            )

    def _reporter(self, version: Version, learner: str, place: int, count: int) -> Callable[[float, str], None]:
        def report(share: float, message: str) -> None:
            with self.unit() as work:
                work.experiments.progress(version.id, (place + share) / count, f"{learner}: {message}")

        return report

    def _cancelled(self, version: str) -> bool:
        with self.unit() as work:
            found = work.experiments.version(version)
        return found is None or (found.error or {}).get("code") == CANCELLED

    def _keep(self, version: Version) -> None:
        """Unless it was cancelled meanwhile, which stays."""
        with self.unit() as work:
            found = work.experiments.version(version.id)
            if found is None or (found.error or {}).get("code") == CANCELLED:
                raise TrainingCancelled("The training was cancelled.")
            work.experiments.replace_version(version)

    def _keep_model(self, model: Model) -> Model:
        with self.unit() as work:
            work.experiments.replace_model(model)
        return model


def cancel_version(version: str, *, experiments: Experiments, clock: Clock) -> None:
    """A training that is not over ends; its processes within a second or two."""
    found = experiments.version(version)
    if found is None or found.state in {VersionState.DONE, VersionState.FAILED}:
        return
    error = {"code": CANCELLED, "message": "The training was cancelled.", "fields": []}
    experiments.replace_version(replace(found, state=VersionState.FAILED, error=error, finished=clock.now()))
    for model in experiments.models(version):
        if model.state is not ModelState.DONE:
            experiments.replace_model(replace(model, state=ModelState.FAILED, error=error))


def ranked(models: list[Model], metric: str) -> list[Model]:
    """Best first by the metric on the hold-out; those for which it is undefined last."""
    better_low = METRICS[metric].lower_is_better

    def place(model: Model) -> tuple[bool, float]:
        score = (model.card or {}).get("metrics", {}).get(metric)
        if score is None:
            return True, 0.0
        distance = abs(score) if metric == "bias" else score
        return False, distance if better_low else -distance

    return sorted(models, key=place)


def reference_bin_sets(table: Path, version: Version, target: str) -> dict[str, Any]:
    """The bins of each input and of the target, one column in memory at a time."""
    file = pq.ParquetFile(table)

    def bins(column: Column) -> dict[str, Any]:
        return fit_bin_set(column, file.read(columns=[column.name])[column.name]).to_json()

    columns = [Column(each["name"], Kind(each["kind"])) for each in version.inputs]
    kind = Kind.NUMERIC if version.task == "regression" else Kind.CATEGORICAL
    values = file.read(columns=[target])[target]
    return {
        "inputs": [bins(column) for column in columns if column.kind is not Kind.IDENTIFIER],
        "target": fit_bin_set(
            Column(target, kind), values.cast("string") if kind is Kind.CATEGORICAL else values
        ).to_json(),
    }


def described(error: Exception) -> Mapping[str, Any]:
    if isinstance(error, WatchkeeperError):
        return {"code": error.code, "message": error.message, "fields": list(error.fields)}
    return {"code": "failure", "message": f"{type(error).__name__}: {error}", "fields": []}
