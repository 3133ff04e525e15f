"""What a prediction process has to know to answer: who may call, and which models stand behind an address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watchkeeper.access.rate import Rate
from watchkeeper.serving.split import Split

MEMBERS, PUBLIC = "members", "public"
SHARED, PROCESS = "shared", "process"


@dataclass(frozen=True)
class Caller:
    """A working key that may predict. `projects` are those whose deployments it may call, None for all; with
    `deployment` it may call only that one. Those of one `lineage`, by rotation, share their rate."""

    key: str
    digest: str
    projects: frozenset[str] | None
    expires: datetime | None
    deployment: str | None = None
    rate: Rate | None = None
    lineage: str = ""

    def works(self, now: datetime) -> bool:
        return self.expires is None or now < self.expires

    def may_call(self, route: "Route") -> bool:
        if self.deployment not in {None, route.deployment}:
            return False
        if route.access != MEMBERS:
            return True
        return self.projects is None or route.project in self.projects


@dataclass(frozen=True)
class ModelPlace:
    """A saved model and the directory it is in."""

    model: str
    directory: str
    learner: str


@dataclass(frozen=True)
class Route:
    """The release in force behind an address. `passed_over`: columns of the champion's data, which may be sent."""

    deployment: str
    address: str
    project: str
    release: int
    type_policy: str
    time_zone: str
    champion: ModelPlace
    challenger: ModelPlace | None
    passed_over: frozenset[str] = frozenset()
    access: str = MEMBERS
    threshold: float = 0.5
    shadow: float = 1.0
    split: Split | None = None
    isolation: str = SHARED


@dataclass(frozen=True)
class Routing:
    """`callers` by the digest of their secret, `routes` by address and by the deployment's id; `watchers` are the
    digests of keys that may see the figures of all processes, and when each ends; true as of `generation`."""

    generation: int
    callers: Mapping[str, Caller]
    routes: Mapping[str, Route]
    watchers: Mapping[str, datetime | None] = field(default_factory=dict)


ANYBODY = Caller(key="", digest="", projects=frozenset(), expires=None)
"""Who calls a public deployment without a key."""
NOWHERE = Routing(generation=-1, callers={}, routes={})
