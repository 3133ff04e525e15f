"""Processes start without what they may need later."""

import subprocess
import sys

PROCESSES = ("supervisor", "console", "plane.process", "worker")
LATER = ("scipy.stats", "sklearn", "lightgbm", "onnxruntime", "duckdb", "vl_convert")
"""Each takes half a second of every process, and more."""


def test_no_process_starts_with_a_library_that_is_heavy() -> None:
    named = ", ".join(f"watchkeeper.server.{each}" for each in PROCESSES)
    code = f"import sys, {named}; print(*sys.modules.keys() & {set(LATER)})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
