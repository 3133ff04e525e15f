"""How good answers are, and what they hang on."""

from collections.abc import Mapping

import numpy as np

from watchkeeper.learning.arrays import Ints, Numbers, Rows
from watchkeeper.learning.learner import Fitted
from watchkeeper.learning.metrics import METRICS
from watchkeeper.learning.signature import BINARY, Signature

ROWS = 3_000
"""On which importances are measured."""
REPEATS = 2
LOSSES = {"regression": "rmse", BINARY: "log_loss"}


def metrics_of(truth: Numbers, answers: Numbers, *, task: str) -> dict[str, float | None]:
    return {name: each.function(truth, answers) for name, each in METRICS.items() if task in each.tasks}


def importances(model: Fitted, rows: Rows, truth: Numbers, *, signature: Signature, seed: int) -> Mapping[str, float]:
    """By how much the loss grows when an input's values are shuffled among the rows, as shares; all calendar features
    of a time under its name. All zero where no input makes the answers better (Breiman 2001, random forests)."""
    chance = np.random.default_rng(seed)
    sample = np.sort(chance.permutation(len(rows))[:ROWS])
    rows, truth = rows.take(sample), truth[sample]
    loss = METRICS[LOSSES[signature.task]].function
    before = loss(truth, model.answer(rows)) or 0.0
    growth = {}
    for place, name in enumerate([*(each.name for each in signature.inputs), *_time(signature)]):
        orders = [chance.permutation(len(rows)) for _ in range(REPEATS)]
        losses = [loss(truth, model.answer(_shuffled(rows, place, order))) or 0.0 for order in orders]
        growth[name] = max(float(np.mean(losses)) - before, 0.0)
    total = sum(growth.values())
    return {name: each / total if total > 0 else 0.0 for name, each in growth.items()}


def _time(signature: Signature) -> tuple[str, ...]:
    return (signature.time,) if signature.time is not None else ()


def _shuffled(rows: Rows, place: int, order: Ints) -> Rows:
    """The place after the last input is that of the event time."""
    if place == len(rows.values):
        return Rows(rows.values, rows.at[order])
    values = rows.values.copy()
    values[place] = values[place, order]
    return Rows(values, rows.at)
