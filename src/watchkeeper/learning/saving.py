"""Writing a fitted model, opening it as production will, and letting it answer its reference."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.learning.arrays import Numbers, Rows
from watchkeeper.learning.choosing import TOLERANCE, Chosen, choose
from watchkeeper.learning.examples import Examples
from watchkeeper.learning.intervals import Errors
from watchkeeper.learning.keeping import ERRORS, INPUT, MODEL, REFERENCE, digest, write_json
from watchkeeper.learning.learner import Fitted, Runtime
from watchkeeper.learning.learners import LEARNERS
from watchkeeper.learning.model import open_model
from watchkeeper.learning.probing import probes
from watchkeeper.learning.rechecking import Checked
from watchkeeper.learning.scoring import metrics_of
from watchkeeper.learning.signature import REGRESSION, Signature
from watchkeeper.learning.splitting import Split
from watchkeeper.tables.column import Kind

TOLD_APART = frozenset({Kind.CATEGORICAL, Kind.BOOLEAN, Kind.TEXT})


@dataclass(frozen=True)
class Fit:
    """A fitted model, its signature, and all rows as it reads them."""

    learner: str
    model: Fitted
    signature: Signature
    rows: Rows


def save(fit: Fit, place: Path, *, examples: Examples, split: Split) -> dict[str, Any]:
    """Write all of the model but its card into `place`; return what of it belongs on the card."""
    chosen = _kept(fit, place, examples.truth)
    answers, truth = chosen.runtime.answer(fit.rows.take(split.held)), examples.truth[split.held]
    _write_reference(place / REFERENCE, answers, truth, examples, split)
    errors = Errors.of(truth, answers) if fit.signature.task == REGRESSION else None
    if errors is not None:
        write_json(place / ERRORS, errors.to_json())
    return {
        **({"intervals": errors.told()} if errors is not None else {}),
        "reference": {"rows": truth.size, "metrics": metrics_of(truth, answers, task=fit.signature.task)},
        "runtime": chosen.to_json(),
        "digest": digest(place),
    }


def _kept(fit: Fit, place: Path, truth: Numbers) -> Chosen:
    """Write the model for the runtime that is chosen. Raise RuntimeDiffers where none can be."""
    learned = fit.model.save(place)
    rows = probes(fit.rows, fit.signature, fit.model.thresholds)

    def opened(runtime: str) -> Runtime:
        kept = {"learner": fit.learner, "signature": fit.signature.to_json(), "runtime": runtime, "learned": learned}
        write_json(place / MODEL, kept)
        return open_model(place).runtime

    expected = fit.model.answer(rows)
    tolerance = TOLERANCE * (float(truth.std()) if fit.signature.task == REGRESSION else 1.0)
    chosen = choose(LEARNERS[fit.learner].runtimes, opened, rows=rows, expected=expected, tolerance=tolerance)
    Checked.of(rows, expected, tolerance).save(place)
    return chosen


def _write_reference(file: Path, answers: Numbers, truth: Numbers, examples: Examples, split: Split) -> None:
    """With the inputs by whose values answers may be told apart."""
    columns: dict[str, pa.Array[Any] | pa.ChunkedArray[Any]] = {
        "prediction": pa.array(answers),
        "truth": pa.array(truth),
        "row": pa.array(examples.rows[split.held]),
    }
    for column in examples.question.inputs:
        if column.kind in TOLD_APART:
            columns[INPUT + column.name] = examples.table[column.name].take(split.held)
    if examples.at is not None:
        columns["at"] = pa.array(examples.at[split.held]).cast(pa.timestamp("us", "UTC"))
    pq.write_table(pa.table(columns), file)
