"""The docs are true: what the code says is written down, and what is linked is there."""

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import watchkeeper

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")]


def writer() -> Any:
    spec = spec_from_file_location("write_reference", ROOT / "docs" / "write_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_as_the_code_writes_it() -> None:
    """`just docs` writes it again."""
    for name, text in writer().pages().items():
        assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == text, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_docs_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_the_two_lines_of_the_readme_are_the_ones_that_are_run() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^    .* # run$", readme, re.MULTILINE)) == 1
    assert len(re.findall(r"^    .* # test$", readme, re.MULTILINE)) == 1
    assert len(readme.splitlines()) < 60


@pytest.mark.parametrize("decision", sorted(ROOT.glob("docs/decisions/*.md")), ids=lambda path: path.name)
def test_the_files_that_prove_a_decision_are_there(decision: Path) -> None:
    proof = decision.read_text(encoding="utf-8").partition("**Proof.**")[2]
    for name in re.findall(r"`([\w/.-]+)`", proof):
        assert any(ROOT.glob(f"**/{name.rstrip('/')}")), name


def test_every_word_of_the_glossary_stands_once() -> None:
    words = re.findall(r"^\| ([^|]+) \|", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(words) == len(set(words))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_docs_take_from_the_package_is_there(page: Path) -> None:
    names = re.findall(r"\bwk\.(\w+)", page.read_text(encoding="utf-8"))
    assert [name for name in names if not hasattr(watchkeeper, name)] == []


def test_the_example_of_comparing_two_tables_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(1)
    for name, age in (("last_year", 40.0), ("last_week", 46.0)):
        pq.write_table(pa.table({"age": chance.normal(age, 12, 1_000)}), tmp_path / f"{name}.parquet")
    monkeypatch.chdir(tmp_path)
    example = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "drift.md").read_text(encoding="utf-8"), re.DOTALL)[0]
    known: dict[str, Any] = {}
    exec(example, known)  # noqa: S102 - our own words
    assert known["found"].drifted == ("age",)
    assert (tmp_path / "drift.html").stat().st_size > 5_000
