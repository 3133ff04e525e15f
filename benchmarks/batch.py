"""What a batch costs beside its models' own time: a kept Parquet file of twenty numeric columns, one core."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.batches.batch import CHUNK_ROWS
from watchkeeper.batches.task import Task
from watchkeeper.learning.arrays import Rows
from watchkeeper.learning.fitting import FitSpec, fit
from watchkeeper.learning.model import LoadedModel, load_model
from watchkeeper.serving.deployment import TypePolicy
from watchkeeper.tables.column import Column, Kind

FEATURES, LEARNED, GROUP = 20, 20_000, 100_000
ROWS = int(os.environ.get("BATCH_ROWS", "1000000"))
NAMES = [f"feat_{number}" for number in range(FEATURES)]


def batch() -> None:
    print(f"{ROWS:,} rows, in seconds of one processor. `bare`: file read, matrix made, model asked once.\n")
    print("| models | journal | bare | batch | of it | wall seconds | peak MB |\n|---|---|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        table = _table(root / "rows.parquet")
        models = {name: _model(root, name) for name in ("lightgbm", "linear")}
        for names in (("lightgbm",), ("linear",), ("lightgbm", "linear")):
            bare = sum(_bare(models[name], table) for name in names)
            for journal in (False, True):
                seconds, wall, peak = _answered(root, table, names, journal=journal)
                told = f"{' and '.join(names)} | {'yes' if journal else 'no'} | {bare:.1f} | {seconds:.1f}"
                print(f"| {told} | {seconds / bare:.2f} | {wall:.1f} | {peak:,.0f} |", flush=True)


def _values(rows: int, seed: int) -> pa.Table:
    values = np.random.default_rng(seed).normal(size=(FEATURES, rows))
    return pa.table(dict(zip(NAMES, values, strict=True)))


def _table(path: Path) -> Path:
    with pq.ParquetWriter(path, _values(0, 0).schema, compression="zstd") as writer:
        for start in range(0, ROWS, GROUP):
            writer.write_table(_values(min(GROUP, ROWS - start), start))
    return path


def _model(root: Path, learner: str) -> Path:
    learned = _values(LEARNED, 7)
    values = [learned[name].to_numpy() for name in NAMES[:3]]
    noise = np.random.default_rng(8).normal(size=LEARNED) * 0.1
    file = root / "learned.parquet"
    pq.write_table(learned.append_column("y", pa.array(values[0] * 3 + np.sin(values[1]) * values[2] + noise)), file)
    inputs = tuple(Column(name, Kind.NUMERIC) for name in NAMES)
    spec = FitSpec("y", None, "UTC", "regression", inputs, learner, seed=1, budget_seconds=20.0)
    fit(file, spec, root / learner, threads=2, progress=lambda *_: None)
    return root / learner


def _bare(model: Path, table: Path) -> float:
    loaded: LoadedModel = load_model(model)
    begun = time.process_time()
    read = pq.read_table(table, use_threads=False)
    values = np.stack([read[name].to_numpy() for name in NAMES])
    loaded.runtime.answer(Rows(values, np.zeros(read.num_rows, dtype=np.int64)))
    return time.process_time() - begun


def _answered(root: Path, table: Path, names: tuple[str, ...], *, journal: bool) -> tuple[float, float, float]:
    """Of the process that answers, its start included: seconds of processor, seconds by the clock, peak in MB."""
    task = Task(
        batch=f"b{time.time_ns()}",
        deployment="d1",
        release=1,
        champion=names[0],
        challenger=names[1] if len(names) > 1 else None,
        models={name: str(root / name) for name in names},
        type_policy=TypePolicy.BEST_EFFORT,
        threshold=0.5,
        chunk_rows=CHUNK_ROWS,
        first=0,
        asked=0,
        table=str(table),
        results=str(root / "results"),
    )
    asked: Mapping[str, object] = {"task": task.to_json(), "journal": journal, "data_dir": str(root)}
    begun, before = time.perf_counter(), _children()
    with subprocess.Popen(
        [sys.executable, "-m", "watchkeeper.server.batching"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        if child.stdin is None or child.stdout is None:
            raise TypeError("the child was started with pipes")
        child.stdin.write(json.dumps(asked) + "\n")
        child.stdin.close()
        peak, said = 0.0, ""
        for line in child.stdout:
            peak, said = max(peak, _peak(child.pid)), line
    if json.loads(said) != {"done": True}:
        raise ValueError(said)
    return _children() - before, time.perf_counter() - begun, peak


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak(pid: int) -> float:
    """What it had at most so far; 0 once it is gone."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
