"""What the fields of a step may hold, and references to what earlier steps gave."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from watchkeeper.pipelines.wording import spelled

REFERENCE = re.compile(r"\$\{\s*([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\s*\}")
UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
LONGEST_TEXT = 2_000
PARAMETERS, RUN = "parameters", "run"
OF_RUN = ("id", "number", "pipeline", "moment", "day")


class Unfit(Exception):
    """A value that a field can't hold; says what it has to be."""


@dataclass(frozen=True)
class Field:
    """`read` turns what was written into what the step works with, or raises Unfit."""

    read: Callable[[Any], Any]
    about: str
    required: bool = False
    default: Any = None


def text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise Unfit(f"has to be a text of 1 to {LONGEST_TEXT:,} characters")
    return value


def code(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 100_000:
        raise Unfit("has to be the text of a program, at most 100,000 characters")
    return value


def truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit("has to be true or false")
    return value


def day(value: Any) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()[:10]
    except (TypeError, ValueError):
        raise Unfit("has to be a day such as 2026-03-01") from None


def duration(value: Any) -> float:
    """Seconds, from a number of them or `90s`, `5m`, `2h`, `30d`, `2w`."""
    if isinstance(value, str):
        found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([smhdw])\s*", value)
        value = float(found[1]) * UNITS[found[2]] if found else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3660 * 86400:
        raise Unfit("has to be a time such as 90s, 5m, 2h or 30d")
    return float(value)


def whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Unfit(f"has to be a whole number from {least:,} to {most:,}")
        return value

    return read


def choice(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise Unfit(f"has to be one of {', '.join(words)}")
        return str(value)

    return read


def listed(value: Any) -> tuple[str, ...]:
    """A text, or a list of them."""
    several = [value] if isinstance(value, str) else value
    if not isinstance(several, list) or not several or len(several) > 100:
        raise Unfit("has to be a text or a list of texts")
    return tuple(text(each) for each in several)


def mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise Unfit("has to be names with values")
    return value


def anything(value: Any) -> Any:
    return value


def references(value: Any) -> Iterator[tuple[str, str]]:
    """(step or `parameters` or `run`, output) of each `${step.output}` in it, however deep."""
    if isinstance(value, str):
        yield from REFERENCE.findall(value)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from references(each)


def filled(value: Any, known: Mapping[str, Mapping[str, Any]]) -> Any:
    """With each reference replaced by what it refers to: as it is where it stands alone, else as text."""
    if isinstance(value, str):
        alone = REFERENCE.fullmatch(value.strip())
        if alone:
            return known[alone[1]].get(alone[2])
        return REFERENCE.sub(lambda found: spelled(known[found[1]].get(found[2])), value)
    if isinstance(value, Mapping):
        return {name: filled(each, known) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [filled(each, known) for each in value]
    return value
