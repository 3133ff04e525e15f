"""Rules, firings and channels over the API."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.silence import silent

RULES, CHANNELS, FIRINGS = "/api/v1/deployments/d1/rules", "/api/v1/projects/p/channels", "/api/v1/projects/p/firings"
HOOK = {"name": "hook", "kind": "webhook", "settings": {"url": "https://example.test/secret/path"}}


def asked(api: Api, method: str, path: str, status: int, *, who: str = "contributor", **body: Any) -> dict[str, Any]:
    answer = api.call(method, path, who=who, **({"json": body} if method in {"POST", "PATCH"} else {}))
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found


def test_a_rule_is_made_changed_read_and_removed(api: Api) -> None:
    made = asked(api, "POST", RULES, 201, name="odd", signal="violations", threshold=0.2, minimum_rows=50)
    assert made["condition"] == "above 20 % on a day with at least 50 rows"
    assert (made["starting"], made["created_by"], made["firing"]) == (False, "contributor", None)
    changed = asked(api, "PATCH", f"{RULES}/{made['id']}", 200, threshold=0.4, needed=2, windows=3)
    assert changed["condition"] == "above 40 % on 2 of 3 days with at least 50 rows"
    assert asked(api, "GET", f"{RULES}/{made['id']}", 200, who="viewer") == changed
    asked(api, "DELETE", f"{RULES}/{made['id']}", 204)
    assert asked(api, "GET", f"{RULES}/{made['id']}", 404)["code"] == "no-rule"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"signal": "moon"}, "signal"),
        ({"metric": "mape"}, "metric"),
        ({"signal": "performance", "metric": "auc"}, "metric"),
        ({"minimum_rows": 0}, "minimum_rows"),
        ({"needed": 4, "windows": 3}, "needed"),
        ({"windows": 1000}, "windows"),
        ({"days": 0}, "days"),
        ({"sure": True}, "sure"),
        ({"channels": ["nothing"]}, "channels"),
        ({"name": "  "}, "name"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_the_place(api: Api, wrong: dict[str, Any], field: str) -> None:
    body = {"name": "odd", "signal": "violations", "threshold": 0.2, **wrong}
    answer = api.call("POST", RULES, json=body)
    assert answer.status_code in {404, 422}, answer.text
    assert field in answer.json()["fields"]


def test_two_rules_of_one_name_are_refused(api: Api) -> None:
    asked(api, "POST", RULES, 201, name="odd", signal="violations", threshold=0.2)
    other = asked(api, "POST", RULES, 201, name="even", signal="violations", threshold=0.2)
    assert "name" in asked(api, "POST", RULES, 422, name="Odd", signal="violations", threshold=0.3)["fields"]
    assert "already" in asked(api, "PATCH", f"{RULES}/{other['id']}", 422, name="odd")["detail"]
    assert asked(api, "PATCH", f"{RULES}/{other['id']}", 200, name="Even")["name"] == "Even"


def test_a_threshold_that_is_no_number_is_refused(api: Api) -> None:
    body = '{"name": "odd", "signal": "violations", "threshold": NaN}'
    answer = api.call("POST", RULES, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}


def test_who_may_not_manage_channels_sees_no_secret_address(api: Api) -> None:
    made = asked(api, "POST", CHANNELS, 201, who="admin", **HOOK)
    assert made["secret"].startswith("wks_")
    (listed,) = asked(api, "GET", CHANNELS, 200, who="viewer")["items"]
    assert listed["settings"] == {"url": "https://example.test/…"}
    assert "secret" not in listed
    (whole,) = asked(api, "GET", CHANNELS, 200, who="admin")["items"]
    assert whole["settings"] == HOOK["settings"]
    again = asked(api, "POST", f"{CHANNELS}/{made['id']}/secret", 201, who="admin")
    assert again["secret"] != made["secret"]


def test_the_secret_is_sealed_where_it_is_kept(api: Api) -> None:
    made = asked(api, "POST", CHANNELS, 201, who="admin", **HOOK)
    with api.assembly.store.look() as work:
        kept = work.channels.get(made["id"])
    assert kept is not None
    assert kept.sealed is not None
    assert made["secret"] not in kept.sealed
    assert api.assembly.seal.open(kept.sealed) == made["secret"]
    assert api.assembly.places.seal_key().stat().st_mode & 0o777 == 0o600


def test_a_channel_is_changed_tested_and_removed(api: Api) -> None:
    mail = {"name": "us", "kind": "email", "settings": {"to": "ann@example.test"}}
    made = asked(api, "POST", CHANNELS, 201, who="admin", **mail)
    assert made["settings"] == {"to": ["ann@example.test"]}
    assert "WATCHKEEPER_SMTP" in made["problem"]
    here = f"{CHANNELS}/{made['id']}"
    assert asked(api, "PATCH", here, 200, who="admin", enabled=False)["enabled"] is False
    sent = asked(api, "POST", f"{here}/test", 202, who="admin")
    assert (sent["state"], sent["event"]) == ("waiting", "test")
    assert asked(api, "GET", f"{here}/deliveries", 200, who="viewer")["items"] == [sent]
    assert asked(api, "GET", f"/api/v1/projects/p/deliveries/{sent['id']}", 200, who="viewer") == sent
    asked(api, "DELETE", here, 204, who="admin")
    assert asked(api, "POST", f"{here}/test", 404, who="admin")["code"] == "no-channel"


def test_two_channels_of_one_name_and_unknown_kinds_are_refused(api: Api) -> None:
    asked(api, "POST", CHANNELS, 201, who="admin", **HOOK)
    assert asked(api, "POST", CHANNELS, 409, who="admin", **{**HOOK, "name": "HOOK"})["code"] == "channel-taken"
    assert asked(api, "POST", CHANNELS, 422, who="admin", **{**HOOK, "kind": "pigeon"})["fields"] == ["kind"]


def test_a_firing_is_read_acknowledged_snoozed_and_drawn(api: Api) -> None:
    silent(api)
    (listed,) = asked(api, "GET", FIRINGS, 200, who="viewer")["items"]
    assert (listed["rule_name"], listed["address"], listed["closed"]) == ("too much", "p.live", None)
    here = f"{FIRINGS}/{listed['id']}"
    known = asked(api, "POST", f"{here}/acknowledge", 200, note="we know")
    assert (known["acknowledged_by"], known["note"]) == ("contributor", "we know")
    assert asked(api, "POST", f"{here}/acknowledge", 200, note="since\nMonday")["note"] == "since\nMonday"
    for note in ("a\0b", "\u202eturned", "\u2800", "x" * 2_001):
        refused = asked(api, "POST", f"{here}/acknowledge", 422, note=note)
        assert (refused["code"], refused["fields"]) == ("note-refused", ["note"])
    assert asked(api, "POST", f"{here}/acknowledge", 200, note="we know")["note"] == "we know"
    until = (api.assembly.clock.now() + timedelta(hours=2)).isoformat()
    assert asked(api, "POST", f"{here}/snooze", 200, until=until)["snoozed"] is not None
    past = (api.assembly.clock.now() - timedelta(hours=2)).isoformat()
    assert asked(api, "POST", f"{here}/snooze", 422, until=past)["code"] == "snooze-refused"
    assert asked(api, "POST", f"{here}/acknowledge", 403, who="viewer")
    assert "limit" in str(asked(api, "GET", f"{here}/chart", 200)["layer"])
    (rule,) = asked(api, "GET", RULES, 200)["items"]
    assert rule["firing"] == listed["id"]
    assert asked(api, "GET", f"{FIRINGS}?state=open", 200)["items"][0]["note"] == "we know"
    asked(api, "DELETE", f"{RULES}/{rule['id']}", 204)
    assert asked(api, "GET", f"{FIRINGS}?state=open", 200)["items"] == []
    assert asked(api, "POST", f"{here}/snooze", 409, until=until)["code"] == "firing-closed"
    assert asked(api, "GET", f"{here}/chart", 404)
