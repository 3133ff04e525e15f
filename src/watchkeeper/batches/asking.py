"""Champion and challenger, asked a chunk's rows."""

import logging
import time
from dataclasses import dataclass

from watchkeeper.batches.coercing import Coerced
from watchkeeper.batches.errors import ChampionFailed
from watchkeeper.batches.task import Task
from watchkeeper.learning.arrays import Numbers, Rows
from watchkeeper.learning.model import LoadedModel, load_model

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Said:
    """What a model answered, and how long it took; or why it did not."""

    model: LoadedModel | None
    outputs: Numbers | None = None
    milliseconds: float = 0.0
    error: str = ""


def load_challenger(task: Task) -> Said | None:
    """None where there is none. That it can't be loaded keeps nobody from the champion's answers."""
    if task.challenger is None:
        return None
    try:
        return Said(load_model(task.model(task.challenger)).deciding_at(task.threshold))
    except Exception as failure:
        log.exception("the challenger of batch %s can't be loaded", task.batch)
        return Said(None, error=f"The challenger could not be loaded: {failure}")


def ask_champion(model: LoadedModel, rows: Rows) -> Said:
    begun = time.perf_counter()
    try:
        outputs = model.runtime.answer(rows)
    except Exception as failure:
        raise ChampionFailed(
            f"The champion failed on these rows ({type(failure).__name__}: {failure}). Look at its health, make "
            "another release, and ask again."
        ) from failure
    return Said(model, outputs, (time.perf_counter() - begun) * 1000)


def ask_challenger(loaded: Said | None, champion: LoadedModel, coerced: Coerced, rows: Rows) -> Said | None:
    """On what the champion saw, as for calls."""
    if loaded is None or loaded.model is None:
        return loaded
    begun = time.perf_counter()
    try:
        outputs = loaded.model.runtime.answer(_seen_by(loaded.model, champion, coerced, rows))
    except Exception as failure:  # noqa: BLE001  (a stranger's model; its failure is said)
        return Said(loaded.model, error=f"The challenger failed: {type(failure).__name__}: {failure}")
    return Said(loaded.model, outputs, (time.perf_counter() - begun) * 1000)


def _seen_by(challenger: LoadedModel, champion: LoadedModel, coerced: Coerced, rows: Rows) -> Rows:
    if challenger.signature.inputs == champion.signature.inputs:
        return rows
    told = {name: values.journalled(coerced.kept) for name, values in coerced.columns.items()}
    return challenger.encoder.journal(told, coerced.at[coerced.kept].tolist())
