"""Firings reach a real mail server and a real HTTP receiver, whatever is down, slow or killed meanwhile."""

import hashlib
import hmac
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys.deployed import project_with_homes
from tests.journeys.receivers import Mailbox, Posted, Receiver, receiving
from tests.journeys.servers import Server, running, until
from watchkeeper.sdk import Deployment, Project
from watchkeeper.sdk.alerts.channels import Channel
from watchkeeper.sdk.alerts.firings import Firing

pytestmark = pytest.mark.journey

KILLS = int(os.environ.get("WATCHKEEPER_TEST_KILLS", "10"))
SLOWER = float(os.environ.get("WATCHKEEPER_TEST_SLOWER", "0"))
"""Seconds that a receiver takes while processes are killed: the slower, the more often a delivery is cut in two."""
CLAIM = 60.0
SETTLED = 30.0
REVIVED = 45.0
"""What dies again and again is started again later and later, up to half a minute."""


@dataclass(frozen=True)
class World:
    server: Server
    project: Project
    deployment: Deployment
    mailbox: Mailbox
    receiver: Receiver
    mail: Channel
    hook: Channel
    secret: str

    def fire(self, name: str) -> None:
        """A rule that is beyond its threshold already: its firing opens within a second or so."""
        self.deployment.rules.create(name, signal="violations", threshold=0.5)

    def firing(self, name: str) -> Firing:
        found: Firing = until(lambda: next((f for f in self.project.firings.list() if f.rule_name == name), None))
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root, mailbox = tmp_path_factory.mktemp("alerts"), Mailbox()
    mailbox.begin()
    where = {"WATCHKEEPER_SMTP": f"smtp://127.0.0.1:{mailbox.port}", "WATCHKEEPER_WEBHOOKS_ALLOWED": "127.0.0.1/32"}
    with receiving() as receiver, running(root / "data", root / "home", **where) as server:
        project = project_with_homes(server, root)
        version = project.experiments.create("prices", target="price", time="sold_at").train(
            project.datasets.get("homes"), budget="10s", learners=["linear"]
        )
        deployment = project.deployments.create("prices", champion=version.best)
        for rule in deployment.rules.list():
            rule.remove()
        break_the_schema(deployment)
        mail = project.channels.create_email("us", "ann@example.test")
        hook = project.channels.create_webhook("hook", receiver.url)
        yield World(server, project, deployment, mailbox, receiver, mail, hook, hook.secret or "")
    mailbox.end()


def break_the_schema(deployment: Deployment) -> None:
    at = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    row = {"sold_at": at, "size": 1_000_000.0, "town": "Atlantis", "garden": True}
    deployment.predict([row] * 30)
    until(lambda: deployment.violations(days=30).records())


def signed(posted: Posted, secret: str) -> bool:
    """As the docs tell receivers to do it."""
    parts = dict(part.split("=", 1) for part in posted.headers["Watchkeeper-Signature"].split(","))
    signed_bytes = f"{parts['t']}.".encode() + posted.body
    wanted = hmac.new(secret.encode(), signed_bytes, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, parts["v1"]) and abs(time.time() - int(parts["t"])) < 300


def test_a_firing_is_told_by_mail_and_by_a_signed_webhook(world: World) -> None:
    world.fire("both ways")
    (posted,) = until(lambda: world.receiver.about("both ways"))
    until(lambda: world.mailbox.about("both ways"))
    firing = world.firing("both ways")
    assert signed(posted, world.secret)
    assert not signed(posted, "wks_another")
    assert posted.document["firing"] == firing.id
    assert posted.document["url"].endswith(f"/alerts/{firing.id}")
    (text,) = [text for _, subject, text in world.mailbox.got if "both ways" in subject]
    assert firing.sentence in text
    sent = until(lambda: [each for each in firing.deliveries() if each.state == "delivered"] * 1)
    until(lambda: all(each.state == "delivered" for each in firing.deliveries()))
    assert {each.channel_name for each in firing.deliveries()} == {"us", "hook"}
    assert posted.headers["Watchkeeper-Delivery"] in {each.id for each in firing.deliveries()}
    assert sent
    assert [each.kind for each in firing.history()] == ["found", "told", "told"]


def test_a_mail_server_that_was_down_gets_what_it_missed(world: World) -> None:
    world.mailbox.end()
    world.fire("while down")
    until(lambda: world.receiver.about("while down"))
    failed = until(lambda: next((each for each in world.mail.deliveries() if each.error), None))
    assert "can't be reached" in failed.error
    assert failed.due is not None
    world.mailbox.begin()
    until(lambda: world.mailbox.about("while down"), within=SETTLED)


