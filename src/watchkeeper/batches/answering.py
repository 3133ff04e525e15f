"""A batch's chunks through its models, one in memory at a time: predictions recorded, answers kept as files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.batches.asking import Said, ask_challenger, ask_champion, load_challenger
from watchkeeper.batches.batch import ChunkReport
from watchkeeper.batches.chunks import Chunk, chunk_file, chunks_of, read_chunks
from watchkeeper.batches.coercing import coerce, columns_of, counted
from watchkeeper.batches.columns import rows_of
from watchkeeper.batches.errors import ResultsNotKept
from watchkeeper.batches.keeping import answers_table, keep_table
from watchkeeper.batches.naming import ids_of
from watchkeeper.batches.recording import frames_of
from watchkeeper.batches.task import Task
from watchkeeper.learning.model import LoadedModel, load_model
from watchkeeper.serving.ports import Record


@dataclass(frozen=True)
class Answerer:
    """`record` is where predictions are journalled, None where they are not."""

    task: Task
    champion: LoadedModel
    challenger: Said | None
    record: Record | None

    def answer(self, chunk: Chunk, table: pa.Table) -> ChunkReport:
        """Return when its predictions are recorded and its answers kept, both on the disk."""
        signature = self.champion.signature
        coerced = coerce(table, signature, self.task.type_policy, now=self.task.asked)
        rows = rows_of(coerced.columns, coerced.at)
        if coerced.refused:
            rows = rows.take(coerced.kept)
        said = ask_champion(self.champion, rows)
        beside = ask_challenger(self.challenger, self.champion, coerced, rows)
        ids = ids_of(self.task.batch, chunk.first + np.arange(chunk.rows))
        if self.record is not None:
            for frames in frames_of(self.task, chunk, ids, coerced, said, beside):
                self.record.extend(frames)
            self.record.sync()
        answers = answers_table(ids, coerced, said, beside, self.champion)
        keep_table(answers, chunk_file(Path(self.task.results), chunk.number))
        return ChunkReport(
            number=chunk.number,
            answered=len(rows),
            refused=coerced.refused,
            violations=counted(coerced.faults, first=chunk.first),
            challenger_error=beside.error if beside is not None else "",
        )


def not_watched() -> str | None:
    """Where no disk is watched."""
    return None


def answer_chunks(
    task: Task, *, record: Record | None, full: Callable[[], str | None] = not_watched
) -> Iterator[ChunkReport]:
    """What is left of the batch. `full` says in a sentence that nothing more is to be written; None while there is
    room.

    Raise ModelBroken where the champion can't be loaded, ChampionFailed where it can't answer, JournalFull and
    ResultsNotKept where the disk is full."""
    champion = load_model(task.model(task.champion)).deciding_at(task.threshold)
    answerer = Answerer(task, champion, load_challenger(task), record)
    with pq.ParquetFile(task.table) as file:
        columns = columns_of(champion.signature, file.schema_arrow.names)
        chunks = chunks_of(file, chunk_rows=task.chunk_rows)[task.first :]
        for chunk, table in read_chunks(file, chunks, columns=columns):
            if (said := full()) is not None:
                raise ResultsNotKept(f"{said} Make room on the disk, then resume the batch.")
            yield answerer.answer(chunk, table)
