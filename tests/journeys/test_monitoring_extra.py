"""`watchkeeper[monitoring]` alone, in an environment of its own, and its page in a browser without a network."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.chromium import SIZES

pytestmark = [pytest.mark.long, pytest.mark.browser]
ROOT = Path(__file__).parents[2]
SERVER = {"sqlalchemy", "fastapi", "dbos", "lightgbm", "scikit-learn", "jinja2", "pandas", "uvicorn"}
PROGRAM = """
import sys
import numpy as np, pyarrow as pa
from watchkeeper.monitoring import compare
chance = np.random.default_rng(1)
sort = chance.choice(["a", "b"], 2_000)
before, now = (pa.table({"size": chance.normal(by, 1, 2_000), "sort": sort}) for by in (0, 1))
found = compare(before, now)
found.to_html(sys.argv[1])
print(*found.drifted)
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("alone")
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    python = place / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "-q"]
    reached = subprocess.run([*install, "numpy"], capture_output=True, text=True, check=False)
    if reached.returncode:
        pytest.skip(f"no package index can be reached: {reached.stderr[-300:]}")
    done = subprocess.run([*install, f"{ROOT}[monitoring]"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return python


def test_the_extra_brings_nothing_of_the_server(python: Path) -> None:
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format", "freeze"], capture_output=True, text=True, check=True
    )
    names = {line.partition("==")[0] for line in listed.stdout.splitlines()}
    assert names & SERVER == set()
    assert {"numpy", "pyarrow", "scipy", "watchkeeper"} <= names


def test_two_tables_are_compared_and_the_page_opens_without_a_network(
    python: Path, browser: Any, tmp_path: Path
) -> None:
    file = tmp_path / "drift.html"
    done = subprocess.run([python, "-I", "-c", PROGRAM, file], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split() == ["size"]
    for width, height in SIZES.values():
        page = browser.new_context(viewport={"width": width, "height": height}, offline=True).new_page()
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(file.as_uri())
        assert page.locator("h1").inner_text() == "1 of 2 columns has drifted: size."
        assert page.locator("svg.shares").count() == 2
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert asked == [file.as_uri()]
