"""What is read of the journal for a training, while the worker replaces its files."""

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from watchkeeper.monitoring.errors import JournalRewritten
from watchkeeper.pipelines.steps import journal_rows
from watchkeeper.pipelines.steps.journal_rows import AGAIN, Sought, write_labelled
from watchkeeper.pipelines.steps.kind import Doing
from watchkeeper.pipelines.steps.log import Log

LIKE = pa.schema([("size", pa.float64()), ("price", pa.float64())])
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def file(path: Path, *ids: str) -> Path:
    columns = {
        "id": list(ids),
        "at": pa.array([AT] * len(ids), pa.timestamp("us", "UTC")),
        "duplicate": [False] * len(ids),
        "input.size": [1.0] * len(ids),
    }
    pq.write_table(pa.table(columns), path)
    return path


def sought(*files: Path, log: Log) -> Sought:
    return Sought(
        base=cast("Any", SimpleNamespace(id="s1")),
        like=LIKE,
        experiment=cast("Any", SimpleNamespace(target="price", time=None)),
        classes=None,
        ids=pa.array(["a", "b"]),
        values=pa.array([3.0, 4.0]),
        files=files,
        log=log,
    )


@pytest.fixture
def doing(tmp_path: Path) -> Doing:
    pq.write_table(LIKE.empty_table(), tmp_path / "table.parquet")
    tools = SimpleNamespace(look=nullcontext, places=SimpleNamespace(table=lambda _: tmp_path / "table.parquet"))
    found = SimpleNamespace(tools=tools, fields={}, moment=None, log=Log(), check=lambda: None)
    return cast("Doing", found)


def told(monkeypatch: pytest.MonkeyPatch, *manifests: Sought) -> None:
    """What the tables say at each look, the last of it for ever; what they say is tested with them."""
    said = list(manifests)
    monkeypatch.setattr(journal_rows, "deployment_of", lambda *_: None)
    monkeypatch.setattr(journal_rows, "_sought", lambda *_: said.pop(0) if len(said) > 1 else said[0])


def test_where_a_file_was_replaced_the_journal_is_read_again_from_a_fresh_manifest(
    doing: Doing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, merged = file(tmp_path / "1.parquet", "a"), file(tmp_path / "2.parquet", "a", "b", "unlabelled")
    told(monkeypatch, sought(first, tmp_path / "gone.parquet", log=doing.log), sought(merged, log=doing.log))
    assert write_labelled(doing, tmp_path / "rows.parquet") == 2
    assert pq.read_table(tmp_path / "rows.parquet")["price"].to_pylist() == [3.0, 4.0]
    assert doing.log.read()[0].count("it is read again") == 1


def test_where_that_happens_again_and_again_it_is_said(
    doing: Doing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(monkeypatch, sought(tmp_path / "gone.parquet", log=doing.log))
    with pytest.raises(JournalRewritten, match="Ask again"):
        write_labelled(doing, tmp_path / "rows.parquet")
    assert doing.log.read()[0].count("it is read again") == AGAIN
