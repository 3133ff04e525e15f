"""Putting messages into the outbox, in the transaction of what they tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchkeeper.alerts.channel import Channel, Delivery, Event
from watchkeeper.alerts.firing import Firing, Spell
from watchkeeper.alerts.ports import Unit
from watchkeeper.alerts.rule import Rule
from watchkeeper.clock import Clock
from watchkeeper.names import new_id
from watchkeeper.projects.project import Project
from watchkeeper.serving.deployment import Deployment

MOST_COLUMNS = 100
"""Of a firing's, that a message holds."""
Address = Callable[[Project, Deployment | None, Firing | None], str]
TITLES: Mapping[Event, str] = {
    Event.OPENED: "{rule}: {deployment}",
    Event.REOPENED: "Again: {rule}: {deployment}",
    Event.JOINED: "More: {rule}: {deployment}",
    Event.REMINDER: "Still: {rule}: {deployment}",
    Event.CLOSED: "Over: {rule}: {deployment}",
    Event.WITHDRAWN: "Withdrawn: {rule}: {deployment}",
}
WORDS: Mapping[Event, str] = {
    Event.OPENED: "{sentence}",
    Event.REOPENED: "It seemed to be over, but later data show that it goes on. {sentence}",
    Event.JOINED: "It is of more columns than was told. {sentence}",
    Event.REMINDER: "It has not ended. {sentence}",
    Event.CLOSED: "It is over. {sentence}",
    Event.WITHDRAWN: "As it is judged now, nothing is left of it. It was said that: {sentence}",
}


@dataclass(frozen=True)
class Telling:
    """`address` says where a firing is shown on the console."""

    clock: Clock
    address: Address

    def tell(self, firing: Firing, event: Event, *, rule: Rule, work: Unit) -> None:
        """By each of the rule's channels."""
        chosen = [
            channel
            for channel in work.channels.of_project(firing.project)
            if channel.enabled and (rule.channels is None or channel.id in rule.channels)
        ]
        if chosen:
            message = self._message(firing, event, rule=rule, work=work)
            self._post(chosen, event, message, firing=firing.id, work=work)

    def test(self, channel: Channel, *, work: Unit) -> Delivery:
        """A message that says only that messages arrive."""
        project = work.projects.get(channel.project)
        name = project.name if project else channel.project
        text = f"This is a test of the channel '{channel.name}' of the project '{name}'. It works."
        url = self.address(project, None, None) if project else ""
        message = {
            "event": Event.TEST,
            "title": f"Test of the channel {channel.name}",
            "text": text,
            "project": name,
            "url": url,
        }
        return self._post([channel], Event.TEST, message, firing=None, work=work)[0]

    def notice(self, project: Project, channels: Sequence[Channel], *, title: str, text: str, work: Unit) -> None:
        """Something a pipeline has to say."""
        url = self.address(project, None, None)
        message = {"event": Event.NOTICE, "title": title, "text": text, "project": project.name, "url": url}
        self._post(channels, Event.NOTICE, message, firing=None, work=work)

    def _post(
        self, channels: Sequence[Channel], event: Event, message: Mapping[str, Any], *, firing: str | None, work: Unit
    ) -> list[Delivery]:
        now = self.clock.now()
        posted = [Delivery(new_id(), channel.id, firing, event, message, created=now, due=now) for channel in channels]
        for each in posted:
            work.deliveries.add(each)
        return posted

    def _message(self, firing: Firing, event: Event, *, rule: Rule, work: Unit) -> dict[str, Any]:
        project = work.projects.get(firing.project)
        deployment = work.deployments.get(firing.deployment)
        named = {"rule": rule.name, "deployment": deployment.name if deployment else "", "sentence": firing.sentence}
        return {
            "event": event.value,
            "title": TITLES[event].format(**named),
            "text": WORDS[event].format(**named),
            "project": project.name if project else "",
            "deployment": deployment.address if deployment else "",
            "rule": rule.name,
            "signal": rule.signal,
            "firing": firing.id,
            "since": firing.since,
            "opened": firing.opened,
            "closed": firing.closed,
            "value": firing.worst,
            "threshold": firing.threshold,
            "about": firing.about,
            "columns": [_column(each) for each in firing.columns[:MOST_COLUMNS]],
            "url": self.address(project, deployment, firing) if project else "",
        }


def _column(of: Spell) -> dict[str, Any]:
    return {"column": of.about, "since": of.since, "until": of.until, "closed": of.closed}
