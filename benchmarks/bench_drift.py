"""`just bench-drift [PEERS_DIR] [ROWS]`: what it costs to compare two tables of 21 columns for drift.

Fifteen columns of numbers, five of levels and a prediction, thirty days; some move from the fifteenth day on. Reading
is excluded for all; ours has both tables counted and every verdict. Seconds are of tables in memory, of ours the best
of three; the peak is of the whole process, ours reading Parquet files column by column as it does where it gets paths.
`PEERS_DIR` holds an environment for each of `evidently` and `nannyml`. The last line is one JSON object.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PEAK = """
from pathlib import Path


def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
"""
OURS = """
import json, sys, time
import pyarrow.parquet as pq
from watchkeeper.monitoring import compare
paths = [f"{sys.argv[1]}/{name}.parquet" for name in ("reference", "production")]
found = compare(*paths)
highest = peak()
tables = [pq.read_table(path) for path in paths]
seconds, processor = [], []
for _ in range(3):
    began, at_work = time.perf_counter(), time.process_time()
    compare(*tables)
    seconds.append(time.perf_counter() - began)
    processor.append(time.process_time() - at_work)
print(json.dumps({"seconds": min(seconds), "processor": min(processor), "peak_mib": highest}))
"""
EVIDENTLY = """
import json, sys, time
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
reference, current = (
    pd.read_parquet(f"{sys.argv[1]}/{name}.parquet").drop(columns="timestamp") for name in ("reference", "production")
)
began = time.perf_counter()
levels = [name for name in reference if name.startswith("level")]
columns = DataDefinition(numerical_columns=[c for c in reference if c not in levels], categorical_columns=levels)
Report([DataDriftPreset()]).run(Dataset.from_pandas(current, columns), Dataset.from_pandas(reference, columns)).json()
seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "peak_mib": peak()}))
"""
NANNYML = """
import json, sys, time
import nannyml, pandas as pd
reference, current = (pd.read_parquet(f"{sys.argv[1]}/{name}.parquet") for name in ("reference", "production"))
began = time.perf_counter()
calculator = nannyml.UnivariateDriftCalculator(
    column_names=[name for name in reference if name != "timestamp"], timestamp_column_name="timestamp",
    continuous_methods=["jensen_shannon"], categorical_methods=["jensen_shannon"], chunk_period="D",
)
calculator.fit(reference)
calculator.calculate(current).to_df()
seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "peak_mib": peak()}))
"""
PEERS = {"evidently": EVIDENTLY, "nannyml": NANNYML}
ROWS = 1_000_000


def main() -> None:
    directory, rows = asked(sys.argv[1:])
    with tempfile.TemporaryDirectory() as scratch:
        chance = np.random.default_rng(11)
        for name, moves in (("reference", False), ("production", True)):
            pq.write_table(table(chance, rows, moves=moves), Path(scratch, f"{name}.parquet"))
        found = {"ours": measured(Path(sys.executable), OURS, scratch)}
        for name, program in PEERS.items() if directory else ():
            found[name] = measured(directory / name / "bin" / "python", program, scratch)
    print("| who | seconds | peak MiB |\n|---|--:|--:|")
    for name, figures in found.items():
        print(f"| {name} | {figures['seconds']:.2f} | {figures['peak_mib']:.0f} |")
    print(json.dumps({"rows": rows, **found}))


def asked(arguments: list[str]) -> tuple[Path, int] | tuple[None, int]:
    """The peers' directory and the number of rows, in any order, either left out."""
    rows = next((int(word) for word in arguments if word.isdecimal()), ROWS)
    directory = next((Path(word).resolve() for word in arguments if not word.isdecimal()), None)
    return (directory, rows) if directory else (None, rows)


def table(chance: np.random.Generator, rows: int, *, moves: bool) -> pa.Table:
    late = (np.arange(rows) >= rows // 2) & moves
    columns: dict[str, object] = {f"number_{place}": chance.normal(size=rows) for place in range(15)}
    columns["number_0"] = chance.normal(size=rows) + 0.5 * late
    columns["number_1"] = chance.normal(size=rows) * np.where(late, 1.5, 1.0)
    words, shares = np.array([*"abcdefgh"]), [0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05]
    for place in range(5):
        columns[f"level_{place}"] = chance.choice(words, rows, p=shares)
    columns["level_0"] = np.where(late & (chance.random(rows) < 0.3), "new", columns["level_0"])
    columns["prediction"] = chance.normal(size=rows) * 2 + late
    began = np.datetime64("2026-01-01", "us")
    columns["timestamp"] = began + (np.arange(rows) * (30 * 86_400_000_000 / rows)).astype("timedelta64[us]")
    return pa.table(columns)


def measured(python: Path, program: str, scratch: str) -> dict[str, float]:
    done = subprocess.run([python, "-c", PEAK + program, scratch], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
