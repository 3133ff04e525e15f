"""Rows of CSV and of Parquet brought in, beside what pyarrow takes to read the CSV and write it as Parquet."""

import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

PROGRAM = textwrap.dedent("""
    import resource, sys, time
    from pathlib import Path
    source, target, how = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    if how == "floor":
        import pyarrow.csv as arrow_csv, pyarrow.parquet as pq
        begun = time.perf_counter()
        pq.write_table(arrow_csv.read_csv(source), target, compression="zstd")
    else:
        from watchkeeper.tables.importing import import_table
        begun = time.perf_counter()
        import_table(source, target, name=source.name, progress=lambda share: None)
    taken = time.perf_counter() - begun
    print(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
""")


def importing() -> None:
    print("| file | rows | MB | seconds | peak MB | times the floor |\n|---|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as directory:
        for rows in (1_000_000, 4_000_000):
            csv = _file(Path(directory), rows)
            floor = _run(csv, "floor")
            _line("CSV, pyarrow alone (floor)", csv, rows, floor, floor)
            _line("CSV", csv, rows, _run(csv, "ours"), floor)
            parquet = csv.with_suffix(".parquet")
            pq.write_table(arrow_csv.read_csv(csv), parquet)
            _line("Parquet", parquet, rows, _run(parquet, "ours"), floor)


def _file(directory: Path, rows: int) -> Path:
    chance = np.random.default_rng(3)
    moments = np.datetime64("2020-01-01") + np.arange(rows).astype("timedelta64[m]")
    table = pa.table(
        {
            "at": pa.array(moments.astype("datetime64[s]")),
            "load": chance.normal(5000, 800, rows).round(3),
            "temperature": chance.normal(15, 6, rows).round(2),
            "meters": chance.integers(0, 500, rows),
            "town": np.array(["Lyon", "Metz", "Nice", "Paris"])[chance.integers(0, 4, rows)],
            "holiday": chance.random(rows) < 0.03,
        }
    )
    path = directory / f"{rows}.csv"
    arrow_csv.write_csv(table, path)
    return path


def _run(source: Path, how: str) -> tuple[float, float]:
    command = [sys.executable, "-c", PROGRAM, str(source), str(source.with_suffix(".out")), how]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(said[0]), float(said[1])


def _line(name: str, file: Path, rows: int, taken: tuple[float, float], floor: tuple[float, float]) -> None:
    size = file.stat().st_size / 2**20
    print(
        f"| {name} | {rows:,} | {size:.0f} | {taken[0]:.1f} | {taken[1]:.0f} | {taken[0] / floor[0]:.1f} |", flush=True
    )
