"""What has happened about a firing, in the order in which it did."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.alerts.channel import Channel, Delivery, Kind, State
from watchkeeper.alerts.firing import Firing
from watchkeeper.monitoring.acceptance import Acceptance
from watchkeeper.monitoring.days import spelled

GONE = "a channel that was removed"


@dataclass(frozen=True)
class Happened:
    """`kind` is `found`, `told`, `waiting`, `failed`, `acknowledged`, `accepted`, `withdrawn` or `ended`."""

    at: datetime
    kind: str
    text: str


def told(deliveries: Sequence[Delivery], channels: Mapping[str, Channel]) -> str:
    """Who has been told, for the end of a sentence: `told 2 people and 1 program`."""
    reached = {each.channel for each in deliveries if each.state is State.DELIVERED}
    kinds = [channels[name] for name in reached if name in channels]
    people = len({to for each in kinds if each.kind is Kind.EMAIL for to in each.settings["to"]})
    programs = sum(each.kind is Kind.WEBHOOK for each in kinds)
    words = [_count(people, "person", "people"), _count(programs, "program", "programs")]
    said = " and ".join(word for word in words if word)
    if said:
        return f"told {said}"
    return "told by what was removed" if reached else "nobody was told yet" if deliveries else "nobody was told"


def _count(count: int, one: str, many: str) -> str:
    return "" if not count else f"{count} {one if count == 1 else many}"


def recount(
    firing: Firing,
    deliveries: Sequence[Delivery],
    *,
    channels: Mapping[str, str],
    by: str | None,
    acceptances: Sequence[Acceptance] = (),
) -> list[Happened]:
    """`channels` are names by id, `by` is the name of who acknowledged, `acceptances` those of the deployment."""
    happened = [
        *_of_firing(firing, by),
        *(_of_delivery(each, channels) for each in deliveries),
        *(said for each in acceptances for said in _of_acceptance(each, firing)),
    ]
    return sorted(happened, key=lambda each: each.at)


def _of_acceptance(acceptance: Acceptance, firing: Firing) -> Iterator[Happened]:
    """Those that concern one of its columns and its days: they change what it is of."""
    its = [each.about for each in firing.columns] or [firing.about]
    names = [name for name in acceptance.columns if name in its]
    if not names or (firing.closed is not None and acceptance.since >= firing.closed):
        return
    what = f"the drift of {', '.join(names)} as known since {spelled(acceptance.since)}"
    if acceptance.at >= firing.found:
        text = f"{acceptance.accepted_by} accepted {what}: {acceptance.because}"
        yield Happened(acceptance.at, "accepted", text)
    gone = acceptance.withdrawn
    if gone is not None and gone.at >= firing.found:
        yield Happened(gone.at, "withdrawn", f"{gone.by} took back that {acceptance.accepted_by} had accepted {what}.")


def _of_firing(firing: Firing, by: str | None) -> Iterator[Happened]:
    yield Happened(firing.found, "found", f"It was found, open since {spelled(firing.opened)}.")
    if firing.acknowledged is not None:
        note = f": {firing.note}" if firing.note else "."
        yield Happened(firing.acknowledged, "acknowledged", f"{by or 'Somebody'} acknowledged it{note}")
    if firing.ended is not None:
        day = spelled(firing.closed or firing.until)
        text = "As it was judged then, nothing was left of it." if firing.withdrawn else f"It was over on {day}."
        yield Happened(firing.ended, "ended", text)


def _of_delivery(delivery: Delivery, channels: Mapping[str, str]) -> Happened:
    name, what = channels.get(delivery.channel, GONE), f"that it {SAID[delivery.event]}"
    if delivery.state is State.DELIVERED:
        return Happened(delivery.delivered or delivery.created, "told", f"{name} was told {what}.")
    why = f": {delivery.error}" if delivery.error else "."
    if delivery.state is State.FAILED:
        return Happened(delivery.due, "failed", f"{name} could not be told {what}{why}")
    return Happened(delivery.created, "waiting", f"{name} is yet to be told {what}{why}")


SAID: Mapping[str, str] = {
    "opened": "opened",
    "reopened": "goes on",
    "joined": "has more columns",
    "reminder": "has not ended",
    "closed": "closed",
    "withdrawn": "was nothing",
    "notice": "is noticed",
    "test": "works",
}
