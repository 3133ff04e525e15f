"""What is written into the journal of the values of columns that are hashed or left out."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import pyarrow as pa

from watchkeeper.monitoring.collecting.gathering import Gathered, moment
from watchkeeper.monitoring.collecting.stacking import as_array
from watchkeeper.monitoring.journalled import Journalled, word_for
from watchkeeper.tables.column import Kind


@dataclass(frozen=True)
class Masks:
    """What becomes of the values of the columns that are not in full; without a hashed one there is no key."""

    columns: Mapping[str, Journalled]
    key: bytes = b""

    def of(self, column: str) -> Journalled:
        return self.columns.get(column, Journalled.FULL)

    def array(self, column: str, values: Sequence[Any], kind: Kind) -> "pa.Array[Any] | None":
        """As a file of the journal has them; None where it does not have the column."""
        match self.of(column):
            case Journalled.FULL:
                return as_array(values, kind)
            case Journalled.HASHED:
                return pa.array([self.digest(value, kind) for value in values], pa.string())
        return None

    def digest(self, value: Any, kind: Kind) -> str | None:
        """HMAC-SHA256 in hexadecimal; a missing value stays missing."""
        if value is None:
            return None
        return hmac.new(self.key, _spelled(value, kind).encode(), sha256).hexdigest()

    def example(self, column: str, value: str) -> str:
        """Of a violation, instead of its value."""
        return str(self.hidden(column, value))

    def hidden(self, column: str, value: Any) -> Any:
        how = self.of(column)
        return value if how is Journalled.FULL or value is None else word_for(how)

    def violations(self, text: str | None) -> str | None:
        """A row's, as JSON."""
        if text is None or not self.columns:
            return text
        said = [{**each, "value": self.example(each["column"], each["value"])} for each in json.loads(text)]
        return json.dumps(said)


def masked(gathered: Gathered, masks: Masks) -> Gathered:
    """Without the examples that the columns forbid."""
    cells = [replace(each, example=masks.example(each.column, each.example)) for each in gathered.violations]
    return replace(gathered, violations=cells)


def _spelled(value: Any, kind: Kind) -> str:
    """Equal values of a kind are spelled alike."""
    match kind:
        case Kind.NUMERIC | Kind.INTEGER:
            return repr(float(value) + 0.0)
        case Kind.BOOLEAN:
            return "true" if value else "false"
        case Kind.TIMESTAMP:
            return (value if isinstance(value, datetime) else moment(value)).isoformat()
    return str(value)
