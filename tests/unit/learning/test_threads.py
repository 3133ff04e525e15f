"""How many threads learn a table."""

from concurrent.futures import ThreadPoolExecutor

import psutil

from tests.unit.learning.conftest import Workshop, signal
from watchkeeper.learning.fitting import FitSpec, fit


def test_a_small_table_is_learned_by_one_thread_of_many(workshop: Workshop) -> None:
    """More would wait for each other at every split, which takes thirty times as long as the work itself."""
    planned, process, seen = workshop.plan(signal(120)), psutil.Process(), set[int]()
    spec = FitSpec("y", None, "UTC", planned.task, planned.inputs, "lightgbm", seed=1, budget_seconds=60.0)

    def look(_share: float, _message: str) -> None:
        seen.add(process.num_threads())

    # Threads that the library starts belong to the one that asks it: here to one that has asked for nothing before.
    with ThreadPoolExecutor(1) as alone:
        alone.submit(fit, workshop.directory / "table.parquet", spec, workshop.model, threads=4, progress=look).result()
    assert max(seen) - min(seen) == 0
