"""Windows of files of real data, for `just bench faults`: the four largest, and others never looked at."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from tests.fakes.faulty import Chance
from watchkeeper.monitoring.integrity.pair import Pair
from watchkeeper.monitoring.integrity.sample import Sample, places
from watchkeeper.monitoring.two_tables.pairing import paired
from watchkeeper.monitoring.two_tables.source import Held

DATA = os.environ.get("WATCHKEEPER_REAL_DATA", "")
NULLS = csv.ConvertOptions(strings_can_be_null=True, null_values=["NULL", "NA", "", "Undefined", "?"])
CALENDAR = ["booking_id", "hotel", "reservation_status", "reservation_status_date", "booking_date", "label_date"]
OF_ARRIVAL = ["arrival_date_year", "arrival_date_month", "arrival_date_week_number", "arrival_date_day_of_month"]


@dataclass(frozen=True)
class Window:
    """`lagged` gives a column's sample so many hours earlier; None where rows have no time of day."""

    pair: Pair
    lagged: Callable[[str, int], Sample] | None = None


def victoria(chance: Chance) -> Window:
    """2012, and 14 to 60 days of 2013-14."""
    table = _read("victoria_electricity").drop_columns(["timestamp_local", "Date"])
    first = int(np.searchsorted(_days(table, "timestamp_utc"), np.datetime64("2013-01-01")))
    days = int(chance.integers(14, 61))
    begins = first + 48 + int(chance.integers((table.num_rows - first) // 48 - days - 1)) * 48
    before, now = Held(table.slice(0, first)), table.slice(begins, days * 48)
    pair = paired(before, Held(now), at="timestamp_utc")
    rows = places(now.num_rows)

    def lagged(name: str, hours: int) -> Sample:
        values = table.column(name).slice(begins - 2 * hours, days * 48).take(pa.array(rows))
        return Sample.of(next(each for each in pair.columns if each.name == name).before.kind, values)

    return Window(pair, lagged)


def hotel(chance: Chance) -> Window:
    """Arrivals from July 2015 to June 2016, and 20 to 90 days of the 14 months after."""
    table = _read("hotel_resort_bookings").drop_columns(CALENDAR + OF_ARRIVAL).sort_by("arrival_date")
    for name in ("agent", "company"):
        codes = table.column(name).cast(pa.int64()).cast(pa.string())
        table = table.set_column(table.column_names.index(name), name, codes)
    days = int(chance.integers(20, 91))
    begins = datetime(2016, 7, 1) + timedelta(days=int(chance.integers(420 - days)))  # noqa: DTZ001 - local days
    arrival = table.column("arrival_date")
    before = table.filter(pc.less(arrival, pa.scalar(datetime(2016, 7, 1).date())))  # noqa: DTZ001
    within = pc.and_(
        pc.greater_equal(arrival, pa.scalar(begins.date())),
        pc.less(arrival, pa.scalar((begins + timedelta(days=days)).date())),
    )
    return Window(paired(Held(before), Held(table.filter(within)), at="arrival_date"))


def without_times(name: str) -> Callable[[Chance], Window]:
    """Three fifths of the rows, in any order, and 1,000 to 3,000 of the others, or as many as there are."""

    def window(chance: Chance) -> Window:
        table = _read(name)
        order = chance.permutation(table.num_rows)
        cut, rows = table.num_rows * 3 // 5, int(chance.integers(1_000, 3_001))
        before, now = (table.take(pa.array(part)) for part in (order[:cut], order[cut : cut + rows]))
        return Window(paired(Held(before), Held(now)))

    return window


Files = Mapping[str, Callable[[Chance], Window]]
LARGEST: Files = {
    "victoria": victoria,
    "hotel": hotel,
    "adult": without_times("adult"),
    "california": without_times("california_housing"),
}
OTHERS: Files = {
    "german credit": without_times("german_credit"),
    "segment": without_times("segment"),
    "walmart": without_times("walmart_sales_weekly"),
}


def windows(files: Files, seed: int, each: int) -> Iterator[tuple[str, int, Window]]:
    """So many of each file."""
    for name, window in files.items():
        for number in range(each):
            yield name, number, window(np.random.default_rng([seed, number, len(name)]))


def _read(name: str) -> pa.Table:
    if name == "segment":
        with ZipFile(Path(DATA, "segment.csv.zip")) as archive, archive.open(archive.namelist()[0]) as file:
            return csv.read_csv(pa.PythonFile(file), convert_options=NULLS)
    return csv.read_csv(Path(DATA, f"{name}.csv.gz"), convert_options=NULLS)


def _days(table: pa.Table, name: str) -> "np.ndarray":
    return table.column(name).cast(pa.timestamp("s")).to_numpy()
