"""A mail is what was meant, whatever the names in it."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from watchkeeper.alerts.channel import Delivery, Event
from watchkeeper.alerts.channels.email import LONGEST_SUBJECT, message_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PLAIN = {"project": "Homes", "title": "Calls fail: prices", "text": "12 % failed.", "url": "http://here/x"}


def read(**said: str) -> tuple[dict[str, str], str]:
    """The headers and the text that arrive."""
    made = message_of(
        Delivery("d1", "c1", "f1", Event.OPENED, {**PLAIN, **said}, created=NOW, due=NOW),
        ["ann@example.test", "bob@example.test"],
        sender="watch@example.test",
    )
    arrived = message_from_bytes(made.as_bytes(policy=policy.SMTP), policy=policy.default)
    return {name: str(value) for name, value in arrived.items()}, str(arrived.get_content())


def test_it_says_what_is_wrong_and_where_to_look() -> None:
    headers, text = read()
    assert headers["Subject"] == "[Homes] Calls fail: prices"
    assert headers["To"] == "ann@example.test, bob@example.test"
    assert headers["Message-ID"] == "<d1@example.test>"
    assert text.splitlines() == ["12 % failed.", "", "http://here/x"]


@pytest.mark.parametrize("line", ["\r\n", "\n", "\r", "\u2028", "\u0085", "\v"])
def test_no_name_can_add_a_header(line: str) -> None:
    headers, _ = read(title=f"x{line}Bcc: eve@example.test", project=f"p{line}X-Eve: yes")
    assert {"Bcc", "X-Eve"}.isdisjoint(headers)
    assert headers["Subject"] == "[p X-Eve: yes] x Bcc: eve@example.test"


def test_names_of_any_script_and_length_arrive() -> None:
    name = "Ärger, 警告 🚨 " + "ö" * 400
    headers, text = read(title=name, text=name)
    assert headers["Subject"] == f"[Homes] {name}"[:LONGEST_SUBJECT]
    assert text.splitlines()[0] == name


def test_the_same_delivery_has_the_same_id_each_time() -> None:
    delivery = Delivery("d1", "c1", "f1", Event.OPENED, PLAIN, created=NOW, due=NOW)
    again = replace(delivery, attempts=3, due=NOW)
    ids = {message_of(each, ["ann@example.test"], sender="w@e.test")["Message-ID"] for each in (delivery, again)}
    assert len(ids) == 1
