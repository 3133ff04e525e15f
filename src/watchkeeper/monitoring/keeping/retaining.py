"""Saying for how long a deployment's rows are kept, and what holds."""

from dataclasses import dataclass
from datetime import datetime

from watchkeeper.access.permitting import Permit
from watchkeeper.clock import Clock
from watchkeeper.monitoring.keeping.letting_go import beyond
from watchkeeper.monitoring.ports import Unit
from watchkeeper.monitoring.retention import Gone, Retention, Said, in_force
from watchkeeper.serving.deployment import Deployment


@dataclass(frozen=True)
class Held:
    """What holds for a deployment's rows, and what has come of it.

    Attributes:
        said: what was last said of this deployment; None where nothing ever was.
        rows, bytes: of the journal's files.
        going: rows that are beyond the rule and go within a minute or so.
        gone: those that have gone; None before any.
    """

    retention: Retention
    said: Said | None
    rows: int
    bytes: int
    going: int
    gone: Gone | None

    @property
    def own(self) -> bool:
        return self.said is not None and self.said.retention is not None


@dataclass(frozen=True)
class Late:
    """Labels that came once their rows had gone: `known` are of rows that were there, `unmatched` were looked for in
    vain since the first rows went, so that nobody knows any more whether there ever was such a row."""

    known: int
    unmatched: int

    @property
    def all(self) -> int:
        return self.known + self.unmatched


def keep(deployment: Deployment, retention: Retention | None, *, permit: Permit, work: Unit, clock: Clock) -> None:
    """None: as the installation's settings say."""
    work.deployments.hold(deployment.id)
    work.retentions.say(deployment.id, Said(retention, clock.now(), permit.identity.name[:80]))


def held(deployment: Deployment, *, usual: Retention, now: datetime, work: Unit) -> Held:
    """`usual` is the installation's."""
    said = work.retentions.said(deployment.id)
    retention = in_force(said, usual=usual)
    rows, size = work.journal.size(deployment.id)
    going = beyond(retention, work.journal.files(deployment.id), now=now)
    gone = work.retentions.gone(deployment.id)
    return Held(retention, said[0] if said else None, rows, size, sum(file.rows for file in going), gone)


def late_labels(deployment: Deployment, *, work: Unit) -> Late:
    gone, status = work.retentions.gone(deployment.id), work.labels.status(deployment.id)
    if gone is None:
        return Late(0, 0)
    since = work.labels.unmatched(deployment.id, since=[gone.begun])[0] if status.unmatched else 0
    return Late(work.retentions.late(deployment.id), max(since - status.waiting, 0))
