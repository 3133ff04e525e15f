"""What the pages say and do, in Chromium: what the API says, by keyboard alone, by their forms."""

import re
from typing import Any

import pytest

from tests.journeys.chromium import opened
from tests.journeys.conftest import Story
from tests.journeys.pages import pages_of
from watchkeeper.server.web import wording

pytestmark = [pytest.mark.journey, pytest.mark.browser]


def test_the_summary_says_what_the_api_says(browser: Any, story: Story, signed_in: Any) -> None:
    usage, drift = story.deployment.usage(days=30), story.deployment.drift(days=30)
    page = opened(browser, story.server, signed_in)
    page.goto(pages_of(story)["summary-30"])
    figures = page.locator(".figures").inner_text()
    together, last = drift.total["champion"].global_drift, drift.days[-1].champion
    assert together is not None
    assert wording.drift(together.effect.estimate) in figures
    assert together.verdict in figures
    assert wording.milliseconds(usage.total["champion"].p95_ms) in figures
    assert f"{usage.total['champion'].rows:,} in 30 days" in figures
    assert page.locator(".sentence").inner_text() == story.deployment.summary(days=30).sentence
    page.get_by_text("The same in numbers").first.click()
    row = page.locator("details[open] tbody tr").first.inner_text()
    by_distance = page.get_by_role("heading", name="Distance by day").count()
    size = last.global_drift.effect.estimate if last.global_drift else None
    assert (wording.number(last.distance) if by_distance else wording.drift(size)) in row
    page.context.close()


def test_usage_and_distribution_say_what_the_api_says(browser: Any, story: Story, signed_in: Any) -> None:
    page = opened(browser, story.server, signed_in)
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
    page = opened(browser, story.server, signed_in)
    page.goto(pages_of(story)["dataset"])
    assert f"{dataset.rows:,} rows, {len(dataset.columns)} columns" in page.locator(".lead").inner_text()
    page.goto(pages_of(story)["version"])
    board = page.locator("table.list").first.inner_text()
    for model in experiment.version(1).models:
        assert model.learner in board
        assert wording.metric(model.metrics["mape"], "mape") in board
    page.context.close()


def test_a_page_can_be_used_with_the_keyboard_alone(browser: Any, story: Story, signed_in: Any) -> None:
    page = opened(browser, story.server, signed_in)
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


def test_a_table_is_opened_by_the_keyboard_and_the_address_says_so(browser: Any, story: Story, signed_in: Any) -> None:
    page = opened(browser, story.server, signed_in)
    page.goto(pages_of(story)["distribution"])
    chart = page.locator("figure.chart", has=page.locator('[data-name="Verdicts day by day"]'))
    chart.locator("[data-chart] svg").wait_for()
    assert chart.get_by_role("img", name=re.compile("^Verdicts by day on")).count() == 1
    chart.locator("summary").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"[?&]table=Verdicts\+day\+by\+day"))
    other = page.context.new_page()
    other.goto(page.url)
    assert [each.get_attribute("data-table") for each in other.locator("details[open]").all()] == [
        "Verdicts day by day"
    ]
    for kind in ("PNG", "SVG", "CSV"):
        with page.expect_download() as saved:
            chart.locator(".exports").get_by_text(kind).press("Enter")
        assert saved.value.suggested_filename.endswith(f".{kind.lower()}")
    page.context.close()


def test_a_key_is_made_on_its_page_shown_once_and_revoked(browser: Any, story: Story, signed_in: Any) -> None:
    page = opened(browser, story.server, signed_in)
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
    page = opened(browser, story.server, signed_in)
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
    page = opened(browser, story.server, signed_in)
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
