"""Rules, firings and channels with the SDK, against the application itself."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.api.conftest import Api
from tests.api.silence import silent
from watchkeeper.alerts.channel import State
from watchkeeper.sdk.alerts.channels import Channel
from watchkeeper.sdk.errors import Conflict, NotFound, Refused


def test_a_rule_is_made_changed_muted_and_removed(api: Api) -> None:
    rules = api.client("contributor").projects.get("p").deployments.get("live").rules
    made = rules.create("odd", signal="violations", threshold=0.2, minimum_rows=50)
    assert (made.condition, made.enabled, made.channels) == ("above 20 % on a day with at least 50 rows", True, None)
    assert rules.get("odd") == made
    assert made.change(threshold=0.4, needed=2, windows=3).condition == (
        "above 40 % on 2 of 3 days with at least 50 rows"
    )
    assert made.mute().glance()["now"] == "muted"
    assert made.refresh().enabled is False
    assert made.unmute().glance()["now"] == "quiet"
    made.remove()
    with pytest.raises(NotFound):
        rules.get("odd")


def test_what_a_rule_can_not_be_is_refused_with_the_field(api: Api) -> None:
    rules = api.client("contributor").projects.get("p").deployments.get("live").rules
    with pytest.raises(Refused, match="4 of 3 windows can never be") as refused:
        rules.create("odd", signal="violations", threshold=0.2, needed=4, windows=3)
    assert refused.value.code == "rule-refused"


def test_none_means_something_only_where_it_is_said(api: Api) -> None:
    project = api.client("admin").projects.get("p")
    channel = project.channels.create_email("us", "ann@example.test")
    rule = project.deployments.get("live").rules.create("odd", signal="errors", threshold=0.2, channels=[channel.id])
    assert rule.change(threshold=0.3).channels == (channel.id,)
    assert rule.change(channels=None).channels is None


def test_a_firing_is_seen_from_the_deployment_and_the_project_acknowledged_and_snoozed(api: Api) -> None:
    silent(api)
    project = api.client("contributor").projects.get("p")
    (firing,) = project.firings.open()
    assert [firing] == list(project.deployments.get("live").firings.list())
    assert project.firings.list(deployment="p.live") == [firing]
    assert (firing.address, firing.signal, firing.closed, firing.worst) == ("p.live", "no_traffic", None, 30.0)
    assert firing.opened == date(2026, 3, 1)
    assert firing.acknowledge("we know").acknowledged_by == "contributor"
    # The console's clock stands still in these tests, so a moment of its own has to be named.
    until = api.assembly.clock.now() + timedelta(hours=2)
    assert firing.snooze(until).snoozed == until
    assert [each.kind for each in firing.history()] == ["found", "acknowledged"]
    assert "we know" in firing.history()[1].text
    assert "30 hours" in firing.chart().to_json()["description"]
    assert project.firings.get(firing.id).note == "we know"


def test_a_webhook_shows_its_secret_once_and_can_be_given_another(api: Api) -> None:
    channels = api.client("admin").projects.get("p").channels
    made = channels.create_webhook("hook", "https://example.test/path")
    assert made.secret is not None
    assert made.secret.startswith("wks_")
    assert channels.get("hook").secret is None
    assert made.renew_secret() not in {made.secret, None}
    assert made.change(enabled=False).enabled is False
    assert made.refresh().secret is None
    with pytest.raises(Conflict, match="a channel 'hook' already"):
        channels.create_webhook("hook", "https://example.test/path")
    made.remove()
    with pytest.raises(NotFound):
        made.refresh()


def test_a_test_of_a_channel_waits_for_what_becomes_of_it(api: Api) -> None:
    made = api.client("admin").projects.get("p").channels.create_email("us", ["ann@example.test", "bob@example.test"])
    assert made.settings == {"to": ["ann@example.test", "bob@example.test"]}
    assert "WATCHKEEPER_SMTP" in str(made.problem)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(made.test)
        while not api_tried(api, made):
            pass
        outcome = waiting.result()
    assert (outcome.state, outcome.error) == ("waiting", "No mail server is set.")
    assert [each.id for each in made.deliveries()] == [outcome.id]


def test_a_test_that_nobody_tried_says_so(api: Api) -> None:
    made = api.client("admin").projects.get("p").channels.create_email("us", "ann@example.test")
    outcome = made.test(within=0.0)
    assert (outcome.state, outcome.error, outcome.attempts) == ("waiting", None, 0)


def api_tried(api: Api, channel: Channel) -> bool:
    """As the worker does it, once there is something to try."""
    with api.assembly.store.work() as work:
        for each in work.deliveries.of_channel(channel.id, limit=1):
            failed = replace(each, attempts=1, state=State.WAITING, error="No mail server is set.")
            work.deliveries.change(failed)
            return True
    return False
