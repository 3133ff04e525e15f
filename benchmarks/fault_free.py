"""`just bench fault-free`: how often tables whose rows are drawn alike are said to have a fault."""

import numpy as np
import pyarrow as pa

from watchkeeper.monitoring.integrity.recognising import recognise
from watchkeeper.monitoring.two_tables.pairing import paired
from watchkeeper.monitoring.two_tables.source import Held

TABLES, REFERENCE, SEED = 500, 3_000, 909
ROWS = (50, 200, 1_000, 5_000)
HOUR = 3_600_000_000
TIMES = "when"


def fault_free() -> None:
    print("| rows of the window | tables | with a fault, times given | without |")
    print("|--:|--:|--:|--:|")
    for rows in ROWS:
        chance = np.random.default_rng([SEED, rows])
        said = np.sum([_said(chance, rows) for _ in range(TABLES)], axis=0)
        print(f"| {rows:,} | {TABLES} | {said[0]} | {said[1]} |", flush=True)


def _said(chance: np.random.Generator, rows: int) -> list[bool]:
    before, now = table(chance, REFERENCE), table(chance, rows, begins=3 * REFERENCE)
    timed = paired(Held(before), Held(now), at=TIMES)
    untimed = paired(Held(before.drop_columns([TIMES])), Held(now.drop_columns([TIMES])))
    return [bool(recognise(timed)), bool(recognise(untimed))]


def table(chance: np.random.Generator, rows: int, *, begins: int = 0) -> pa.Table:
    """Eleven columns, an hour a row."""
    zeros = np.where(chance.random(rows) < 0.8, 0.0, chance.lognormal(3, 1, rows))
    return pa.table(
        {
            TIMES: pa.array(HOUR * (begins + np.arange(rows)), pa.timestamp("us", "UTC")),
            "normal": chance.normal(10, 2, rows),
            "lognormal": chance.lognormal(0, 1, rows),
            "heavy-tailed": chance.standard_t(3, rows),
            "count": chance.poisson(2, rows),
            "80 % zeros": zeros,
            "tenths": np.round(chance.normal(20, 5, rows), 1),
            "truth": chance.random(rows) < 0.3,
            "five": chance.choice(list("abcde"), rows, p=[0.4, 0.3, 0.2, 0.07, 0.03]),
            "Zipf": (chance.zipf(1.5, rows) % 300).astype(str),
            "gaps": pa.array(chance.normal(0, 1, rows), mask=chance.random(rows) < 0.1),
            "code": pa.array(chance.choice(["x", "y"], rows), mask=chance.random(rows) < 0.3),
        }
    )
