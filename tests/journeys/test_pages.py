"""Every page in Chromium, wide and narrow, light and dark: it opens, reports nothing to the policy, and fits."""

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.chromium import SIZES, drawn, opened
from tests.journeys.conftest import Story
from tests.journeys.pages import pages_of

pytestmark = [pytest.mark.journey, pytest.mark.browser]

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
SCHEMES = ("light", "dark")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_opens_fits_and_breaks_no_rule(
    browser: Any, story: Story, signed_in: Any, size: str, scheme: str
) -> None:
    page = opened(browser, story.server, signed_in, size=size, scheme=scheme)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", lambda said: faults.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    SCREENSHOTS.mkdir(exist_ok=True)
    for name, path in pages_of(story).items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == (404 if name == "missing" else 200), name
        drawn(page)
        page.screenshot(path=SCREENSHOTS / f"{name}-{size}-{scheme}.png", full_page=True)
        if (name, size, scheme) == ("summary", "wide", "light"):
            page.screenshot(path=SCREENSHOTS / "picture.png")  # the README's
        assert page.evaluate("window.reports") == [], name
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, f"{name} is {too_wide} pixels too wide"
        assert page.locator("h1").count() == 1, name
        assert page.locator("main").count() == 1, name
    assert [fault for fault in faults if "404" not in fault] == []
    page.context.close()
