"""Why two tables can't be compared; each says what to do.

Refused
├── NoTable           none of the things that are taken as tables
├── NoParquet         a path at which no Parquet file can be read
├── EmptyReference    nothing to compare with
├── NothingInCommon   no column that both have and that can be counted
├── ColumnTwice       two columns of one name
├── NoColumn          a column that was not compared
├── NoTimes           `at` is no column of both, or holds no times
├── BaselineRefused   none of the things that a table can be held against
└── AlphaRefused
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from watchkeeper.errors import Refused


class NoTable(Refused):
    """Neither a data frame, nor an Arrow table, nor a path."""

    code = "no-table"


class NoParquet(Refused):
    """A path at which there is no Parquet file that can be read."""

    code = "no-parquet"


class EmptyReference(Refused):
    """A reference without rows."""

    code = "empty-reference"


class NothingInCommon(Refused):
    """Two tables without a column that both have and that can be counted."""

    code = "nothing-in-common"


class ColumnTwice(Refused):
    """A table with two columns of one name."""

    code = "column-twice"


class NoColumn(Refused, KeyError):
    """A name that is none of the columns that were compared."""

    code = "no-column"

    def __str__(self) -> str:
        return self.message


class NoTimes(Refused):
    """What should tell when rows happened is no column of both tables, or holds no times."""

    code = "no-times"


class BaselineRefused(Refused):
    """A baseline that there is none of, or one of a season without times."""

    code = "baseline-refused"


class AlphaRefused(Refused):
    """A chance of false alarms that is none."""

    code = "alpha-refused"


def no_column(name: str, compared: Iterable[str], left_out: Mapping[str, str]) -> NoColumn:
    """With the reason why it was left out, or the names that are nearest."""
    if name in left_out:
        return NoColumn(f"'{name}' was not compared: {left_out[name]}.", fields=(name,))
    columns = list(compared)
    near = get_close_matches(name, columns, n=3) or columns[:3]
    known = ", ".join(f"'{each}'" for each in near)
    return NoColumn(
        f"There is no column '{name}' in the comparison. Give one of its names, as {known}.", fields=(name,)
    )
