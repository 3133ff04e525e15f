"""What people do about a firing: say that they know, or not to be reminded for a while."""

from dataclasses import replace
from datetime import datetime, timedelta

from watchkeeper.access.permitting import Permit
from watchkeeper.alerts.channel import Event
from watchkeeper.alerts.errors import FiringClosed, NoFiring, NoteRefused, SnoozeRefused
from watchkeeper.alerts.firing import Firing
from watchkeeper.alerts.ports import Unit
from watchkeeper.alerts.telling import Telling
from watchkeeper.clock import Clock
from watchkeeper.projects.naming import is_keepable_in_lines, is_seen

LONGEST_NOTE = 2_000
LONGEST_SNOOZE = timedelta(days=366)


def acknowledge(firing: Firing, note: str, *, permit: Permit, work: Unit, clock: Clock) -> Firing:
    """From then on nobody is reminded. A second time only the note changes. Raise NoteRefused."""
    changed = replace(
        firing,
        acknowledged=firing.acknowledged or clock.now(),
        acknowledged_by=firing.acknowledged_by or permit.user,
        note=_checked(note.strip()) or firing.note,
        snoozed=None,
    )
    work.firings.change(changed)
    return changed


def _checked(note: str) -> str:
    if len(note) > LONGEST_NOTE:
        raise NoteRefused(f"A note has {LONGEST_NOTE:,} characters at most. Make it shorter.", fields=("note",))
    if note and not is_seen(note):
        raise NoteRefused("Nothing of the note can be seen. Write some words, or leave it empty.", fields=("note",))
    if not is_keepable_in_lines(note):
        raise NoteRefused(
            "The note has control characters, or some that turn the direction of the text. Write it without them.",
            fields=("note",),
        )
    return note


def snooze(firing: Firing, until: datetime, *, work: Unit, clock: Clock) -> Firing:
    """Be told again then, if it is still open."""
    if not firing.open:
        raise FiringClosed("The firing is over, so there is nothing to be reminded of.")
    if not timedelta(0) < until - clock.now() <= LONGEST_SNOOZE:
        raise SnoozeRefused("A snooze ends within the next 366 days.", fields=("until",))
    changed = replace(firing, snoozed=until)
    work.firings.change(changed)
    return changed


def remind(*, telling: Telling, work: Unit, clock: Clock) -> int:
    """Tell of what is still open once its snooze is over; how many these were."""
    found = work.firings.snoozed(until=clock.now())
    for firing in found:
        rule = work.rules.get(firing.rule)
        work.firings.change(replace(firing, snoozed=None))
        if rule is not None and rule.enabled:
            telling.tell(firing, Event.REMINDER, rule=rule, work=work)
    return len(found)


def firing_of(project: str, firing: str, *, work: Unit) -> Firing:
    found = work.firings.get(firing)
    if found is None or found.project != project:
        raise NoFiring("This project has no such firing.")
    return found
