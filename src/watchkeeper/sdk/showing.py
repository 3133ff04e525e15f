"""Results that show themselves: as a table in a terminal and in a notebook, as a data frame, as an Arrow table."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

from watchkeeper.sdk.errors import MissingExtra

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from rich.console import RenderableType
    from rich.table import Table

Record = Mapping[str, Any]
NOTHING = "–"
WIDTH = 120


class Tabular(ABC):
    """Something with rows. `print()` it, leave it at the end of a notebook's cell, or take it as a data frame."""

    @abstractmethod
    def records(self) -> Sequence[Record]:
        """The rows as plain mappings, in order."""

    def as_read(self) -> Sequence[Record]:
        """What a person reads of the rows: all of them, unless that is more than a page is wide."""
        return self.records()

    def to_pandas(self) -> "pd.DataFrame":
        """The rows as a pandas data frame (needs `pip install pandas`)."""
        try:
            import pandas as pd
        except ImportError:
            raise MissingExtra("A data frame needs pandas: `pip install pandas`.") from None
        return pd.DataFrame(self.records())

    def to_arrow(self) -> "pa.Table":
        """The rows as an Arrow table (needs `pip install pyarrow`)."""
        try:
            import pyarrow as pa
        except ImportError:
            raise MissingExtra("An Arrow table needs pyarrow: `pip install pyarrow`.") from None
        return pa.Table.from_pylist([dict(record) for record in self.records()])

    def _repr_html_(self) -> str:
        return html_table(self.as_read())

    def __rich__(self) -> "RenderableType":
        return rich_table(self.as_read())

    def __repr__(self) -> str:
        return as_text(self.__rich__())


def rich_table(records: Sequence[Record], *, columns: Sequence[str] | None = None) -> "Table":
    """Numbers to the right, everything else to the left, nothing taken for markup."""
    from rich.table import Table
    from rich.text import Text

    table = Table(show_edge=False, pad_edge=False)
    names = list(columns) if columns is not None else _columns(records)
    for name in names:
        table.add_column(Text(name), justify="right" if _numeric(records, name) else "left", overflow="fold")
    for record in records:
        table.add_row(*(Text(shown(record.get(name))) for name in names))
    return table


def html_table(records: Sequence[Record]) -> str:
    names = _columns(records)
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(shown(record.get(name)))}</td>" for name in names) + "</tr>"
        for record in records
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def as_text(renderable: Any) -> str:
    from rich.console import Console

    page = StringIO()
    Console(file=page, width=WIDTH, color_system=None, highlight=False).print(renderable)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines())


def shown(value: object) -> str:
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case _:
            return str(value)


def _columns(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(name for record in records for name in record))


def _numeric(records: Sequence[Record], name: str) -> bool:
    values = [value for record in records if (value := record.get(name)) is not None]
    return bool(values) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
