"""January 2014 in Victoria, against 2012: four days hotter than anything before."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv

from watchkeeper.monitoring.integrity.extrapolating import notices
from watchkeeper.monitoring.integrity.observed import Observed
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

pytestmark = pytest.mark.real_data
FILE = Path(os.environ.get("WATCHKEEPER_REAL_DATA", ""), "victoria_electricity.csv.gz")


@pytest.mark.skipif(not FILE.is_file(), reason="WATCHKEEPER_REAL_DATA names no directory with the half-hours")
def test_the_heat_wave_is_noticed() -> None:
    table = csv.read_csv(FILE)
    days = table.column("Date").cast(pa.string())
    reference, window = (
        table.filter(pc.call_function("starts_with", [days], pc.MatchSubstringOptions(begins))).column("Temperature")
        for begins in ("2012", "2014-01")
    )
    found = notices([Observed.of(fit_bin_set(Column("Temperature", Kind.NUMERIC), reference), window)])
    assert [(each.rows, each.sentence) for each in found] == [
        (
            44,
            "44 of 1,488 values of Temperature (2.96 %) lie above 39.6, the reference's highest (up to 43.2).",
        )
    ]
    assert found[0].p_value < 1e-20
