"""`WATCHKEEPER_REAL_DATA=DIR just bench victoria`: months of Victoria's temperature and demand called drifted, of 24.

Reference 2012, each month of 2013 and 2014 and each of its weeks a window; as they are, and moved.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from watchkeeper.monitoring import compare

FILE = Path(os.environ.get("WATCHKEEPER_REAL_DATA", ""), "victoria_electricity.csv.gz")
BASES: Mapping[str, Mapping[str, Any]] = {
    "row by row": {},
    "in stretches": {"at": "when", "baseline": "whole"},
    "the same season": {"at": "when", "baseline": "season"},
}
MOVED = {"Temperature": (0.0, 1.5, 3.0, 5.0, 8.0), "Demand": (0.0, 600.0)}
FORMS = {"year": "%Y", "month": "%Y-%m", "week": "%G-%V"}
ROWS_OF_A_WEEK = 7 * 48


def victoria() -> None:
    if not FILE.is_file():
        print("Left out: WATCHKEEPER_REAL_DATA names no directory with victoria_electricity.csv.gz.")
        return
    table, holidays = _read()
    print(f"| window | moved | {' | '.join(BASES)} |\n|---|---|{'--:|' * len(BASES)}", flush=True)
    for length in ("month", "week"):
        windows = list(_windows(table, length))
        for column, amounts in MOVED.items():
            for amount in amounts if length == "month" else amounts[:1]:
                counts = _counts(table, windows, column, amount, holidays)
                told = " | ".join(f"{count} of {len(windows)}" for count in counts)
                print(f"| {length} | {column} + {amount:g} | {told} |", flush=True)


def _counts(table: pa.Table, windows: list[pa.Table], column: str, amount: float, holidays: list[Any]) -> list[int]:
    reference = table.filter(pc.call_function("equal", [table.column("year"), "2012"]))
    found = []
    for basis in BASES.values():
        held = [*MOVED, *(["when"] if basis else [])]
        moved = [_moved(window, column, amount).select(held) for window in windows]
        off = {"holidays": holidays} if basis.get("baseline") == "season" else {}
        drifted = [compare(reference.select(held), each, **off, **basis).drifted for each in moved]
        found.append(sum(column in names for names in drifted))
    return found


def _moved(window: pa.Table, column: str, amount: float) -> pa.Table:
    values = pc.call_function("add", [window.column(column), amount])
    return window.set_column(window.column_names.index(column), column, values)


def _windows(table: pa.Table, length: str) -> Iterator[pa.Table]:
    """Whole ones."""
    later = table.filter(pc.call_function("greater", [table.column("year"), "2012"]))
    parts = np.asarray(later.column(length).to_pylist())
    for part in np.unique(parts):
        held = later.filter(pa.array(parts == part))
        if held.num_rows >= ROWS_OF_A_WEEK:
            yield held


def _read() -> tuple[pa.Table, list[Any]]:
    table = csv.read_csv(FILE)
    when: Any = table.column("timestamp_utc").cast(pa.timestamp("us", "UTC"))
    when = when.cast(pa.timestamp("us", "Australia/Melbourne"))
    local: Any = pc.call_function("local_timestamp", [when])
    holidays = table.filter(table.column("Holiday")).column("Date").to_pylist()
    held = table.select(list(MOVED)).append_column("when", when)
    for name, form in FORMS.items():
        held = held.append_column(name, pc.strftime(local, form))
    return held, holidays
