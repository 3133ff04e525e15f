"""`just bench prediction-drift`: false alarms on the prediction of models that see nothing new, by its reference.

The deployed model's own answers on rows that it was not fitted on are like those in production. Its answers on the rows
that it was fitted on are not, since it has learned these by heart; nor are out-of-fold answers, which are of other
models, fitted on fewer rows.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.fakes.columns import Chance
from watchkeeper.learning.arrays import Ints, Numbers, Rows
from watchkeeper.learning.budget import Budget
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.examples import Examples, Question, read_examples
from watchkeeper.learning.learner import Fitted, Training
from watchkeeper.learning.learners import LEARNERS
from watchkeeper.learning.reading import rows_of
from watchkeeper.learning.signature import BINARY, REGRESSION
from watchkeeper.learning.splitting import Split, hold_out, reference_blocks
from watchkeeper.monitoring.drift.columns import lined_up
from watchkeeper.monitoring.drift.judging import judge
from watchkeeper.monitoring.drift.verdict import Verdict
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

WORLDS, WINDOWS = 30, 50
ROWS, FRESH = 3_000, 20_000
FOLDS = 5
MINUTES = 30
COLUMNS = (*(Column(f"x{place}", Kind.NUMERIC) for place in range(6)), Column("level", Kind.CATEGORICAL))
Answers = Callable[[Ints], Numbers]


def prediction_drift() -> None:
    sizes = (200, 1_000)
    print("| task | learner | reference | rows | " + " | ".join(f"drifted at {n:,}" for n in sizes) + " |")
    print("|---|---|---|--:|" + "--:|" * len(sizes))
    for task in (REGRESSION, BINARY):
        for learner in LEARNERS:
            alarms: dict[str, list[list[float]]] = {}
            rows: dict[str, int] = {}
            for seed in range(WORLDS):
                for name, reference, fresh in _references(task, learner, seed):
                    chance = np.random.default_rng([seed, 1])
                    alarms.setdefault(name, []).append([_alarms(reference, fresh, n, chance) for n in sizes])
                    rows[name] = reference.size
            for name, found in alarms.items():
                rates = " | ".join(f"{100 * rate:.1f} %" for rate in np.mean(found, axis=0))
                print(f"| {task} | {learner} | {name} | {rows[name]:,} | {rates} |", flush=True)


def _alarms(reference: Numbers, fresh: Numbers, n: int, chance: Chance) -> float:
    """The share of windows of so many rows whose prediction is called drifted, as the only column."""
    bins = fit_bin_set(Column("prediction", Kind.NUMERIC), pa.array(reference))
    found = 0
    for _ in range(WINDOWS):
        window = bins.count(pa.array(chance.choice(fresh, n, replace=False)))
        (lined,) = lined_up([bins], [np.asarray(bins.reference)], [window])
        found += judge([lined.sides])[0][0].verdict is Verdict.DRIFTED
    return found / WINDOWS


def _references(task: str, learner: str, seed: int) -> Iterator[tuple[str, Numbers, Numbers]]:
    """By what they are made of, with the deployed model's answers on fresh rows."""
    examples, fresh = world(task, seed)
    for name, split in _splits(examples, task, seed):
        model, rows = fitted(examples, split.fitted, learner, seed)
        now = model.answer(read(examples, fresh, split.fitted))
        yield f"own answers on {name}", model.answer(rows.take(split.held)), now
        if name.startswith("a drawn"):
            yield "own answers on the fitted rows", model.answer(rows.take(split.fitted)), now
            yield "out-of-fold answers", _out_of_fold(examples, split.fitted, learner, seed), now


def _splits(examples: Examples, task: str, seed: int) -> list[tuple[str, Split]]:
    """As without times, and as with them: rows come one every half-hour."""
    at = np.random.default_rng(seed).permutation(ROWS) * MINUTES * 60_000_000
    return [
        ("a drawn fifth", hold_out(examples.truth, None, task=task, seed=seed)),
        ("one week in eight", reference_blocks(examples.truth, at, task=task, seed=seed)),
    ]


def _out_of_fold(examples: Examples, places: Ints, learner: str, seed: int) -> Numbers:
    fold = np.random.default_rng(seed).permutation(places.size) % FOLDS
    found = np.empty(places.size)
    for each in range(FOLDS):
        model, rows = fitted(examples, places[fold != each], learner, seed)
        found[fold == each] = model.answer(rows.take(places[fold == each]))
    return found


def fitted(examples: Examples, places: Ints, learner: str, seed: int) -> tuple[Fitted, Rows]:
    signature = examples.signature(places)
    rows = rows_of(examples.table, examples.moments, signature)
    LEARNERS[learner].prepare()
    training = Training(
        task=examples.question.task,
        encoder=Encoder(signature),
        rows=rows.take(places),
        truth=examples.truth[places],
        seed=seed,
        threads=1,
        budget=Budget.of(600),
        settings=None,
        progress=lambda _: None,
    )
    return LEARNERS[learner].fit(training), rows


def read(examples: Examples, fresh: pa.Table, fitted: Ints) -> Rows:
    return rows_of(fresh, np.zeros(fresh.num_rows, dtype=np.int64), examples.signature(fitted))


def world(task: str, seed: int) -> tuple[Examples, pa.Table]:
    """Rows to learn from, and fresh ones of the same law."""
    chance = np.random.default_rng([seed, 0])
    table = pa.table(dict(_drawn(task, chance, ROWS + FRESH)))
    question = Question(task, "y", None, "UTC", COLUMNS)
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "rows.parquet"
        pq.write_table(table.slice(0, ROWS), file)
        examples = read_examples(file, question, seed=seed)
    return examples, table.slice(ROWS).select([each.name for each in COLUMNS])


def _drawn(task: str, chance: Chance, rows: int) -> Mapping[str, object]:
    """As much noise as signal."""
    numbers = chance.normal(size=(6, rows))
    level = chance.choice(["a", "b", "c", "d"], rows, p=[0.5, 0.3, 0.15, 0.05])
    signal = numbers[0] + np.sin(2 * numbers[1]) + numbers[2] * (numbers[3] > 0) + (level == "c")
    truth = signal + chance.normal(size=rows) * 1.5
    y = truth if task == REGRESSION else np.where(truth > 0, "yes", "no")
    return {**{f"x{place}": each for place, each in enumerate(numbers)}, "level": level, "y": y}
