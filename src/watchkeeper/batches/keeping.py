"""A chunk's answers as a Parquet file, named by the chunk: whole and on the disk, or not there."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.batches.asking import Said
from watchkeeper.batches.coercing import Coerced, spelled
from watchkeeper.batches.errors import ResultsNotKept
from watchkeeper.learning.arrays import Ints
from watchkeeper.learning.model import LoadedModel
from watchkeeper.syncing import make_directory, sync_path

ID, PREDICTION, PROBABILITY, VIOLATIONS = "prediction_id", "prediction", "probability", "violations"
BESIDE = "challenger_"
REPEATING: Any = [VIOLATIONS, PREDICTION, BESIDE + PREDICTION]
"""Columns of few values; ids are all different, and a dictionary of them costs more than it saves."""


def answers_table(
    ids: list[str], coerced: Coerced, champion: Said, challenger: Said | None, model: LoadedModel
) -> pa.Table:
    """A row for each of the chunk's; a refused one has no answer."""
    columns: dict[str, pa.Array[Any]] = {ID: pa.array(ids, pa.string())}
    count = len(ids)
    for said, prefix in ((champion, ""), (challenger, BESIDE)):
        if said is not None:
            outputs = _outputs(said, coerced.kept, count)
            columns |= {prefix + name: column for name, column in _answers(outputs, model).items()}
    return pa.table({**columns, VIOLATIONS: spelled(coerced.faults, count)})


def keep_table(table: pa.Table, path: Path) -> None:
    """Raise ResultsNotKept where the disk does not take it; nothing stays then."""
    partial = path.with_suffix(f".{os.getpid()}")
    try:
        make_directory(path.parent)
        with pq.ParquetWriter(partial, table.schema, compression="zstd", use_dictionary=REPEATING) as writer:
            writer.write_table(table)
        sync_path(partial)
        partial.replace(path)
        sync_path(path.parent)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise ResultsNotKept(
            f"The answers could not be kept ({error.strerror or error}). Make room on the disk, then resume the batch."
        ) from error


def _outputs(said: Said, kept: Ints, count: int) -> "pa.Array[Any]":
    if said.outputs is None:
        return pa.nulls(count, pa.float64())
    if kept.size == count:
        return pa.array(said.outputs)
    found, missing = np.zeros(count), np.ones(count, dtype=np.bool_)
    found[kept], missing[kept] = said.outputs, False
    return pa.array(found, mask=missing)


def _answers(outputs: "pa.Array[Any]", model: LoadedModel) -> dict[str, "pa.Array[Any]"]:
    if model.signature.labels is None:
        return {PREDICTION: outputs}
    negative, positive = model.signature.labels
    return {
        PREDICTION: pc.if_else(pc.greater_equal(outputs, pa.scalar(model.threshold)), positive, negative),
        PROBABILITY: outputs,
    }
