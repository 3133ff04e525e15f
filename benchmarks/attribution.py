"""`just bench attribution`: is the column that moved the predictions named first, how surely, and what does it cost."""

import time

import numpy as np
from prediction_drift import fitted, read, world

from tests.fakes.columns import Chance
from watchkeeper.learning.arrays import Numbers, Rows
from watchkeeper.learning.learner import Fitted
from watchkeeper.learning.learners import LEARNERS
from watchkeeper.learning.signature import REGRESSION
from watchkeeper.learning.splitting import hold_out
from watchkeeper.monitoring.causes.swapping import Table, attribute

MODELS, WINDOWS = 4, 40
ROWS = 1_000
REAL, IDLE = "x0", "x5"
SHIFT, MORE = 0.5, 1.5
INSIDE = 1.645


def attribution() -> None:
    """The truth is what the shift does to the model's mean answer over twenty thousand rows."""
    print("| learner | the real one first | its move in the interval | the idle one's, of it | seconds |")
    print("|---|--:|--:|--:|--:|")
    for learner in LEARNERS:
        found = np.array([each for seed in range(MODELS) for each in _windows(learner, seed)])
        first, held, idle, seconds = found.mean(axis=0)
        figures = f"{100 * first:.0f} % | {100 * held:.0f} % | {100 * idle:.0f} % | {seconds:.2f}"
        print(f"| {learner} | {figures} |", flush=True)


def _windows(learner: str, seed: int) -> list[tuple[float, ...]]:
    """`x0` has moved by half a deviation, and `x5`, on which nothing hangs, by three times as much."""
    examples, fresh = world(REGRESSION, seed)
    split = hold_out(examples.truth, None, task=REGRESSION, seed=seed)
    model, _ = fitted(examples, split.fitted, learner, seed)
    rows, chance = read(examples, fresh, split.fitted), np.random.default_rng([seed, 2])
    names = [each.name for each in examples.question.inputs]
    moved = {**_table(names, rows), REAL: rows.values[names.index(REAL)] + SHIFT}
    truth = float(np.mean(_ask(model, names, moved) - model.answer(rows)))
    return [_window(model, names, rows, truth, chance) for _ in range(WINDOWS)]


def _window(model: Fitted, names: list[str], rows: Rows, truth: float, chance: Chance) -> tuple[float, ...]:
    drawn = chance.permutation(len(rows))
    before, now = (_table(names, rows.take(drawn[part])) for part in (slice(ROWS), slice(ROWS, 2 * ROWS)))
    now = {**now, REAL: now[REAL] + SHIFT, IDLE: now[IDLE] + MORE}
    begun = time.perf_counter()
    found = attribute(now, before, lambda table: _ask(model, names, table)).columns
    seconds = time.perf_counter() - begun
    first = max(found, key=lambda name: found[name].distance) == REAL
    held = abs(found[REAL].alone - truth) <= INSIDE * found[REAL].error
    return first, held, abs(found[IDLE].alone / found[REAL].alone), seconds


def _table(names: list[str], rows: Rows) -> Table:
    return dict(zip(names, rows.values, strict=True))


def _ask(model: Fitted, names: list[str], table: Table) -> Numbers:
    values = np.stack([table[name] for name in names])
    return model.answer(Rows(values, np.zeros(values.shape[1], dtype=np.int64)))
