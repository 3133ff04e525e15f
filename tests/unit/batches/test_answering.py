"""A table through the models, chunk by chunk: what is kept, what is recorded, and where it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.learning.conftest import Workshop, signal, two_classes
from watchkeeper.batches.answering import answer_chunks
from watchkeeper.batches.batch import ChunkReport, merged
from watchkeeper.batches.chunks import chunk_file
from watchkeeper.batches.errors import ResultsNotKept
from watchkeeper.batches.keeping import keep_table
from watchkeeper.batches.task import Task
from watchkeeper.jobs.apart import work_apart
from watchkeeper.learning.errors import ModelBroken
from watchkeeper.learning.model import load_model
from watchkeeper.serving.deployment import TypePolicy
from watchkeeper.serving.frames import Frame

ROWS, CHUNK = 600, 250


@dataclass
class Kept:
    """A record that remembers."""

    frames: list[Frame] = field(default_factory=list)
    synced: int = 0

    def append(self, frame: Frame) -> None:
        self.frames.append(frame)

    def extend(self, frames: Sequence[Frame]) -> None:
        self.frames.extend(frames)

    def sync(self) -> None:
        self.synced = len(self.frames)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """600 rows for a model that was fitted on them, its twin as challenger."""
    shop = Workshop(tmp_path)
    shop.fit(signal(ROWS), "linear")
    return Task(
        batch="b1",
        deployment="d1",
        release=3,
        champion="m1",
        challenger="m2",
        models={"m1": str(shop.model), "m2": str(shop.model)},
        type_policy=TypePolicy.BEST_EFFORT,
        threshold=0.5,
        chunk_rows=CHUNK,
        first=0,
        asked=1_600_000_000_000_000,
        table=str(tmp_path / "table.parquet"),
        results=str(tmp_path / "results"),
    )


def kept(task: Task) -> pa.Table:
    return pa.concat_tables([pq.read_table(path) for path in sorted(Path(task.results).glob("*.parquet"))])


def test_each_row_has_the_answer_that_a_call_would_have_had(task: Task) -> None:
    reports = list(answer_chunks(task, record=None))
    assert [(each.number, each.answered, each.refused) for each in reports] == [(0, 250, 0), (1, 250, 0), (2, 100, 0)]
    table, model = pq.read_table(task.table), load_model(task.model("m1"))
    columns = {each.name: table[each.name].to_pylist() for each in model.signature.inputs}
    found = kept(task)
    assert found["prediction"].to_pylist() == model.answer(columns, [task.asked] * ROWS).outputs
    assert found["challenger_prediction"].to_pylist() == found["prediction"].to_pylist()
    assert found["prediction_id"].to_pylist() == [f"b1-{row}" for row in range(ROWS)]


def test_classes_come_with_their_probability(task: Task, tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    _, model = shop.fit(two_classes(), "linear", task="binary")
    record = Kept()
    list(answer_chunks(replace(task, challenger=None, threshold=0.8), record=record))
    found, model = kept(task), model.deciding_at(0.8)
    answers = model.answer({"x": pq.read_table(task.table)["x"].to_pylist()}, [task.asked] * ROWS)
    assert found["prediction"].to_pylist() == answers.values
    assert found["probability"].to_pylist() == answers.outputs
    assert [value for frame in record.frames for value in frame.values or ()] == answers.values
    assert "challenger_prediction" not in found.column_names


def test_it_goes_on_at_the_chunk_that_is_named(task: Task) -> None:
    assert [each.number for each in answer_chunks(replace(task, first=2), record=None)] == [2]
    assert kept(task)["prediction_id"].to_pylist() == [f"b1-{row}" for row in range(500, 600)]


def test_predictions_are_recorded_and_on_the_disk_before_a_chunk_is_told_of(task: Task) -> None:
    record = Kept()
    for report in answer_chunks(task, record=record):
        assert record.synced == len(record.frames) == 2 * (report.number + 1)
        assert chunk_file(Path(task.results), report.number).is_file()
    champion, challenger = record.frames[2:4]
    assert (champion.role, champion.owes, champion.batch) == ("champion", "m2", "b1")
    assert (challenger.role, challenger.call, challenger.ids) == ("challenger", champion.call, champion.ids)
    assert champion.ids[0] == "b1-250"
    assert champion.outputs == kept(task)["prediction"].to_pylist()[250:500]
    assert champion.inputs["x"] == pq.read_table(task.table)["x"].to_pylist()[250:500]


def test_a_chunk_that_is_answered_again_is_recorded_by_the_same_name(task: Task) -> None:
    first, again = Kept(), Kept()
    list(answer_chunks(task, record=first))
    list(answer_chunks(replace(task, first=1), record=again))
    assert [each.call for each in again.frames] == [each.call for each in first.frames[2:]]
    assert [each.ids for each in again.frames] == [each.ids for each in first.frames[2:]]


def spoiled(task: Task, **columns: Any) -> None:
    """Columns of the table replaced; None for one that is taken out."""
    table = pq.read_table(task.table)
    for name, values in columns.items():
        table = table.drop_columns([name])
        if values is not None:
            table = table.append_column(name, pa.array(values))
    pq.write_table(table, task.table)


def test_what_breaks_the_signature_is_answered_and_said(task: Task) -> None:
    spoiled(task, flag=None, level=["z"] + ["a"] * (ROWS - 1))
    violations = merged([], [each for report in answer_chunks(task, record=None) for each in report.violations])
    assert [each for each in violations if each["column"] != "x"] == [
        {"column": "flag", "violation": "missing-column", "rows": ROWS, "row": 0, "example": ""},
        {"column": "level", "violation": "new-level", "rows": 1, "row": 0, "example": "z"},
    ]
    found = kept(task)
    assert found["prediction"].null_count == 0
    assert found["violations"].to_pylist()[:2] == ["flag: missing-column; level: new-level", "flag: missing-column"]


def test_a_strict_policy_leaves_the_rows_it_refuses_without_an_answer_and_unrecorded(task: Task) -> None:
    spoiled(task, noise=["a lot" if row == 300 else str(row / 100) for row in range(ROWS)])
    record = Kept()
    reports = list(answer_chunks(replace(task, type_policy=TypePolicy.STRICT), record=record))
    assert [(each.answered, each.refused) for each in reports] == [(0, 250), (0, 250), (0, 100)]
    assert record.frames == []
    assert kept(task)["prediction"].null_count == ROWS


def test_a_strict_policy_answers_the_rows_beside_a_refused_one(task: Task) -> None:
    noise = pq.read_table(task.table)["noise"].to_pylist()
    noise[251] = None
    spoiled(task, noise=noise)
    record = Kept()
    reports = list(answer_chunks(replace(task, type_policy=TypePolicy.STRICT), record=record))
    assert [(each.answered, each.refused) for each in reports] == [(250, 0), (249, 1), (100, 0)]
    assert record.frames[2].ids[:2] == ["b1-250", "b1-252"]
    found = kept(task)
    assert [row for row, each in enumerate(found["prediction"].to_pylist()) if each is None] == [251]
    assert found["violations"].to_pylist()[251] == "noise: missing-value"


def test_a_challenger_that_cannot_be_loaded_leaves_the_champion_to_answer(task: Task, tmp_path: Path) -> None:
    record = Kept()
    broken = replace(task, models={**task.models, "m2": str(tmp_path / "gone")})
    reports = list(answer_chunks(broken, record=record))
    assert "damaged" in reports[0].challenger_error
    assert kept(task)["prediction"].null_count == 0
    assert {(each.role, each.owes) for each in record.frames} == {("champion", None)}


def test_a_champion_that_cannot_be_loaded_is_named(task: Task, tmp_path: Path) -> None:
    with pytest.raises(ModelBroken, match="damaged"):
        list(answer_chunks(replace(task, models={"m1": str(tmp_path / "gone")}, challenger=None), record=None))


def test_a_disk_that_takes_nothing_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file where the directory should be")
    with pytest.raises(ResultsNotKept, match="Make room"):
        keep_table(pa.table({"prediction": [1.0]}), tmp_path / "results" / "00000000.parquet")


def test_a_batch_stops_before_a_chunk_for_which_there_is_no_room_and_goes_on_there(task: Task) -> None:
    said = iter([None, "The disk is full: 1.0 MB of 2.0 GB left."])
    record, reports = Kept(), list[ChunkReport]()
    with pytest.raises(ResultsNotKept, match=r"1\.0 MB of 2\.0 GB left\. Make room .* resume the batch"):
        reports.extend(answer_chunks(task, record=record, full=lambda: next(said)))
    assert {frame.call for frame in record.frames} == {"b1.0.0"}
    assert kept(task).num_rows == CHUNK
    rest = list(answer_chunks(replace(task, first=1), record=record))
    assert [each.number for each in rest] == [1, 2]
    assert kept(task).num_rows == ROWS


def test_its_process_leaves_the_last_room_of_the_disk(task: Task, tmp_path: Path) -> None:
    asked = {"task": task.to_json(), "journal": True, "data_dir": str(tmp_path), "disk_low": str(10**18)}
    ended = work_apart("watchkeeper.server.batching", asked, heard=lambda _: None, stopped=lambda: False)
    assert ended.last["error"]["code"] == "results-not-kept"
    assert not Path(task.results).exists()
    assert not list(tmp_path.rglob("*.seg"))


def test_a_task_travels_as_json(task: Task) -> None:
    assert Task.from_json(task.to_json()) == task


def test_reports_add_up() -> None:
    one = {"column": "x", "violation": "new-level", "rows": 2, "row": 5, "example": "z"}
    report = ChunkReport(number=1, answered=3, refused=0, violations=[{**one, "row": 9, "example": "q"}])
    assert merged([one], report.violations) == [{**one, "rows": 4}]
    assert merged([one], [{**one, "column": "y"}], most=1) == [one]
