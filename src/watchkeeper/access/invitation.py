"""An invitation: a link that makes its bearer a member, once."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Invitation:
    """`note` says whom it is for; only the token's digest is kept."""

    id: str
    digest: str
    project: str
    role: str
    note: str
    created: datetime
    created_by: str
    expires: datetime
    accepted: datetime | None = None
    withdrawn: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.accepted is None and self.withdrawn is None and now < self.expires
