"""Why two tables can't be compared; each says what to do.

Refused
├── NoTable           none of the things that are taken as tables
├── NoParquet         a path at which no Parquet file can be read
├── EmptyReference    nothing to compare with
├── NothingInCommon   no column that both have and that can be counted
├── ColumnTwice       two columns of one name
├── NoTimes           `at` is no column of both, or holds no times
├── BaselineRefused   none of the things that a table can be held against
└── AlphaRefused
"""

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


class NoTimes(Refused):
    """What should tell when rows happened is no column of both tables, or holds no times."""

    code = "no-times"


class BaselineRefused(Refused):
    """A baseline that there is none of, or one of a season without times."""

    code = "baseline-refused"


class AlphaRefused(Refused):
    """A chance of false alarms that is none."""

    code = "alpha-refused"
