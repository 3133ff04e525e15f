"""The statistics need NumPy, SciPy and Arrow, and nothing of the server."""

import subprocess
import sys

PROGRAM = """
import sys

class Refuse:
    barred = {"sqlalchemy", "fastapi", "starlette", "dbos", "lightgbm", "sklearn", "onnxruntime", "jinja2", "msgspec",
              "pandas", "structlog", "uvicorn", "httpx2", "typer", "rich", "pydantic", "psutil"}
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.barred:
            raise ImportError(f"{name} is not installed")

sys.meta_path.insert(0, Refuse())
import pyarrow as pa
from watchkeeper.monitoring import compare

before = pa.table({"x": list(range(1000)), "y": ["a", "b"] * 500})
found = compare(before, before.slice(500))
assert found.drifted == ("x",), found
assert found.to_html().startswith("<!doctype html>")
assert found.chart().to_svg() and found.to_arrow().num_rows == 2
rooms = {name.split(".")[1] for name in sys.modules if name.startswith("watchkeeper.")}
assert rooms <= {"monitoring", "tables", "charts", "errors"}, rooms
"""


def test_two_tables_are_compared_without_the_server_s_libraries() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
