"""LightGBM works where the system has no OpenMP library."""

import subprocess
import sys
from pathlib import Path

import pytest

from watchkeeper.learning.runtimes import openmp

PROGRAM = """
import ctypes
from pathlib import Path
from watchkeeper.learning.runtimes import openmp
carried = openmp._carried()
assert carried is not None
openmp._load_as_usual(carried)
loaded = Path("/proc/self/maps").read_text()
# Asked for by its usual name it is the copy that answers, not the system's.
ctypes.CDLL(openmp.USUAL).omp_get_max_threads
assert "/usr/lib" not in "".join(line for line in loaded.splitlines() if "gomp" in line), loaded
import lightgbm
import numpy
rows = numpy.arange(200.0).reshape(-1, 1)
data = lightgbm.Dataset(rows, rows[:, 0])
print(lightgbm.train({"verbosity": -1}, data, 5).num_trees())
maps = Path("/proc/self/maps").read_text()
print(sum("libgomp.so.1.0.0" in line and "scikit" not in line for line in maps.splitlines()))
"""


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only where a process can see what it has loaded")
def test_the_copy_that_another_package_carries_stands_in_under_the_usual_name() -> None:
    if openmp._carried() is None:
        pytest.skip("scikit-learn carries no OpenMP library here")
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["5", "0"]
