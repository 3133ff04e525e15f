"""What may be asked for beside an answer: what each input added to it, and between which numbers the truth lies.

In the query of any prediction: `?explain=true&interval=0.9`; by the Open Inference Protocol also as parameters of the
request.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from watchkeeper.learning.errors import LevelRefused
from watchkeeper.learning.intervals import check_level
from watchkeeper.learning.model import Explanation
from watchkeeper.serving.errors import ParameterRefused

EXPLAIN, INTERVAL = "explain", "interval"
MOST_PARAMETERS = 20
IN_BODY: Final = re.compile(rb'"(?:explain|interval)"\s*:')
TRUTHS: Final = {"true": True, "false": False}


@dataclass(frozen=True)
class Extras:
    """`interval`: the share of rows in which it holds."""

    explain: bool = False
    interval: float | None = None

    def __or__(self, other: "Extras") -> "Extras":
        return Extras(self.explain or other.explain, other.interval if self.interval is None else self.interval)


NOTHING = Extras()


@dataclass(frozen=True)
class Beside:
    """What stands beside the answers of one call. `interval`: its level, and half its width."""

    explanation: Explanation | None
    interval: tuple[float, float] | None

    def columns(self, outputs: list[float]) -> Iterator[tuple[str, list[float]]]:
        """By name, a number a row: `low`, `high`, and `contribution.` with each input's name."""
        if self.interval is not None:
            _, width = self.interval
            yield "low", [each - width for each in outputs]
            yield "high", [each + width for each in outputs]
        if self.explanation is not None:
            for name, values in self.explanation.contributions.items():
                yield f"contribution.{name}", values

    def of_row(self, row: int, output: float) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.interval is not None:
            _, width = self.interval
            found |= {"low": output - width, "high": output + width}
        if self.explanation is not None:
            added = self.explanation.contributions.items()
            found["contributions"] = {name: values[row] for name, values in added}
        return found

    def of_all(self) -> dict[str, Any]:
        """What is the same for each row."""
        found: dict[str, Any] = {}
        if self.interval is not None:
            found["interval"] = self.interval[0]
        if self.explanation is not None:
            found |= {"base": self.explanation.base, "unit": self.explanation.unit}
        return found


def extras_in(query: bytes) -> Extras | None:
    """None where the query is empty. Raise ParameterRefused or LevelRefused."""
    if not query:
        return None
    try:
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise ParameterRefused("The query has too many parameters.", fields=("query",)) from None
    said = dict(pairs)
    for name in said:
        if name not in {EXPLAIN, INTERVAL}:
            shown = name[:MOST_PARAMETERS]
            raise ParameterRefused(
                f"There is no parameter '{shown}'. There are: {EXPLAIN}, {INTERVAL}.", fields=(shown,)
            )
    if len(said) < len(pairs):
        raise ParameterRefused("A parameter stands in the query twice; give it once.", fields=("query",))
    return _extras(TRUTHS.get(said.get(EXPLAIN, "false")), _number(said[INTERVAL]) if INTERVAL in said else None)


def extras_among(parameters: Any) -> Extras:
    """Of a request's own parameters, which may be anything. Raise ParameterRefused or LevelRefused."""
    if not isinstance(parameters, Mapping):
        return NOTHING
    explain, level = parameters.get(EXPLAIN, False), parameters.get(INTERVAL)
    return _extras(explain if isinstance(explain, bool) else None, None if level is None else _number(str(level)))


def _extras(explain: bool | None, level: float | None) -> Extras:
    if explain is None:
        raise ParameterRefused(f"{EXPLAIN} is true or false.", fields=(EXPLAIN,))
    if level is not None:
        check_level(level)
    return Extras(explain, level)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        shown = text[:MOST_PARAMETERS]
        raise LevelRefused(
            f"An interval cannot hold at '{shown}': give a share between 0 and 1, like 0.9.", fields=(INTERVAL,)
        ) from None
