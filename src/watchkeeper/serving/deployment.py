"""A deployment (an address) and its releases (numbered settings of it)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from watchkeeper.serving.split import Split


class Role(StrEnum):
    CHAMPION = "champion"
    CHALLENGER = "challenger"

    @property
    def other(self) -> "Role":
        return Role.CHALLENGER if self is Role.CHAMPION else Role.CHAMPION


class TypePolicy(StrEnum):
    BEST_EFFORT = "best_effort"
    STRICT = "strict"


class Access(StrEnum):
    """Who may call: those whom the project lets, with its keys or as its members; whoever has a key of this
    installation; anybody, without a key."""

    MEMBERS = "members"
    EVERYONE = "everyone"
    PUBLIC = "public"

    @property
    def width(self) -> int:
        return list(Access).index(self)


class Isolation(StrEnum):
    """Whether a deployment is answered by the prediction processes that all share, or by one of its own."""

    SHARED = "shared"
    PROCESS = "process"


class ReleaseKind(StrEnum):
    """What made a release."""

    CREATED = "created"
    PROMOTED = "promoted"
    SWAPPED = "swapped"
    ROLLED_BACK = "rolled-back"
    CHANGED = "changed"


@dataclass(frozen=True)
class Deployment:
    """`address` is project and name in slugs, one per installation. Days are days of `time_zone`."""

    id: str
    project: str
    name: str
    slug: str
    address: str
    experiment: str
    time_zone: str
    created: datetime
    created_by: str


@dataclass(frozen=True)
class Release:
    """What a deployment is set to; see `SETTINGS` for what it sets besides its models.

    Attributes:
        champion: a model's id, as `challenger`.
        run: the pipeline's run and step that made it, if one did.
        threshold: the probability from which the positive class is answered.
        shadow: the share of rows that the challenger answers unseen.
        split: which calls the challenger answers; None for none.
        isolation: who answers it: the processes that all share, or one of its own.
    """

    deployment: str
    number: int
    champion: str
    challenger: str | None
    type_policy: TypePolicy
    created: datetime
    created_by: str
    reason: str = ""
    kind: ReleaseKind = ReleaseKind.CREATED
    run: str | None = None
    access: Access = Access.MEMBERS
    threshold: float = 0.5
    shadow: float = 1.0
    split: Split | None = None
    isolation: Isolation = Isolation.SHARED

    @property
    def settings(self) -> Mapping[str, Any]:
        """What it sets; two releases may set the same."""
        return {name: value for name, value in vars(self).items() if name not in MADE}

    def model(self, role: Role) -> str | None:
        return self.champion if role is Role.CHAMPION else self.challenger


MADE = frozenset({"deployment", "number", "created", "created_by", "reason", "kind", "run"})
"""What is told of a release's making; all else is what it sets."""


@dataclass(frozen=True)
class ProcessStatus:
    """What a process last said of itself."""

    process: str
    pid: int
    seen: datetime
    status: Mapping[str, Any]
