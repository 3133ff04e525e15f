"""The Alerts tab of a deployment, a project's Alerts and Channels, and the page of a firing."""

import re

import httpx2
import pytest

from tests.api.conftest import Api
from tests.api.silence import silent

TAB, ALL, CHANNELS = "/projects/p/deployments/live/alerts", "/projects/p/alerts", "/projects/p/alerts/channels"


@pytest.fixture
def session(api: Api) -> dict[str, str]:
    link = api.call("POST", "/api/v1/sign-in-links").json()["url"]
    answer = api.call("POST", "/sign-in", who=None, data={"token": link.partition("token=")[2]})
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def read(api: Api, session: dict[str, str], path: str) -> str:
    answer = api.call("GET", path, who=None, headers=session)
    assert answer.status_code == 200, answer.text
    return answer.text


def send(api: Api, session: dict[str, str], path: str, **form: str) -> httpx2.Response:
    token = re.search(r'name="csrf" value="(\w+)"', read(api, session, path))
    assert token is not None
    return api.call("POST", path, who=None, headers=session, data={"csrf": token[1], **form})


def rules(api: Api) -> dict[str, dict[str, object]]:
    return {each["name"]: each for each in api.call("GET", "/api/v1/deployments/d1/rules").json()["items"]}


def firing_of(api: Api) -> str:
    silent(api)
    return str(api.call("GET", "/api/v1/projects/p/firings").json()["items"][0]["id"])


def test_nothing_wrong_and_nobody_told_is_said_in_words(api: Api, session: dict[str, str]) -> None:
    shown = read(api, session, TAB)
    assert "Nothing is wrong" in shown
    assert "Nobody is told: this project has no channel yet" in shown
    assert "Nothing is wrong by the rules of 1 deployment" in read(api, session, ALL)
    assert "watchkeeper channels create-email" in read(api, session, CHANNELS)


def test_rules_are_added_changed_muted_and_removed_on_the_tab(api: Api, session: dict[str, str]) -> None:
    added = send(
        api, session, TAB, action="add", name="odd <b>", signal="violations", threshold="0.2", minimum_rows="50"
    )
    assert (added.status_code, added.headers["location"]) == (303, TAB)
    rule = rules(api)["odd <b>"]
    assert rule["condition"] == "above 20 % on a day with at least 50 rows"
    assert "odd &lt;b&gt;" in read(api, session, TAB)
    name = str(rule["id"])
    send(api, session, TAB, action="change", rule=name, threshold="0.4", needed="2", windows="3")
    assert rules(api)["odd <b>"]["condition"] == "above 40 % on 2 of 3 days with at least 50 rows"
    send(api, session, TAB, action="mute", rule=name)
    assert rules(api)["odd <b>"]["enabled"] is False
    assert "Unmute" in read(api, session, TAB)
    send(api, session, TAB, action="unmute", rule=name)
    send(api, session, TAB, action="remove", rule=name)
    assert "odd <b>" not in rules(api)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"threshold": "a lot"}, "threshold: this is no number"),
        ({"threshold": "nan"}, "The threshold has to be a number"),
        ({"threshold": ""}, "threshold: this is no number, or it is missing"),
        ({"needed": "3", "windows": "2"}, "3 of 2 windows can never be"),
        ({"signal": "moon"}, "is no signal"),
        ({"action": "explode"}, "This deployment has no such rule"),
    ],
)
def test_a_form_that_makes_no_sense_is_answered_on_the_same_page(
    api: Api, session: dict[str, str], wrong: dict[str, str], said: str
) -> None:
    form = {"action": "add", "name": "odd", "signal": "violations", "threshold": "0.2", **wrong}
    answer = send(api, session, TAB, **form)
    assert answer.status_code in {404, 422}
    assert said in answer.text
    assert "odd" not in rules(api)


