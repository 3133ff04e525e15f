"""People in Chromium: invited, joined, given another role, told when they are late, and shut out again."""

import re
from typing import Any

import pytest

from tests.journeys.chromium import SIZES, opened
from tests.journeys.servers import Server
from watchkeeper.sdk import Client, Deployment

pytestmark = [pytest.mark.journey, pytest.mark.browser]
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def deployment(deployment: Deployment, server: Server) -> Deployment:
    """Of the same models, one whose release is changed."""
    project = server.client().projects.get(deployment.address.partition(".")[0])
    champion, challenger = project.experiments.get("prices").version().models
    return project.deployments.create("lived in", champion=champion, challenger=challenger)


def person(browser: Any, server: Server, *, size: str = "wide") -> Any:
    """A page of somebody's own, signed in as nobody."""
    return opened(browser, server, size=size)


def administrator(browser: Any, server: Server, *, size: str = "wide") -> Any:
    page = person(browser, server, size=size)
    page.goto(server.run("sign-in").strip())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/projects")
    return page


def test_somebody_joins_works_is_told_when_late_and_is_shut_out(
    browser: Any, server: Server, deployment: Deployment
) -> None:
    root = f"/projects/{deployment.address.partition('.')[0]}"
    releases = f"{root}/deployments/{deployment.slug}/releases"
    admin, ann = administrator(browser, server), person(browser, server)

    admin.goto(f"{root}/members")
    admin.get_by_label("For").first.fill("Ann")
    admin.get_by_role("button", name="Make the link").click()
    ann.goto(admin.locator(".notice pre code").inner_text())
    ann.get_by_label("Login").fill("ann@home.org")
    ann.get_by_label(re.compile("^Name")).fill("Ann")
    ann.get_by_label("Password").fill(PASSWORD)
    ann.get_by_role("button", name="Join").click()
    ann.wait_for_url("**/projects")
    ann.goto(releases)
    assert ann.locator(".orders").count() == 0

    admin.goto(f"{root}/members")
    row = admin.locator("tr", has_text="ann@home.org")
    row.get_by_text("Change role").click()
    row.get_by_label("Contributor").check()
    row.get_by_role("button", name="Change the role of Ann").click()
    admin.goto(releases)
    ann.reload()
    for page, reason in ((ann, "numbers came as text"), (admin, "me too")):
        page.locator("summary", has_text="Change its settings").click()
        order = page.locator("details", has=page.locator('input[value="change"]'))
        order.get_by_label("strict").check()
        order.get_by_label("Why").fill(reason)
        order.get_by_role("button").click()
    ann.get_by_text("Release 2 is in force since").wait_for()
    admin.get_by_text("Release 2 is in force by now, not 1").wait_for()
    assert admin.locator('details[open] input[name="reason"]').input_value() == "me too"

    ann.goto("/account")
    ann.get_by_label(re.compile("where you will use it")).fill("laptop")
    ann.get_by_role("button", name="Create the key").click()
    client = Client(server.url, ann.locator(".notice pre code").inner_text())
    assert (client.me().name, len(client.projects.list())) == ("Ann", 1)

    admin.goto(f"{root}/members")
    row = admin.locator("tr", has_text="ann@home.org")
    row.locator("summary", has_text="Remove").click()
    row.get_by_role("button", name="Remove Ann").click()
    ann.goto(releases)
    assert "roles can be changed at any time" in ann.locator("main").inner_text()
    assert client.projects.list() == []
    for page in (admin, ann):
        assert page.evaluate("window.reports") == []
        page.context.close()


def test_a_password_that_is_changed_shuts_the_other_browser_out(browser: Any, server: Server) -> None:
    here, there = administrator(browser, server), administrator(browser, server)
    here.goto("/account")
    here.get_by_label("New password").fill(PASSWORD)
    here.get_by_label("The new one again").fill(PASSWORD + "!")
    here.get_by_role("button", name="Set the password").click()
    assert "not the same" in here.locator(".fault").inner_text()
    here.get_by_label("New password").fill(PASSWORD)
    here.get_by_label("The new one again").fill(PASSWORD)
    here.get_by_role("button", name="Set the password").click()
    here.get_by_text("Your password is changed").wait_for()
    there.goto("/account")
    assert there.url.endswith("/sign-in")
    for page in (here, there):
        page.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_every_form_fits_when_it_is_open(browser: Any, server: Server, deployment: Deployment, size: str) -> None:
    root = f"/projects/{deployment.address.partition('.')[0]}"
    page = administrator(browser, server, size=size)
    tab = f"{root}/deployments/{deployment.slug}"
    project = (f"{root}/members", f"{root}/keys", f"{root}/deployments", "/account")
    for path in (*project, f"{tab}/keys", f"{tab}/releases", f"{tab}/journal"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide"
        assert page.evaluate("window.reports") == [], path
    page.context.close()
