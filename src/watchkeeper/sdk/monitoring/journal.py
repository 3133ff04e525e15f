"""The journal: every prediction of a role."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watchkeeper.sdk.errors import MissingExtra
from watchkeeper.sdk.monitoring.asking import Asked

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True)
class Journal:
    """The predictions of a role whose event time lies from `start` up to before `end`.

    Nothing is fetched before one of its methods is called; each call asks the server anew.
    """

    asked: Asked

    def save(self, path: str | PathLike[str]) -> Path:
        """Write all of them to a Parquet file."""
        target = Path(path)
        params = {**self.asked.params, "format": "parquet"}
        self.asked.caller.fetch(f"/deployments/{self.asked.deployment}/journal", target, params)
        return target

    def to_arrow(self) -> "pa.Table":
        """All of them as an Arrow table (needs `pip install pyarrow`)."""
        try:
            import pyarrow.parquet as pq
        except ImportError:
            raise MissingExtra("An Arrow table needs pyarrow: `pip install pyarrow`.") from None
        with tempfile.TemporaryDirectory() as directory:
            return pq.read_table(self.save(Path(directory) / "journal.parquet"), memory_map=False)

    def to_pandas(self) -> "pd.DataFrame":
        """All of them as a pandas data frame (needs `pip install pandas pyarrow`)."""
        try:
            import pandas  # noqa: ICN001, F401
        except ImportError:
            raise MissingExtra("A data frame needs pandas: `pip install pandas`.") from None
        return self.to_arrow().to_pandas()

    def first(self, rows: int = 100) -> Sequence[Mapping[str, Any]]:
        """The first of them, as plain mappings."""
        params = {**self.asked.params, "format": "json", "limit": rows}
        said = self.asked.caller.get(f"/deployments/{self.asked.deployment}/journal", params)
        return list(said["items"])

    def _repr_html_(self) -> str:
        from watchkeeper.sdk.showing import html_table

        return html_table(self.first(20))