def test_a_slow_mail_server_keeps_no_webhook_waiting_and_gets_its_mail(world: World) -> None:
    world.mailbox.pauses.append(11.0)
    world.fire("while slow")
    until(lambda: world.receiver.about("while slow"), within=9)
    world.fire("still slow")
    until(lambda: world.receiver.about("still slow"), within=9)
    assert not world.mailbox.about("while slow")
    (name,) = until(lambda: world.mailbox.about("while slow"), within=SETTLED)
    assert name.startswith("<")


def test_a_webhook_that_answers_500_is_told_again_with_the_same_id(world: World) -> None:
    world.receiver.answers[:] = [500, 503]
    world.fire("out of order")
    got = until(lambda: len(found := world.receiver.about("out of order")) == 3 and found)
    assert [each.answered for each in got] == [500, 503, 200]
    assert len({each.headers["Watchkeeper-Delivery"] for each in got}) == 1
    assert len({each.document["id"] for each in got}) == 1


def test_a_redirect_inward_is_not_followed_and_an_internal_address_is_not_asked(world: World) -> None:
    with receiving() as outer, receiving() as inner:
        outer.answers[:] = [302] * 20
        outer.elsewhere = inner.url
        leading = world.project.channels.create_webhook("leading inward", outer.url)
        outcome = leading.test()
        assert outcome.state == "waiting"
        assert "Redirects are not followed" in str(outcome.error)
        inward = world.project.channels.create_webhook("inward", "http://127.0.0.2:1/")
        assert "127.0.0.2, an internal address" in str(inward.test().error)
        leading.remove()
        inward.remove()
        assert inner.got == []


def test_who_snoozed_is_reminded_and_who_acknowledged_is_not(world: World) -> None:
    world.fire("snoozed")
    world.fire("acknowledged")
    world.firing("acknowledged").snooze(timedelta(seconds=2)).acknowledge("it is known")
    world.firing("snoozed").snooze(timedelta(seconds=2))
    until(lambda: [each for each in world.receiver.about("snoozed") if each.document["event"] == "reminder"])
    assert {each.document["event"] for each in world.receiver.about("acknowledged")} == {"opened"}


def test_the_shell_makes_tests_and_removes_channels_and_rules(world: World) -> None:
    run = world.server.run_json
    address = world.deployment.address
    made = run("channels", "create-webhook", "by shell", world.receiver.url)
    assert made["secret"].startswith("wks_")
    assert "secret" not in next(each for each in run("channels", "list") if each["name"] == "by shell")
    assert run("channels", "test", "by shell")["state"] == "delivered"
    assert [each["event"] for each in run("channels", "deliveries", "by shell")] == ["test"]
    only = ("--channel", made["id"])
    rule = run("rules", "create", address, "by shell", "--signal", "violations", "--threshold", "0.5", *only)
    assert rule["channels"] == [made["id"]]
    firing = world.firing("by shell")
    assert run("firings", "show", firing.id)["headline"].startswith("Values of ")
    assert run("firings", "acknowledge", firing.id, "--note", "known")["note"] == "known"
    assert run("firings", "snooze", firing.id, "--hours", "1")["snoozed"] is not None
    assert "limit" in str(run("firings", "chart", firing.id))
    assert run("rules", "change", address, "by shell", "--threshold", "0.6")["threshold"] == 0.6
    assert run("rules", "mute", address, "by shell")["enabled"] is False
    assert run("rules", "remove", address, "by shell") == {"removed": rule["id"]}
    assert run("channels", "remove", "by shell") == {"removed": made["id"]}
    assert "no-signal" not in world.server.run(
        "rules", "create", address, "x", "--signal", "moon", "--threshold", "1", expect=1
    )


def killed(server: Server, name: str) -> None:
    until(lambda: name in server.children(), within=REVIVED)
    server.kill(name)


def test_nothing_is_lost_when_the_worker_and_the_console_are_killed_at_random_moments(world: World) -> None:
    chance = random.Random(KILLS)
    world.receiver.pause = SLOWER
    names = [f"killed {number}" for number in range(KILLS)]
    for number, name in enumerate(names):
        world.fire(name)
        time.sleep(chance.uniform(0, 1.6))
        killed(world.server, "console" if number % 2 else "worker")
    until(lambda: {"worker", "console"} <= set(world.server.children()), within=REVIVED)

    def everything() -> bool:
        mailed = all(world.mailbox.about(f"{name}:") for name in names)
        return mailed and all(world.receiver.about(name) for name in names)

    until(everything, within=CLAIM + SETTLED + 4 * SLOWER * KILLS, every=0.5)
    firings = [firing for firing in world.project.firings.list() if firing.rule_name in names]
    assert sorted(firing.rule_name for firing in firings) == sorted(names)
    for name in names:
        ids = {each.headers["Watchkeeper-Delivery"] for each in world.receiver.about(name)}
        assert len(ids) == 1, "what comes twice can be known by its id"
        assert len(world.mailbox.about(f"{name}:")) == 1
