"""The page of two tables compared, where columns and levels have names that no line holds."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.journeys.chromium import SIZES
from watchkeeper.monitoring import compare

pytestmark = [pytest.mark.browser]
ENDS = "(tables) => tables.map((table) => table.getBoundingClientRect().right)"


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "drift.html"
    chance, column = np.random.default_rng(6), "n" * 120
    before, now = (
        pa.table({column: chance.normal(by, 1, 1_000), f"{column} level": [f"{'l' * 90}{by}"] * 1_000}) for by in (0, 3)
    )
    compare(before, now.append_column("m" * 120, pa.array(range(1_000)))).to_html(file)
    return file


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_no_table_is_wider_than_the_page(browser: Any, page_file: Path, size: tuple[int, int]) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    main = page.locator("main").evaluate("(main) => main.getBoundingClientRect().right")
    ends = page.locator("main > table").evaluate_all(ENDS)
    assert len(ends) == 4
    assert max(ends) <= main + 1
    page.close()
