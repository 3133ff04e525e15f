from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from watchkeeper.tables.importing import Imported, import_table

Bring: TypeAlias = Callable[..., Imported]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where `bring` keeps the table."""
    return tmp_path / "kept" / "table.parquet"


@pytest.fixture
def bring(tmp_path: Path, kept: Path) -> Bring:
    """Import a file of this content."""
    kept.parent.mkdir()

    def bring(content: str | bytes, *, name: str = "data.csv") -> Imported:
        source = tmp_path / "sent"
        source.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_table(source, kept, name=name, progress=lambda _: None)

    return bring
