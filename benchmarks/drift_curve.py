"""`just bench drift-curve`: how the time of a comparison grows with rows, and with columns.

A third of the columns are levels, the others numbers. Seconds of a processor of the best of three comparisons of tables
in memory, verdicts included; the peak is of a process that reads Parquet files column by column.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from bench_drift import OURS, measured

SHAPES = [(rows, 3) for rows in (10_000, 100_000, 1_000_000, 10_000_000)]
SHAPES += [(10_000, columns) for columns in (10, 100, 1_000)]
WORDS = np.array([*"abcdefgh"])


def drift_curve() -> None:
    print("| rows on either side | columns | seconds of a processor | ns a value | peak MiB |")
    print("|--:|--:|--:|--:|--:|")
    for rows, columns in SHAPES:
        with tempfile.TemporaryDirectory() as scratch:
            for seed, name in enumerate(("reference", "production")):
                _write(Path(scratch, f"{name}.parquet"), np.random.default_rng(seed), rows, columns)
            found = measured(Path(sys.executable), OURS, scratch)
        each = found["processor"] / (2 * rows * columns) * 1e9
        figures = f"{found['processor']:.3f} | {each:.0f} | {found['peak_mib']:.0f}"
        print(f"| {rows:,} | {columns:,} | {figures} |", flush=True)


def _write(path: Path, chance: np.random.Generator, rows: int, columns: int) -> None:
    def drawn(place: int) -> object:
        return WORDS[chance.integers(0, 8, rows)] if place % 3 == 2 else chance.normal(size=rows)

    pq.write_table(pa.table({f"column {place}": drawn(place) for place in range(columns)}), path)
