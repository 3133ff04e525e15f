"""Which kind a column of text is, by all of its values and never by their order."""

import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.tables.column import Kind
from watchkeeper.tables.kinds import is_called_like_an_id
from watchkeeper.tables.reading.parsing import READERS
from watchkeeper.tables.reading.source import Values
from watchkeeper.tables.tallying import Tally

CODE = r"^0([0-9]{2,}|[xX].*)$"
"""Digits that are no number: a postal code, a telephone number, a hash. Two of them may be a month or an hour."""
WHOLE = r"^[+-]?[0-9]+$"


class Evidence:
    """What the values of one column have allowed so far: give them to `look` block by block, then ask for `kind`."""

    def __init__(self, name: str) -> None:
        self._possible = list(READERS)
        self._seen = False
        self._whole = True
        self._ids = Tally() if is_called_like_an_id(name) else None

    def look(self, text: Values) -> None:
        text = text.drop_null()
        if not len(text) or not self._possible:
            return
        self._seen = True
        self._possible = [] if self._is_code(text) else self._still_possible(text)
        if Kind.INTEGER not in self._possible:
            self._whole = self._whole and _all_digits(text)
        elif self._ids is not None:
            self._ids.add(text)

    def kind(self) -> Kind:
        """Whole numbers that int64 cannot hold stay text, since float64 would lose their last digits."""
        if not self._seen:
            return Kind.NUMERIC
        kind = self._possible[0] if self._possible else Kind.TEXT
        too_large = kind is Kind.NUMERIC and self._whole
        is_id = kind is Kind.INTEGER and self._ids is not None and self._ids.all_distinct
        return Kind.TEXT if too_large or is_id else kind

    def _still_possible(self, text: Values) -> list[Kind]:
        """Whole numbers are numbers too, and neither moments nor truth values: no need to try."""
        if Kind.INTEGER in self._possible and _readable(text, Kind.INTEGER):
            return [kind for kind in self._possible if kind in {Kind.INTEGER, Kind.NUMERIC}]
        return [kind for kind in self._possible if kind is not Kind.INTEGER and _readable(text, kind)]

    def _is_code(self, text: Values) -> bool:
        if Kind.NUMERIC not in self._possible:
            return False
        zeros = text.filter(
            pc.and_(pc.starts_with(text, "0"), pc.greater(pc.call_function("binary_length", [text]), pa.scalar(2)))
        )
        return bool(pc.any(pc.match_substring_regex(zeros, CODE)).as_py())


def _readable(text: Values, kind: Kind) -> bool:
    try:
        READERS[kind](text)
    except pa.ArrowInvalid:
        return False
    return True


def _all_digits(text: Values) -> bool:
    return bool(pc.all(pc.match_substring_regex(pc.utf8_trim_whitespace(text), WHOLE)).as_py())
