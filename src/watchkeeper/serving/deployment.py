"""A deployment (an address) and its releases (numbered settings of it)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    CHAMPION = "champion"
    CHALLENGER = "challenger"


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
    """`champion` and `challenger` are models' ids; `run` is the pipeline's run and step that made it, if one did."""

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

    @property
    def settings(self) -> tuple[str, str | None, TypePolicy, Access]:
        """What it sets; two releases may set the same."""
        return self.champion, self.challenger, self.type_policy, self.access

    def model(self, role: Role) -> str | None:
        return self.champion if role is Role.CHAMPION else self.challenger


@dataclass(frozen=True)
class ProcessStatus:
    """What a process last said of itself."""

    process: str
    pid: int
    seen: datetime
    status: Mapping[str, Any]
