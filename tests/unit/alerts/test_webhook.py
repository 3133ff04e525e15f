"""A webhook goes only where it may, signed."""

import hashlib
import hmac
import ipaddress
import json
from collections.abc import Sequence

import pytest

from tests.fakes.clock import StillClock
from watchkeeper.alerts.channel import Channel, Delivery, Event, Kind, Undelivered
from watchkeeper.alerts.channelling import checked_settings
from watchkeeper.alerts.channels.email import message_of
from watchkeeper.alerts.channels.webhook import WebhookWay, body_of, signature
from watchkeeper.alerts.errors import ChannelRefused

NOW = StillClock().now()


class OpenSeal:
    def close(self, secret: str) -> str:
        return secret

    def open(self, sealed: str) -> str:
        return sealed


def way(*addresses: str, allowed: Sequence[str] = ()) -> WebhookWay:
    networks = [ipaddress.ip_network(each) for each in allowed]

    def stand_for(host: str, port: int) -> Sequence[str]:
        del host, port
        return addresses

    return WebhookWay(OpenSeal(), StillClock(), networks, addresses=stand_for)


def channel(url: str = "http://example.test/hook") -> Channel:
    return Channel("c1", "p1", "hook", Kind.WEBHOOK, {"url": url}, "secret", True, NOW, "u1")


def delivery(**more: str) -> Delivery:
    said = {"event": "test", "title": "Tést", "text": "It works.", "project": "P", "url": "http://here/x", **more}
    return Delivery("y1", "c1", None, Event.TEST, said, created=NOW, due=NOW)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)
def test_an_internal_address_is_refused_also_beside_a_public_one(address: str) -> None:
    with pytest.raises(Undelivered, match="internal address"):
        way(address).send(delivery(), channel())
    with pytest.raises(Undelivered, match="internal address"):
        way("93.184.216.34", address).send(delivery(), channel())


def test_a_network_that_is_allowed_is_tried() -> None:
    with pytest.raises(Undelivered, match="can't be reached"):
        way("127.0.0.1", allowed=["127.0.0.0/8"]).send(delivery(), channel("http://example.test:1/hook"))


def test_a_name_that_stands_for_nothing_is_said_to_be_so() -> None:
    def nothing(host: str, port: int) -> list[str]:
        del host, port
        raise OSError("no such name")

    with pytest.raises(Undelivered, match=r"'example\.test' can't be resolved"):
        WebhookWay(OpenSeal(), StillClock(), (), addresses=nothing).send(delivery(), channel())


def test_the_signature_is_of_the_moment_and_the_body() -> None:
    body = body_of(delivery())
    assert json.loads(body)["title"] == "Tést"
    expected = hmac.new(b"secret", b"12." + body, hashlib.sha256).hexdigest()
    assert signature(body, "secret", at=12) == f"t=12,v1={expected}"


def test_a_mail_says_what_where_and_carries_no_second_header() -> None:
    made = message_of(delivery(title="Over:\r\nBcc: all@example.test"), ["ann@example.test"], sender="w@example.test")
    assert made["Subject"] == "[P] Over: Bcc: all@example.test"
    assert made["Bcc"] is None
    assert made["Message-ID"] == "<y1@example.test>"
    assert made.get_content().splitlines() == ["It works.", "", "http://here/x"]


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (Kind.EMAIL, {"to": []}),
        (Kind.EMAIL, {"to": ["no address"]}),
        (Kind.EMAIL, {"to": ["a@b\r\nBcc: c@d"]}),
        (Kind.EMAIL, {"to": ["a@b"], "url": "http://x"}),
        (Kind.EMAIL, {"to": 5}),
        (Kind.WEBHOOK, {}),
        (Kind.WEBHOOK, {"url": "ftp://example.test"}),
        (Kind.WEBHOOK, {"url": "http://"}),
        (Kind.WEBHOOK, {"url": "http://ann:secret@example.test"}),
        (Kind.WEBHOOK, {"url": "http://example.test:99999"}),
        (Kind.WEBHOOK, {"url": "http://exa mple.test"}),
        (Kind.WEBHOOK, {"url": "http://example.test/\r\nX: y"}),
        (Kind.WEBHOOK, {"url": None}),
    ],
)
def test_settings_that_can_not_work_are_refused(kind: Kind, settings: dict[str, object]) -> None:
    with pytest.raises(ChannelRefused):
        checked_settings(kind, settings)
