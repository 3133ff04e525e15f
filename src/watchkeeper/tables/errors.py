"""Why a file cannot become a table, or a column cannot be binned; each says what to do.

Refused
├── EmptyFile           nothing in it
├── NoRows              column names, and no row below them
├── RaggedRow           a row with more or fewer fields than there are columns
├── DuplicateColumns    two columns of one name
├── UnnamedColumn       a column without a name
├── TooManyColumns
├── NotText             bytes that are no UTF-8 text
├── NotOneFile          an archive with no file in it, or with several
├── BrokenArchive       a gzip or zip file that is damaged or cut short
├── BrokenParquet       the same of a Parquet file
├── UnsupportedColumn   a Parquet column that is no plain value a row
├── UnreadableTable     a CSV file that breaks in another way
├── NoBins              a column of a kind that is not counted
└── TooLarge
    └── TooLargeUnpacked
"""

from watchkeeper.errors import Refused, TooLarge


class EmptyFile(Refused):
    code = "empty-file"


class NoRows(Refused):
    code = "no-rows"


class RaggedRow(Refused):
    code = "ragged-row"


class DuplicateColumns(Refused):
    code = "duplicate-columns"


class UnnamedColumn(Refused):
    code = "unnamed-column"


class TooManyColumns(Refused):
    code = "too-many-columns"


class NotText(Refused):
    code = "not-text"


class NotOneFile(Refused):
    code = "not-one-file"


class BrokenArchive(Refused):
    code = "broken-archive"


class BrokenParquet(Refused):
    code = "broken-parquet"


class UnsupportedColumn(Refused):
    code = "unsupported-column"


class UnreadableTable(Refused):
    code = "unreadable-table"


class NoBins(Refused):
    code = "no-bins"


class TooLargeUnpacked(TooLarge):
    code = "too-large-unpacked"
