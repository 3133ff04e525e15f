"""What could not be read of a window's rows by the signature of the model: columns that are absent, others that came,
numbers that came as text."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from watchkeeper.monitoring.integrity.worded import Worded, is_number
from watchkeeper.tables import violation as words
from watchkeeper.tables.column import Kind

NUMBERS = frozenset({Kind.NUMERIC, Kind.INTEGER})
NO_TEXT = ("True", "False", "[", "{")
"""How what is no number and no text either begins."""


@dataclass(frozen=True)
class Unread:
    """Attributes:
    absent: of a column, the share of the rows that came without it.
    strange: columns that came instead, in the rows that lack one, and that nobody knew before.
    worded: those whose numbers came as text.
    """

    absent: Mapping[str, float]
    strange: tuple[str, ...]
    worded: tuple[Worded, ...]

    @classmethod
    def of(cls, violations: Sequence[str | None], kinds: Mapping[str, Kind], *, known: Collection[str] = ()) -> Self:
        """From what each row is said to have broken, as the journal has it: JSON, or None.

        Args:
            violations: a text a row.
            kinds: the columns to look at.
            known: other columns that came before already.
        """
        absent: Counter[str] = Counter()
        strange: set[str] = set()
        texts: dict[str, list[str]] = defaultdict(list)
        for told in violations:
            said: list[dict[str, Any]] = json.loads(told) if told else []
            gone = [each["column"] for each in said if each["violation"] == words.MISSING_COLUMN]
            absent.update(name for name in gone if name in kinds)
            if gone:
                strange.update(each["column"] for each in said if each["violation"] == words.EXTRA_COLUMN)
            for each in said:
                if _came_as_text(each, kinds):
                    texts[each["column"]].append(each["value"])
        rows = max(len(violations), 1)
        return cls(
            absent={name: count / rows for name, count in absent.items()},
            strange=tuple(sorted(strange.difference(known, kinds))),
            worded=tuple(Worded.of(name, held, rows=rows) for name, held in sorted(texts.items())),
        )


def _came_as_text(of: Mapping[str, Any], kinds: Mapping[str, Kind]) -> bool:
    """A fraction in the place of a whole number may have come as a number."""
    kind, value = kinds.get(of["column"]), str(of["value"])
    if of["violation"] != words.WRONG_TYPE or kind not in NUMBERS or value.startswith(NO_TEXT):
        return False
    return kind is Kind.NUMERIC or not is_number(value) or float(value).is_integer()
