"""Bookings of a hotel from July 2016 on against those of the year before: which columns lead, and by how much."""

import os
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv

from watchkeeper.monitoring import compare

pytestmark = pytest.mark.real_data
FILE = Path(os.environ.get("WATCHKEEPER_REAL_DATA", ""), "hotel_resort_bookings.csv.gz")
CALENDAR = [
    "booking_id",
    "hotel",
    "is_canceled",
    "reservation_status",
    "reservation_status_date",
    "booking_date",
    "label_date",
    "arrival_date",
    "arrival_date_year",
    "arrival_date_month",
    "arrival_date_week_number",
    "arrival_date_day_of_month",
]


@pytest.mark.skipif(not FILE.is_file(), reason="WATCHKEEPER_REAL_DATA names no directory with the bookings")
def test_agent_price_and_country_lead() -> None:
    options = csv.ConvertOptions(strings_can_be_null=True, null_values=["NULL", "NA", "", "Undefined"])
    table = csv.read_csv(FILE, convert_options=options)
    for name in ("agent", "company"):
        numbers = table.column(name).cast(pa.int64()).cast(pa.string())
        table = table.set_column(table.column_names.index(name), name, numbers)
    first_year = pc.less(table.column("arrival_date"), pa.scalar(date(2016, 7, 1)))
    before, now = (table.filter(rows).drop_columns(CALENDAR) for rows in (first_year, pc.invert(first_year)))
    found = compare(before, now)
    leading = {each.name: round(each.effect.estimate, 2) for each in found.by_concern[:3]}
    assert leading == {"agent": 0.4, "adr": 0.24, "country": 0.11}
    verdicts = [column.verdict.value for column in found.columns.values()]
    assert (verdicts.count("drifted"), verdicts.count("immaterial"), verdicts.count("stable")) == (15, 7, 2)
