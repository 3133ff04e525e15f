from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchkeeper.datasets.dataset import Dataset, State
from watchkeeper.datasets.importing import import_dataset
from watchkeeper.tables.column import Kind


@dataclass
class MemoryDatasets:
    """A memory twin. `at_progress` is called whenever progress is told, for what happens meanwhile."""

    known: dict[str, Dataset]
    told: list[float] = field(default_factory=list)
    at_progress: Callable[[], object] = bool

    def add(self, dataset: Dataset) -> None:
        self.known[dataset.id] = dataset

    def get(self, dataset: str) -> Dataset | None:
        return self.known.get(dataset)

    def named(self, name: str, *, project: str) -> Dataset | None:
        return next((each for each in self.known.values() if (each.name, each.project) == (name, project)), None)

    def page(self, project: str, *, after: str | None, limit: int) -> list[Dataset]:  # noqa: ARG002
        return [each for each in self.known.values() if each.project == project][:limit]

    def replace(self, dataset: Dataset) -> None:
        if dataset.id in self.known:
            self.known[dataset.id] = dataset

    def progress(self, dataset: str, progress: float) -> None:  # noqa: ARG002
        self.told.append(progress)
        self.at_progress()

    def remove(self, dataset: str) -> None:
        del self.known[dataset]

    def used_by(self, dataset: str) -> int:  # noqa: ARG002
        return 0


@dataclass
class World:
    root: Path
    datasets: MemoryDatasets

    def incoming(self, dataset: str) -> Path:
        return self.root / "incoming" / dataset

    def table(self, dataset: str) -> Path:
        return self.root / "tables" / f"{dataset}.parquet"

    @contextmanager
    def unit(self) -> Iterator["World"]:
        yield self

    def run(self) -> Dataset | None:
        import_dataset("d1", unit=self.unit, places=self)
        return self.datasets.get("d1")

    def files(self) -> list[str]:
        return sorted(path.name for path in self.root.rglob("*") if path.is_file())


@pytest.fixture
def world(tmp_path: Path) -> World:
    dataset = Dataset(
        id="d1",
        project="p1",
        name="demand",
        file_name="demand.csv",
        state=State.IMPORTING,
        created=datetime(2024, 1, 1, tzinfo=UTC),
        created_by="ann",
        bytes=99,
    )
    (tmp_path / "incoming").mkdir()
    (tmp_path / "incoming" / "d1").write_text("load,town\n1.5,Metz\n2.5,Lyon\n")
    return World(tmp_path, MemoryDatasets({"d1": dataset}))


def test_an_import_keeps_the_table_its_size_and_what_is_known_of_it(world: World) -> None:
    done = world.run()
    assert done is not None
    assert (done.state, done.rows, done.progress, done.error) == (State.READY, 2, 1.0, None)
    assert done.bytes == world.table("d1").stat().st_size
    assert [column.kind for column in done.schema.columns] == [Kind.NUMERIC, Kind.CATEGORICAL]
    assert [column["name"] for column in done.summary] == ["load", "town"]
    assert world.files() == ["d1.parquet"]


def test_a_refused_file_leaves_its_error_and_nothing_else(world: World) -> None:
    world.incoming("d1").write_text("load,town\n1.5\n")
    done = world.run()
    assert done is not None
    assert done.state is State.FAILED
    assert done.error is not None
    assert done.error["code"] == "ragged-row"
    assert "Line 2" in done.error["message"]
    assert world.files() == []


def test_an_import_that_is_done_is_left_alone(world: World) -> None:
    done = world.run()
    world.incoming("d1").write_text("left by a crash")
    assert world.run() == done
    assert world.files() == ["d1.parquet"]


def test_an_import_that_was_killed_begins_anew(world: World) -> None:
    world.table("d1").parent.mkdir()
    world.table("d1").with_suffix(".partial").write_text("half a table")
    done = world.run()
    assert done is not None
    assert done.state is State.READY
    assert world.files() == ["d1.parquet"]


def test_a_place_that_cannot_be_written_fails_the_import_and_says_so(world: World) -> None:
    (world.root / "tables").write_text("a file where the folder should be")
    done = world.run()
    assert done is not None
    assert done.state is State.FAILED
    assert done.error is not None
    assert "could not be kept" in done.error["message"]


def test_a_dataset_that_is_removed_meanwhile_leaves_no_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is told without a pause, or so short an import would tell none."""
    monkeypatch.setattr("watchkeeper.tables.pacing.APART", 0.0)
    world.datasets.at_progress = world.datasets.known.clear
    assert world.run() is None
    assert world.datasets.told
    assert world.files() == []


def test_a_failed_import_is_not_run_again(world: World) -> None:
    failed = replace(world.datasets.known["d1"], state=State.FAILED, error={"code": "x", "message": "y", "fields": []})
    world.datasets.add(failed)
    assert world.run() == failed
    assert world.files() == []
