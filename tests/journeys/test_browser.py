"""Every page in Chromium: it can be reached, says what the API says, reports nothing to the policy, and fits."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Story
from tests.journeys.servers import until
from watchkeeper.sdk import Project, Run
from watchkeeper.server.web import wording

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = [pytest.mark.journey, pytest.mark.browser]

CHROMIUM = os.environ.get("WATCHKEEPER_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
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
SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
SCHEMES = ("light", "dark")
TELL = {"kind": "notify", "message": "It went on for ${parameters.who}.", "after": ["ask"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here; install Debian's `chromium` or name one in WATCHKEEPER_TEST_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def signed_in(browser: Any, story: Story) -> Any:
    """The cookies of a person who has signed in, by the link's button."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(story.server.run("sign-in").strip())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/projects")
    state = context.storage_state()
    context.close()
    (cookie,) = state["cookies"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    return state


def pages_of(story: Story) -> dict[str, str]:
    """The address of each page by its name."""
    project = story.server.client().projects.get(story.outcome["project"])
    root, whole = f"/projects/{project.slug}", story.deployment.usage(days=36_600)
    dataset, (experiment,) = project.datasets.get("demand, the past"), project.experiments.list()
    deployment = f"{root}/deployments/{story.deployment.slug}"
    firing, run = project.firings.list()[-1], a_run(project)
    return {
        "projects": "/projects",
        "project": root,
        "datasets": f"{root}/datasets",
        "dataset": f"{root}/datasets/{dataset.id}",
        "experiments": f"{root}/experiments",
        "version": f"{root}/experiments/{experiment.id}/versions/1",
        "deployments": f"{root}/deployments",
        "summary": f"{deployment}?start={whole.start}&end={whole.end}",
        "summary-empty": f"{deployment}?start=1999-01-01&end=1999-01-31",
        "usage-empty": f"{deployment}/usage?start=1999-01-01&end=1999-01-31",
        "distribution-empty": f"{deployment}/distribution?start=1999-01-01&end=1999-01-31",
        "summary-30": deployment,
        "usage": f"{deployment}/usage?days=90",
        "distribution": f"{deployment}/distribution?days=90",
        "performance": f"{deployment}/performance?start={whole.start}&end={whole.end}",
        "performance-empty": f"{deployment}/performance?start=1999-01-01&end=1999-01-31",
        "challenger": f"{deployment}/challenger?start={whole.start}&end={whole.end}",
        "challenger-empty": f"{deployment}/challenger?start=1999-01-01&end=1999-01-31",
        "releases": f"{deployment}/releases",
        "alerts": f"{deployment}/alerts",
        "project-alerts": f"{root}/alerts",
        "channels": f"{root}/alerts/channels",
        "firing": f"{root}/alerts/{firing.id}",
        "pipelines": f"{root}/pipelines",
        "pipeline": f"{root}/pipelines/{run.pipeline}",
        "run": f"{root}/runs/{run.id}",
        "resources": "/resources",
        "invitation": f"/invitations?token={(project.members.invite('viewer').url or '').rpartition('=')[2]}",
        "members": f"{root}/members",
        "keys": f"{root}/keys",
        "deployment-keys": f"{deployment}/keys",
        "account": "/account",
        "api": "/api/docs",
        "sign-in": "/sign-in",
        "sign-in-link": "/sign-in?token=any",
        "missing": f"{root}/deployments/none",
    }


def a_run(project: Project) -> Run:
    """One that waits for an approval; made once."""
    if "ask first" not in {pipeline.name for pipeline in project.pipelines.list()}:
        steps = {"ask": {"kind": "gate", "approval": {"ask": "Shall it go on?"}}, "tell": TELL}
        project.pipelines.create("ask first", {"parameters": {"who": "you"}, "steps": steps}).run()
    run = project.pipelines.get("ask first").runs.list()[0]
    until(lambda: run.refresh().waits_for or run.state == "done")
    return run


def opened(browser: Any, story: Story, state: Any, *, size: str = "wide", scheme: str = "light") -> Any:
    width, height = SIZES[size]
    context = browser.new_context(
        storage_state=state,
        base_url=story.server.url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    context.add_init_script(WATCH_POLICY)
    return context.new_page()


def drawn(page: Any) -> None:
    """Scroll down, so that every chart comes near, and wait until each is drawn."""
    page.evaluate(
        "async () => { for (let y = 0; y < document.body.scrollHeight; y += 400) {"
        " scrollTo(0, y); await new Promise((done) => setTimeout(done, 60)); } scrollTo(0, 0); }"
    )
    charts = page.locator("[data-chart]")
    for place in range(charts.count()):
        charts.nth(place).locator("svg").first.wait_for(timeout=20_000)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_opens_fits_and_breaks_no_rule(
    browser: Any, story: Story, signed_in: Any, size: str, scheme: str
) -> None:
    page = opened(browser, story, signed_in, size=size, scheme=scheme)
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


def test_the_summary_says_what_the_api_says(browser: Any, story: Story, signed_in: Any) -> None:
    usage, drift = story.deployment.usage(days=30), story.deployment.drift(days=30)
    page = opened(browser, story, signed_in)
    page.goto(pages_of(story)["summary-30"])
    figures = page.locator(".figures").inner_text()
    assert wording.number(drift.total["champion"].overall, 2) in figures
    assert wording.milliseconds(usage.total["champion"].p95_ms) in figures
    assert f"{usage.total['champion'].rows:,} in 30 days" in figures
    assert page.locator(".sentence").inner_text() == story.deployment.summary(days=30).sentence
    page.get_by_text("The same in numbers").first.click()
    row = page.locator("figure tbody tr").first.inner_text()
    assert wording.number(drift.days[-1].champion.overall) in row
    page.context.close()


def test_usage_and_distribution_say_what_the_api_says(browser: Any, story: Story, signed_in: Any) -> None:
    page = opened(browser, story, signed_in)
    pages = pages_of(story)
    total = story.deployment.usage(days=90).total["champion"]
    page.goto(pages["usage"])
    sentence = page.locator(".sentence").inner_text()
    assert f"{total.calls:,} calls with {total.rows:,} predictions" in sentence
    page.goto(pages["distribution"])
    feature = story.deployment.distribution(days=90).feature("Temperature")
    figure = page.locator("figure.chart", has=page.get_by_role("heading", name=re.compile("^Temperature")))
    assert wording.number(feature.drift, 2) in figure.first.inner_text()
    page.context.close()


def test_the_dataset_and_the_leaderboard_say_what_the_api_says(browser: Any, story: Story, signed_in: Any) -> None:
    project = story.server.client().projects.get(story.outcome["project"])
    dataset, (experiment,) = project.datasets.get("demand, the past"), project.experiments.list()
    page = opened(browser, story, signed_in)
    page.goto(pages_of(story)["dataset"])
    assert f"{dataset.rows:,} rows, {len(dataset.columns)} columns" in page.locator(".lead").inner_text()
    page.goto(pages_of(story)["version"])
    board = page.locator("table.list").first.inner_text()
    for model in experiment.version(1).models:
        assert model.learner in board
        assert wording.metric(model.metrics["mape"], "mape") in board
    page.context.close()


def test_a_page_can_be_used_with_the_keyboard_alone(browser: Any, story: Story, signed_in: Any) -> None:
    page = opened(browser, story, signed_in)
    page.goto(pages_of(story)["summary-30"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id || location.hash.slice(1)") == "main"
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.textContent.trim().slice(0, 40)"))
    assert {"Usage", "Distribution", "90 days"} <= seen
    page.context.close()


def test_a_key_is_made_on_its_page_shown_once_and_revoked(browser: Any, story: Story, signed_in: Any) -> None:
    page = opened(browser, story, signed_in)
    page.goto(pages_of(story)["keys"])
    page.get_by_label("Name").fill("a browser's")
    page.get_by_role("button", name="Create the key").click()
    secret = page.locator(".notice.good pre code").inner_text()
    assert secret.startswith("wk_")
    page.goto(pages_of(story)["keys"])
    assert secret not in page.content()
    page.locator("tr", has_text="a browser's").get_by_text("Revoke").first.click()
    page.get_by_role("button", name="Revoke a browser's").click()
    page.get_by_text("has ended").click()
    assert "revoked" in page.locator("tr", has_text="a browser's").inner_text()
    page.context.close()


def test_a_firing_is_acknowledged_and_a_channel_is_made_and_tried_on_their_pages(
    browser: Any, story: Story, signed_in: Any
) -> None:
    project = story.server.client().projects.get(story.outcome["project"])
    firing = project.firings.list()[-1]
    page = opened(browser, story, signed_in)
    page.goto(pages_of(story)["alerts"])
    page.get_by_role("link", name=firing.headline).first.click()
    assert firing.sentence in page.locator(".sentence").inner_text()
    page.get_by_label("What is known, or done about it").fill("known by its page")
    page.get_by_role("button", name=re.compile("Acknowledge|Change the note")).click()
    assert "known by its page" in page.locator(".sentence").inner_text()
    assert firing.refresh().note == "known by its page"
    page.goto(pages_of(story)["channels"])
    page.get_by_label("Name").fill("by browser")
    page.get_by_label("Kind").select_option("webhook")
    page.get_by_label("E-mail addresses, or the webhook's URL").fill("http://127.0.0.1:9/hook")
    page.get_by_role("button", name="Add the channel").click()
    secret = page.locator(".notice.good code").inner_text()
    assert secret.startswith("wks_")
    page.goto(pages_of(story)["channels"])
    assert secret not in page.content()
    page.get_by_role("button", name="Send a test by browser").click()
    page.get_by_text("127.0.0.1, an internal address").wait_for(timeout=20_000)  # the page follows the delivery
    channel = project.channels.get("by browser")
    assert [each.event for each in channel.deliveries()] == ["test"]
    channel.remove()
    page.context.close()


def test_who_is_not_signed_in_is_led_to_the_door_and_a_form_without_its_token_is_refused(
    browser: Any, story: Story, signed_in: Any
) -> None:
    stranger = browser.new_context(base_url=story.server.url)
    page = stranger.new_page()
    page.goto(pages_of(story)["summary"])
    assert page.url.endswith("/sign-in")
    stranger.close()
    known = browser.new_context(storage_state=signed_in, base_url=story.server.url)
    answer = known.request.post(pages_of(story)["keys"], form={"name": "forged"})
    assert answer.status == 403
    known.close()


def test_signing_out_ends_the_session(browser: Any, story: Story) -> None:
    context = browser.new_context(base_url=story.server.url)
    page = context.new_page()
    page.goto(story.server.run("sign-in").strip())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/projects")
    cookies = context.cookies()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    context.add_cookies(cookies)
    page.goto("/projects")
    assert page.url.endswith("/sign-in")
    context.close()


def test_a_run_is_approved_on_its_page_and_a_broken_change_is_refused_with_its_place(
    browser: Any, story: Story, signed_in: Any
) -> None:
    page = opened(browser, story, signed_in)
    pages = pages_of(story)
    page.goto(pages["pipeline"])
    page.get_by_label("who", exact=True).fill("all of us")
    page.get_by_role("button", name="Run now").click()
    page.wait_for_url("**/runs/**")
    page.get_by_label("Why, for those who read this later").wait_for(timeout=20_000)
    page.get_by_label("Why, for those who read this later").fill("because")
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("Approved by").first.wait_for()
    assert "because" in page.locator("main").inner_text()
    page.goto(pages["pipeline"])
    page.locator("summary", has_text="Change").click()
    page.locator("textarea").fill("steps:\n  a: {kind: gate, approval: true, after: [a]}\n")
    page.get_by_role("button", name="Save version").click()
    assert "wait for one another" in page.get_by_role("alert").inner_text()
    assert "after: [a]" in page.locator("textarea").input_value()
    page.context.close()
