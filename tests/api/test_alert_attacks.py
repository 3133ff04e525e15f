"""What should not be sent to the alerts' doors, and is: every answer is a refusal that says what to do."""

from typing import Any

import pytest

from tests.api.conftest import Api
from watchkeeper.alerts.channelling import MOST_CHANNELS
from watchkeeper.alerts.ruling import MOST_RULES

RULES, CHANNELS = "/api/v1/deployments/d1/rules", "/api/v1/projects/p/channels"
HALF = "\\ud800"  # half of a pair, as JSON may spell it


def rule(more: str) -> str:
    return '{"name": "odd", "signal": "violations", "threshold": 0.2, ' + more + "}"


def posted(api: Api, path: str, body: str) -> Any:
    return api.call("POST", path, content=body, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    "body",
    [
        '{"name": "odd", "signal": "violations", "threshold": 1e999}',
        '{"name": "odd", "signal": "violations", "threshold": -1e999}',
        '{"name": "odd", "signal": "violations", "threshold": -0.1}',
        '{"name": "odd", "signal": "violations", "threshold": 1}',
        '{"name": "odd", "signal": "global_drift", "threshold": 1.5}',
        '{"name": "odd", "signal": "no_traffic", "threshold": -1}',
        '{"name": "odd", "signal": "violations", "threshold": true, "windows": "many"}',
        rule('"windows": 99999999999999999999, "needed": 1'),
        rule('"needed": -1'),
        rule(f'"channels": ["{HALF}"]'),
        rule(f'"metric": "{HALF}"'),
        '{"name": "%s", "signal": "violations", "threshold": 0.2}'.replace("%s", HALF),
        '{"name": "odd", "signal": "%s", "threshold": 0.2}'.replace("%s", HALF),
        '{"name": "%s", "signal": "violations", "threshold": 0.2}'.replace("%s", "x" * 201),
        '{"name": "\\u0000", "signal": "violations", "threshold": 0.2}',
        "[]",
        "",
    ],
)
def test_a_rule_that_can_not_be_is_refused(api: Api, body: str) -> None:
    answer = posted(api, RULES, body)
    assert answer.status_code in {400, 404, 422}, answer.text
    assert answer.json()["detail"]
    assert api.call("GET", RULES).json()["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        '{"name": "c", "kind": "email", "settings": {"to": "a@b\\r\\nBcc: c@d"}}',
        '{"name": "c", "kind": "email", "settings": {"to": ["a@b", "%s@d"]}}'.replace("%s", HALF),
        '{"name": "c", "kind": "email", "settings": {"to": [["a@b"]]}}',
        '{"name": "c", "kind": "email", "settings": {"to": []}}',
        '{"name": "c", "kind": "email", "settings": {"to": "a@b", "cc": "c@d"}}',
        '{"name": "c", "kind": "email", "settings": {"to": {"a@b": 1}}}',
        '{"name": "c", "kind": "email", "settings": {"%s": "a@b"}}'.replace("%s", HALF),
        '{"name": "c", "kind": "%s", "settings": {}}'.replace("%s", HALF),
        '{"name": "c", "kind": "webhook", "settings": {"url": "https://x/%s"}}'.replace("%s", HALF),
        '{"name": "c", "kind": "webhook", "settings": {"url": "file:///etc/passwd"}}',
        '{"name": "c", "kind": "webhook", "settings": {"url": "https://user:word@example.test/"}}',
        '{"name": "c", "kind": "webhook", "settings": {"url": "https://[::1"}}',
        '{"name": "c", "kind": "webhook", "settings": {"url": "https://x:99999/"}}',
        '{"name": "c", "kind": "webhook", "settings": {"url": "https://x/\\r\\nX: y"}}',
        '{"name": "c", "kind": "webhook", "settings": {"url": 5}}',
        '{"name": "c", "kind": "webhook", "settings": {}}',
    ],
)
def test_a_channel_that_can_not_be_is_refused(api: Api, body: str) -> None:
    answer = posted(api, CHANNELS, body)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["detail"]
    assert api.call("GET", CHANNELS).json()["items"] == []


def test_there_are_only_so_many_rules_and_channels(api: Api) -> None:
    for number in range(MOST_CHANNELS):
        mail = {"name": f"c{number}", "kind": "email", "settings": {"to": "a@b"}}
        assert api.call("POST", CHANNELS, json=mail).status_code == 201
    full = api.call("POST", CHANNELS, json={"name": "c", "kind": "email", "settings": {"to": "a@b"}})
    assert (full.status_code, full.json()["code"]) == (422, "channel-refused")
    for number in range(MOST_RULES):
        errors = {"name": f"r{number}", "signal": "errors", "threshold": 0.5}
        assert api.call("POST", RULES, json=errors).status_code == 201
    full = api.call("POST", RULES, json={"name": "r", "signal": "errors", "threshold": 0.5})
    assert (full.status_code, full.json()["code"]) == (422, "rule-refused")


def test_a_name_in_any_script_is_kept_and_shown(api: Api) -> None:
    name = "Ärger mit Ö, 警告, \u200f\u05d0\u05d6\u05d4\u05e8\u05d4, 🚨" + "ö" * 100
    made = api.call("POST", RULES, json={"name": name, "signal": "errors", "threshold": 0.5})
    assert made.json()["name"] == name
    assert name in api.call("GET", "/projects/p/deployments/live/alerts").text
