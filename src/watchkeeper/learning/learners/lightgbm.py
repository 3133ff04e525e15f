"""Gradient-boosted trees by LightGBM; answered by its native library."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from watchkeeper.learning.arrays import Ints, Numbers, Rows
from watchkeeper.learning.budget import Budget
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.explaining import LOG_ODDS, TARGET, Shares, shares_of
from watchkeeper.learning.learner import Training
from watchkeeper.learning.lightgbm_library import lightgbm_library
from watchkeeper.learning.probing import Thresholds, by_feature
from watchkeeper.learning.runtimes.booster import NativeBooster
from watchkeeper.learning.scale import Scale
from watchkeeper.learning.signature import BINARY

FILE = "booster.txt"
TAIL = 0.15
"""Of the rows, the newest, on which the number of rounds is found."""
MOST_ROUNDS = 1_000
"""So many answer one row in a tenth of a millisecond."""
PATIENCE = 50
FEWEST_IN_LEAF = 20
CELLS_A_THREAD = 4_000_000
"""Its threads wait for each other many times a round; on a busy machine two of them took a hundred times as long as one
for a table of 14,000 rows and 6 features, and gained nothing on an idle one."""
TO_SEARCH = 0.45
"""Of the budget; the rest is for the fit on all rows."""


@dataclass(frozen=True)
class FittedBooster:
    booster: Any
    encoder: Encoder
    scale: Scale
    parameters: Mapping[str, Any]

    @property
    def settings(self) -> Mapping[str, Any]:
        return {"rounds": self.parameters["rounds"]}

    @property
    def thresholds(self) -> Thresholds:
        found, numbers = (
            by_feature(*_splits(self.booster.model_to_string()), self.encoder.numbers),
            self.encoder.numbers,
        )
        return {numbers[at]: np.unique(each) for at, each in found.items()}

    def answer(self, rows: Rows) -> Numbers:
        found: Numbers = self.booster.predict(self.encoder.matrix(rows), num_threads=1)
        return self.scale.restore(found)

    def save(self, directory: Path) -> Mapping[str, Any]:
        self.booster.save_model(directory / FILE)
        return {"scale": self.scale.to_json()}


@dataclass(frozen=True)
class LoadedBooster:
    booster: NativeBooster
    encoder: Encoder
    scale: Scale

    name: ClassVar[str] = "lightgbm"

    def answer(self, rows: Rows) -> Numbers:
        return self.scale.restore(self.booster.predict(self.encoder.matrix(rows)))

    def explain(self, rows: Rows) -> Shares:
        unit = LOG_ODDS if self.encoder.signature.task == BINARY else TARGET
        return shares_of(self.booster.contributions(self.encoder.matrix(rows)), self.encoder, self.scale, unit=unit)


def _splits(text: str) -> tuple[Ints, Numbers]:
    """The feature and the threshold of each split, from a booster's text; those of levels are no such numbers."""
    lines = [line.partition("=") for line in text.splitlines()]
    features, found = (
        np.array([each for name, _, rest in lines if name == wanted for each in rest.split()], dtype=np.float64)
        for wanted in ("split_feature", "threshold")
    )
    return features.astype(np.int64), found


class LightGbm:
    name: ClassVar[str] = "lightgbm"
    runtimes: ClassVar[tuple[str, ...]] = (LoadedBooster.name,)

    def prepare(self) -> None:
        lightgbm_library()

    def fit(self, training: Training) -> FittedBooster:
        scale = Scale.of(training.truth, task=training.task)
        features, target = training.encoder.matrix(training.rows), scale.shrink(training.truth)
        parameters = _parameters(training)
        categorical = training.encoder.categorical
        rounds = (training.settings or {}).get("rounds") or _rounds(training, features, target, parameters)
        booster = _grown(
            _data(features, target, categorical, parameters),
            parameters,
            rounds=rounds,
            budget=training.budget,
            progress=lambda share: training.progress(0.5 + share / 2),
        )
        shown = ("learning_rate", "num_leaves", "min_data_in_leaf")
        kept = {"rounds": booster.current_iteration(), **{name: parameters[name] for name in shown}}
        return FittedBooster(booster, training.encoder, scale, kept)

    def load(self, directory: Path, kept: Mapping[str, Any], encoder: Encoder, *, runtime: str) -> LoadedBooster:  # noqa: ARG002
        return LoadedBooster(NativeBooster(directory / FILE), encoder, Scale.from_json(kept["scale"]))


def _parameters(training: Training) -> dict[str, Any]:
    return {
        "objective": "binary" if training.task == BINARY else "regression",
        "learning_rate": 0.05,
        "num_leaves": 31,
        "min_data_in_leaf": min(FEWEST_IN_LEAF, max(len(training.rows) // 20, 1)),
        "num_threads": min(training.threads, 1 + len(training.rows) * training.encoder.features // CELLS_A_THREAD),
        "seed": training.seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }


def _data(features: Numbers, target: Numbers, categorical: list[int], parameters: Mapping[str, Any]) -> Any:
    return lightgbm_library().Dataset(features, target, categorical_feature=categorical, params=dict(parameters))


def _rounds(training: Training, features: Numbers, target: Numbers, parameters: Mapping[str, Any]) -> int:
    """The number of rounds after which the tail is predicted best by a booster that is fitted on the rest."""
    head = int(len(target) * (1 - TAIL))
    known = _data(features[:head], target[:head], training.encoder.categorical, parameters)
    # Without the number of threads, the library takes as many as there are processors from here on.
    tail = known.create_valid(features[head:], target[head:], params=dict(parameters))
    best, least = 1, float("inf")

    def worth_going_on(booster: Any, done: int) -> bool:
        nonlocal best, least
        loss = booster.eval_valid()[0][2]
        if loss < least:
            best, least = done, loss
        return done - best < PATIENCE

    _grown(
        known,
        parameters,
        rounds=MOST_ROUNDS,
        budget=training.budget.part(TO_SEARCH),
        progress=lambda share: training.progress(share / 2),
        tail=tail,
        goes_on=worth_going_on,
    )
    return best


def _grown(
    data: Any,
    parameters: Mapping[str, Any],
    *,
    rounds: int,
    budget: Budget,
    progress: Callable[[float], None],
    tail: Any = None,
    goes_on: Callable[[Any, int], bool] = lambda booster, done: True,  # noqa: ARG005
) -> Any:
    """A booster of so many rounds, or of as many as the budget allows, one at least."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        booster = lightgbm_library().Booster(dict(parameters), data)
        if tail is not None:
            booster.add_valid(tail, "tail")
        for done in range(1, rounds + 1):
            finished = booster.update()
            progress(done / rounds)
            if finished or budget.spent() or not goes_on(booster, done):
                break
    return booster
