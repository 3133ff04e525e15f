"""The half-hours of whole local years, on the clocks and in the calendar of the place."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from watchkeeper.demo.chance import Numbers
from watchkeeper.demo.holidays import holidays
from watchkeeper.demo.incidents import Incident

Moments = npt.NDArray[np.datetime64]
Truths = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
YEAR = 365.25
"""Days."""


@dataclass(frozen=True)
class HalfHours:
    """One after the other. `utc` are seconds; `local` is what the clocks show, which on a day in autumn repeats an hour
    and on one in spring leaves one out."""

    utc: Moments
    local: Moments

    def __len__(self) -> int:
        return self.utc.size

    @cached_property
    def day(self) -> Moments:
        """The local day."""
        return self.local.astype("datetime64[D]")

    @cached_property
    def hour(self) -> Numbers:
        """Of the local day, from 0 to 23.5."""
        return (self.local - self.day).astype(np.float64) / 3600

    @cached_property
    def season(self) -> Numbers:
        """The share of a mean year since the local New Year."""
        found: Numbers = (self.day - self.day.astype("datetime64[Y]")).astype(np.float64) / YEAR
        return found

    @cached_property
    def year(self) -> Ints:
        return self.day.astype("datetime64[Y]").astype(np.int64) + 1970

    @cached_property
    def holiday(self) -> Truths:
        known = [day for year in np.unique(self.year).tolist() for day in holidays(year)]
        return np.isin(self.day, np.array(known, dtype="datetime64[D]"))

    @cached_property
    def workday(self) -> Truths:
        """Monday to Friday, but no holiday."""
        return np.is_busday(self.day) & ~self.holiday

    def during(self, incident: Incident) -> Truths:
        return (self.day >= np.datetime64(incident.first)) & (self.day <= np.datetime64(incident.last))


def half_hours(first: int, last: int, *, zone: str) -> HalfHours:
    """Those of the local years from first to last, both included."""
    place = ZoneInfo(zone)
    start, end = (datetime(year, 1, 1, tzinfo=place).astimezone(UTC) for year in (first, last + 1))
    utc = np.arange(_naive(start), _naive(end), np.timedelta64(30, "m")).astype("datetime64[s]")
    moments = (datetime.fromtimestamp(second, place) for second in utc.astype(np.int64).tolist())
    local = np.array([moment.replace(tzinfo=None) for moment in moments], dtype="datetime64[s]")
    return HalfHours(utc, local)


def dates(days: Moments) -> list[date]:
    return [date.fromisoformat(text) for text in np.datetime_as_string(days, unit="D").tolist()]


def _naive(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.replace(tzinfo=None), "m")
