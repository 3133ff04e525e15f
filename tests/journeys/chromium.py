"""Chromium as the journeys use it: its flags, its windows, and a page that is drawn."""

import os
import shutil
from typing import Any

from tests.journeys.servers import Server

CHROMIUM = os.environ.get("WATCHKEEPER_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCH_POLICY = """
window.reports = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.reports.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
SCROLL = """
async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
    scrollTo(0, y);
    await frame();
    await frame();
  }
  scrollTo(0, 0);
}
"""
SIZES = {"wide": (1280, 900), "narrow": (390, 844)}


def opened(browser: Any, server: Server, state: Any = None, *, size: str = "wide", scheme: str = "light") -> Any:
    """A page in a window of its own. `state` are the cookies of who is signed in."""
    width, height = SIZES[size]
    context = browser.new_context(
        storage_state=state,
        base_url=server.url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    context.add_init_script(WATCH_POLICY)
    return context.new_page()


def drawn(page: Any) -> None:
    """Scroll down, so that every chart comes near, and wait until each is drawn."""
    page.evaluate(SCROLL)
    charts = page.locator("[data-chart]")
    for place in range(charts.count()):
        charts.nth(place).locator("svg").first.wait_for(timeout=20_000)
