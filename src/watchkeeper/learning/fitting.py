"""Fitting one learner to one table, and keeping what comes of it (decision 4)."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from watchkeeper.learning.arrays import Ints
from watchkeeper.learning.budget import Budget
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.examples import Examples, Question, read_examples
from watchkeeper.learning.keeping import CARD, write_json, written_whole
from watchkeeper.learning.learner import Training
from watchkeeper.learning.learners import LEARNERS
from watchkeeper.learning.reading import rows_of
from watchkeeper.learning.saving import Fit, save
from watchkeeper.learning.scoring import importances, metrics_of
from watchkeeper.learning.splitting import LAST, Split, hold_out, reference_blocks
from watchkeeper.tables.column import Column, Kind

FOR_SCORES = 0.45
"""Of the budget; the rest is for the model that is deployed."""

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class FitSpec:
    target: str
    time: str | None
    time_zone: str
    task: str
    inputs: tuple[Column, ...]
    learner: str
    seed: int
    budget_seconds: float

    @property
    def question(self) -> Question:
        return Question(self.task, self.target, self.time, self.time_zone, self.inputs)

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "inputs": [{"name": each.name, "kind": each.kind.value} for each in self.inputs]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        inputs = tuple(Column(each["name"], Kind(each["kind"])) for each in kept["inputs"])
        return cls(**{**kept, "inputs": inputs})


def fit(data: Path, spec: FitSpec, directory: Path, *, threads: int, progress: Progress) -> dict[str, Any]:
    """Fit, score, and write the model into `directory`, in the place of what was there; return its card.

    `progress` is called with the share that is done and what is being done. Raise RuntimeDiffers where the saved model
    would answer otherwise than the fitted one; nothing is written then.
    """
    begun = time.monotonic()
    progress(0.0, "reading the data")
    examples = read_examples(data, spec.question, seed=spec.seed)
    LEARNERS[spec.learner].prepare()
    scored, kept = _splits(examples, spec)
    trial, final = _both(examples, scored, kept, spec, threads=threads, progress=progress)
    progress(0.75, "scoring")
    scores = _scores(examples, scored, trial, spec)
    progress(0.85, "saving")
    with written_whole(directory) as place:
        card = {
            "signature": final.signature.to_json(),
            "parameters": dict(final.model.parameters),
            **scores,
            "rows": _rows(examples, scored, kept),
            **save(final, place, examples=examples, split=kept),
            "seconds": time.monotonic() - begun,
        }
        write_json(place / CARD, card)
    progress(1.0, "done")
    return card


def _splits(examples: Examples, spec: FitSpec) -> tuple[Split, Split]:
    """For the scores, and for the model that is deployed: the same one where no time is known."""
    scored = hold_out(examples.truth, examples.at, task=spec.task, seed=spec.seed)
    if examples.at is None:
        return scored, scored
    return scored, reference_blocks(examples.truth, examples.at, task=spec.task, seed=spec.seed)


def _both(
    examples: Examples, scored: Split, kept: Split, spec: FitSpec, *, threads: int, progress: Progress
) -> tuple[Fit, Fit]:
    """The model that is scored and the one that is deployed, which takes over the settings that the first found."""
    budget = Budget.of(spec.budget_seconds)

    def fitted(places: Ints, budget: Budget, start: float, end: float, message: str, settings: Any) -> Fit:
        return _fitted(
            examples,
            places,
            spec,
            threads=threads,
            budget=budget,
            settings=settings,
            progress=lambda share: progress(start + (end - start) * share, message),
        )

    if kept is scored:
        only = fitted(scored.fitted, budget, 0.05, 0.75, "fitting", None)
        return only, only
    trial = fitted(scored.fitted, budget.part(FOR_SCORES), 0.05, 0.4, "fitting, to be scored", None)
    settings = trial.model.settings
    return trial, fitted(kept.fitted, budget, 0.4, 0.75, "fitting, to be deployed", settings)


def _fitted(
    examples: Examples,
    places: Ints,
    spec: FitSpec,
    *,
    threads: int,
    budget: Budget,
    settings: Mapping[str, Any] | None,
    progress: Callable[[float], None],
) -> Fit:
    signature = examples.signature(places)
    rows = rows_of(examples.table, examples.moments, signature)
    training = Training(
        task=spec.task,
        encoder=Encoder(signature),
        rows=rows.take(places),
        truth=examples.truth[places],
        seed=spec.seed,
        threads=threads,
        budget=budget,
        settings=settings,
        progress=progress,
    )
    return Fit(spec.learner, LEARNERS[spec.learner].fit(training), signature, rows)


def _scores(examples: Examples, split: Split, trial: Fit, spec: FitSpec) -> dict[str, Any]:
    held, truth = trial.rows.take(split.held), examples.truth[split.held]
    return {
        "metrics": metrics_of(truth, trial.model.answer(held), task=spec.task),
        "importances": importances(trial.model, held, truth, signature=trial.signature, seed=spec.seed),
        "holdout": _described(examples, split),
    }


def _rows(examples: Examples, scored: Split, kept: Split) -> dict[str, int]:
    return {
        "fitted": kept.fitted.size,
        "held_out": scored.held.size,
        "without_target": examples.without_target,
        "without_time": examples.without_time,
    }


def _described(examples: Examples, split: Split) -> dict[str, Any]:
    """The hold-out, with a sentence for people."""
    found = {"kind": split.kind, "rows": split.held.size, "start": None, "end": None}
    if examples.at is None or split.kind != LAST:
        return {**found, "sentence": "One row in five, drawn by chance, was held out."}
    held = examples.at[split.held]
    start, end = (datetime.fromtimestamp(int(each) // 1_000_000, UTC) for each in (held.min(), held.max()))
    local = start.astimezone(ZoneInfo(examples.question.time_zone))
    sentence = f"The last fifth of the rows, from {local.day} {local:%b %Y} on, was held out."
    return {**found, "start": start.isoformat(), "end": end.isoformat(), "sentence": sentence}
