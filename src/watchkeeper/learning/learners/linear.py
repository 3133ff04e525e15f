"""An additive model: ridge regression, or logistic regression, on curves, tables and seasons; answered by NumPy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from watchkeeper.learning.additive.curve import Curve
from watchkeeper.learning.additive.effects import effect_from_json, terms_for
from watchkeeper.learning.additive.solving import PENALTY, ROWS_AT_ONCE, Problem, logistic, probabilities, ridge
from watchkeeper.learning.additive.term import Effect
from watchkeeper.learning.arrays import Numbers, Rows
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.errors import NoExplanations
from watchkeeper.learning.explaining import LOG_ODDS, TARGET, WITHOUT, Shares
from watchkeeper.learning.learner import Training
from watchkeeper.learning.probing import Thresholds
from watchkeeper.learning.scale import Scale
from watchkeeper.learning.signature import BINARY


@dataclass(frozen=True)
class Sum:
    """The fitted model and its runtime in one. `means`: of each effect, over the rows that it was fitted on."""

    encoder: Encoder
    intercept: float
    effects: Sequence[Effect]
    scale: Scale
    means: Sequence[float] = ()
    columns: int = 0

    name: ClassVar[str] = "numpy"
    settings: ClassVar[Mapping[str, Any]] = {}

    @property
    def parameters(self) -> Mapping[str, Any]:
        kind = "logistic" if self.encoder.signature.task == BINARY else "ridge"
        return {"kind": kind, "penalty": PENALTY, "terms": len(self.effects), "columns": self.columns}

    @property
    def thresholds(self) -> Thresholds:
        """Its answers bend there, and do not jump."""
        bends = (each for each in self.effects if isinstance(each, Curve))
        return {each.place: each.knots * each.spread + each.centre for each in bends}

    def explain(self, rows: Rows) -> Shares:
        if not self.means:
            raise NoExplanations(WITHOUT, fields=("explain",))
        added = np.zeros((len(rows), self.encoder.places))
        for effect, mean in zip(self.effects, self.means, strict=True):
            owner = len(rows.values) if effect.place is None else effect.place
            added[:, owner] += effect.of(rows, self.encoder) - mean
        base = self.intercept + sum(self.means)
        unit = LOG_ODDS if self.encoder.signature.task == BINARY else TARGET
        return Shares(unit, base * self.scale.spread + self.scale.centre, added * self.scale.spread)

    def answer(self, rows: Rows) -> Numbers:
        total = np.zeros(len(rows))
        for effect in self.effects:
            total += effect.of(rows, self.encoder)
        total += self.intercept
        return probabilities(total) if self.encoder.signature.task == BINARY else self.scale.restore(total)

    def save(self, directory: Path) -> Mapping[str, Any]:  # noqa: ARG002  (it is small)
        effects = [effect.to_json() for effect in self.effects]
        return {
            "intercept": self.intercept,
            "effects": effects,
            "scale": self.scale.to_json(),
            "means": list(self.means),
        }


class Linear:
    name: ClassVar[str] = "linear"
    runtimes: ClassVar[tuple[str, ...]] = (Sum.name,)

    def prepare(self) -> None:
        """NumPy is here already."""

    def fit(self, training: Training) -> Sum:
        scale = Scale.of(training.truth, task=training.task)
        terms = terms_for(training.encoder.signature, training.rows)
        problem = Problem(terms, training.rows, scale.shrink(training.truth), training.encoder)
        weights = logistic(problem, training.budget) if training.task == BINARY else ridge(problem)
        effects, end = [], 1
        for term in terms:
            start, end = end, end + term.width
            effects.append(term.weighted(weights[start:end]))
        means = [_mean(effect, training) for effect in effects]
        training.progress(1.0)
        return Sum(training.encoder, float(weights[0]), effects, scale, means, columns=problem.width)

    def load(self, directory: Path, kept: Mapping[str, Any], encoder: Encoder, *, runtime: str) -> Sum:  # noqa: ARG002
        effects = [effect_from_json(each) for each in kept["effects"]]
        return Sum(encoder, kept["intercept"], effects, Scale.from_json(kept["scale"]), kept.get("means", ()))


def _mean(effect: Effect, training: Training) -> float:
    rows, total = training.rows, 0.0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        total += float(effect.of(rows.take(slice(start, start + ROWS_AT_ONCE)), training.encoder).sum())
    return total / len(rows)