def test_an_open_firing_leads_every_page_and_is_acknowledged_and_snoozed_on_its_own(
    api: Api, session: dict[str, str]
) -> None:
    here = f"{ALL}/{firing_of(api)}"
    for path in (TAB, ALL, here):
        assert "No calls since 1 March 2026" in read(api, session, path)
    assert "nobody was told" in read(api, session, TAB)
    assert send(api, session, here, action="acknowledge", note="it is <Sunday>").headers["location"] == here
    shown = read(api, session, here)
    assert "it is &lt;Sunday&gt;" in shown
    assert "open, acknowledged by" in shown
    send(api, session, here, action="snooze", hours="8")
    assert "snoozed until" in read(api, session, here)
    for hours in ("", "-1", "soon", "99999"):
        assert send(api, session, here, action="snooze", hours=hours).status_code == 422
    rule = next(iter(rules(api).values()))
    send(api, session, TAB, action="remove", rule=str(rule["id"]))
    shown = read(api, session, here)
    assert "so its signal can&#39;t be drawn" in shown
    assert ">Snooze<" not in shown


def test_a_webhooks_secret_is_on_the_page_that_made_it_and_never_again(api: Api, session: dict[str, str]) -> None:
    made = send(api, session, CHANNELS, action="add", name="hook", kind="webhook", to="https://example.test/a/b")
    assert made.status_code == 201
    (secret,) = set(re.findall(r"wks_[\w-]+", made.text))
    assert secret not in read(api, session, CHANNELS)
    channel = api.call("GET", "/api/v1/projects/p/channels").json()["items"][0]["id"]
    again = send(api, session, CHANNELS, action="renew-secret", channel=channel)
    assert set(re.findall(r"wks_[\w-]+", again.text)) not in ({secret}, set())


def test_a_channel_is_tested_switched_off_and_removed(api: Api, session: dict[str, str]) -> None:
    send(api, session, CHANNELS, action="add", name="us", kind="email", to="ann@example.test, bob@example.test")
    (channel,) = api.call("GET", "/api/v1/projects/p/channels").json()["items"]
    assert channel["settings"]["to"] == ["ann@example.test", "bob@example.test"]
    assert "WATCHKEEPER_SMTP names one" in read(api, session, CHANNELS)
    assert send(api, session, CHANNELS, action="test", channel=channel["id"]).status_code == 303
    assert "Test of the channel us" in read(api, session, CHANNELS)
    send(api, session, CHANNELS, action="switch-off", channel=channel["id"])
    assert "switched off" in read(api, session, CHANNELS)
    assert "Nobody is told" in read(api, session, TAB)
    send(api, session, CHANNELS, action="switch-on", channel=channel["id"])
    send(api, session, CHANNELS, action="remove", channel=channel["id"])
    assert api.call("GET", "/api/v1/projects/p/channels").json()["items"] == []
    refused = send(api, session, CHANNELS, action="add", name="us", kind="email", to="nobody")
    assert (refused.status_code, "is no e-mail address" in refused.text) == (422, True)


def test_who_may_not_change_things_sees_no_buttons_and_no_secret_address(api: Api, session: dict[str, str]) -> None:
    here = f"{ALL}/{firing_of(api)}"
    send(api, session, CHANNELS, action="add", name="hook", kind="webhook", to="https://example.test/a-secret-path")
    for path in (TAB, ALL, here, CHANNELS):
        shown = api.call("GET", path, who="viewer")
        assert shown.status_code == 200
        assert f'<form method="post" action="{path}' not in shown.text
        assert "a-secret-path" not in shown.text
    contributor = api.call("GET", CHANNELS, who="contributor").text
    assert "https://example.test/…" in contributor
    assert "Send a test" not in contributor


def test_a_form_without_its_token_changes_nothing(api: Api, session: dict[str, str]) -> None:
    for path in (TAB, CHANNELS, f"{ALL}/{firing_of(api)}"):
        assert api.call("POST", path, who=None, headers=session, data={"action": "add"}).status_code == 403


def test_the_numbers_of_a_firing_are_exported(api: Api, session: dict[str, str]) -> None:
    answer = api.call("GET", f"{ALL}/{firing_of(api)}/signal.csv", who=None, headers=session)
    assert answer.text == "day,value,low,high,limit\r\n"  # of a moment nothing is kept by day
    assert api.call("GET", f"{ALL}/nothing/signal.csv", who=None, headers=session).status_code == 404
