"""The rows the story is told with: a past to learn from and days to replay; and how a recorded file gives them."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from math import isfinite
from operator import attrgetter
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from watchkeeper.demo.errors import DataRefused
from watchkeeper.demo.incidents import Incident

ZONE = "Australia/Melbourne"
TIME, TARGET = "timestamp_utc", "Demand"
NOT_INPUTS = ("timestamp_local", "Date")


@dataclass(frozen=True)
class Day:
    """A local day: rows as they are sent, and the truth in MW, in the same order."""

    day: date
    rows: Sequence[Mapping[str, Any]]
    truth: Sequence[float]


@dataclass(frozen=True)
class History:
    """What the story is told with.

    Attributes:
        past: a CSV file to learn from.
        days: what is replayed.
        exclude: columns of the past that are no inputs.
        told: where it all comes from, in a line.
        incidents: what is known to go wrong in these days; of a recorded history nothing is known.
    """

    past: Path
    days: Sequence[Day]
    exclude: tuple[str, ...]
    told: str
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True)
class Record:
    """A row of the file, and what had to be understood of it: when it was, on which local day, and the truth."""

    moment: datetime
    day: date
    demand: float
    row: Mapping[str, str]


def from_file(path: Path, *, into: Path) -> History:
    """Learn from the first local year of a CSV file, which may be gzipped, and replay the rest.

    Raises:
        DataRefused: it can't be read, a row can't be understood, or it holds one year only.
    """
    records = _records(path)
    first = records[0].day.year if records else 0
    past = [record.row for record in records if record.day.year == first]
    later = [record for record in records if record.day.year > first]
    if not later:
        raise DataRefused(f"{path} has to hold more than one calendar year: the first is learned from.")
    exclude = tuple(name for name in NOT_INPUTS if name in past[0])
    return History(
        past=_written(into / "past.csv", past),
        days=[_day(day, list(group)) for day, group in groupby(later, key=attrgetter("day"))],
        exclude=exclude,
        told=f"recorded in {path.name}: {first} learned from",
    )


def _records(path: Path) -> list[Record]:
    """In the order of time."""
    try:
        with _opened(path) as file:
            records = list(_read(path, csv.DictReader(file, restval="")))
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise DataRefused(f"{path} is a broken gzip file; fetch it again.") from None
    except OSError as error:
        raise DataRefused(f"{path} can't be read: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataRefused(f"{path} is no CSV file in UTF-8: {error}.") from None
    return sorted(records, key=attrgetter("moment"))


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", newline="", encoding="utf-8")
    return path.open(newline="", encoding="utf-8")


def _read(path: Path, reader: "csv.DictReader[str]") -> Iterator[Record]:
    missing = {TIME, TARGET} - set(reader.fieldnames or ())
    if missing:
        raise DataRefused(f"{path} has no column {', '.join(sorted(missing))}; the story needs {TIME} and {TARGET}.")
    place = ZoneInfo(ZONE)
    seen: set[datetime] = set()
    for row in reader:
        where = f"{path}, line {reader.line_num}"
        if None in row:
            raise DataRefused(f"{where}: there are more values than columns.")
        moment = _moment(row[TIME], where)
        if moment in seen:
            raise DataRefused(f"{where}: {row[TIME]} was there before; the story needs each moment once.")
        seen.add(moment)
        yield Record(moment, moment.astimezone(place).date(), _demand(row[TARGET], where), row)


def _moment(text: str, where: str) -> datetime:
    """In UTC, as it is where no zone is said."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise DataRefused(f"{where}: {TIME} is '{text}'; write it like 2012-01-01T00:30:00Z.") from None


def _demand(text: str, where: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise DataRefused(f"{where}: {TARGET} is '{text}'; the story needs a number.")
    return found


def _day(day: date, records: Sequence[Record]) -> Day:
    hidden = {*NOT_INPUTS, TARGET}
    return Day(
        day=day,
        rows=[{name: _typed(value) for name, value in each.row.items() if name not in hidden} for each in records],
        truth=[each.demand for each in records],
    )


def _typed(text: str) -> Any:
    if text in {"True", "False"}:
        return text == "True"
    try:
        found = float(text)
    except ValueError:
        return text or None
    return found if isfinite(found) else None


def _written(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
