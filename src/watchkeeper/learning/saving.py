"""Writing a fitted model, opening it as production will, and letting it answer its reference."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.learning.arrays import Numbers, Rows
from watchkeeper.learning.errors import RuntimeDiffers
from watchkeeper.learning.examples import Examples
from watchkeeper.learning.keeping import MODEL, REFERENCE, digest, write_json
from watchkeeper.learning.learner import Fitted, Runtime
from watchkeeper.learning.model import open_model
from watchkeeper.learning.scoring import metrics_of
from watchkeeper.learning.signature import REGRESSION, Signature
from watchkeeper.learning.splitting import Split

MOST_CHECKED = 10_000
TOLERANCE = 1e-4
"""By how much the saved model may answer otherwise than the fitted one, in spreads of the target (1 for a
probability)."""


@dataclass(frozen=True)
class Fit:
    """A fitted model, its signature, and all rows as it reads them."""

    learner: str
    model: Fitted
    signature: Signature
    rows: Rows


def save(fit: Fit, place: Path, *, examples: Examples, split: Split) -> dict[str, Any]:
    """Write all of the model but its card into `place`; return what of it belongs on the card."""
    learned = fit.model.save(place)
    write_json(place / MODEL, {"learner": fit.learner, "signature": fit.signature.to_json(), "learned": learned})
    runtime = open_model(place).runtime
    difference = largest_difference(fit, runtime, examples.truth)
    answers, truth = runtime.answer(fit.rows.take(split.held)), examples.truth[split.held]
    _write_reference(place / REFERENCE, answers, truth, examples, split)
    return {
        "reference": {"rows": truth.size, "metrics": metrics_of(truth, answers, task=fit.signature.task)},
        "runtime": {"name": runtime.name, "largest_difference": difference},
        "digest": digest(place),
    }


def largest_difference(fit: Fit, runtime: Runtime, truth: Numbers) -> float:
    """Between the answers of the fitted and of the saved model, in the target's unit; RuntimeDiffers beyond
    TOLERANCE."""
    count = len(fit.rows)
    rows = fit.rows.take(np.linspace(0, count - 1, min(count, MOST_CHECKED)).astype(np.int64))
    difference = float(np.abs(runtime.answer(rows) - fit.model.answer(rows)).max())
    spread = float(truth.std()) if fit.signature.task == REGRESSION else 1.0
    if not difference <= TOLERANCE * spread:
        raise RuntimeDiffers(
            f"Saved for {runtime.name}, the model answers otherwise than it was fitted, by up to {difference:.3g}; "
            "use another learner for this table."
        )
    return difference


def _write_reference(file: Path, answers: Numbers, truth: Numbers, examples: Examples, split: Split) -> None:
    columns: dict[str, pa.Array[Any]] = {"prediction": pa.array(answers), "truth": pa.array(truth)}
    if examples.at is not None:
        columns["at"] = pa.array(examples.at[split.held]).cast(pa.timestamp("us", "UTC"))
    pq.write_table(pa.table(columns), file)
