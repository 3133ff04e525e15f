"""A deployment's rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Self

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.reading import known_moment
from watchkeeper.sdk.resource import Resource, pick

Signal = Literal[
    "drift",
    "verdicts",
    "global_drift",
    "prediction_drift",
    "violations",
    "faults",
    "performance",
    "missing_labels",
    "errors",
    "response_time",
    "no_traffic",
    "stale",
    "probe",
    "runs",
]


class Rule(Resource):
    """When somebody is told: a signal beyond a threshold, often enough."""

    kind = "rule"
    path = "rules"

    @property
    def name(self) -> str:
        return str(self._document["name"])

    @property
    def signal(self) -> str:
        """What it watches."""
        return str(self._document["signal"])

    @property
    def metric(self) -> str | None:
        """Which metric of the performance; the experiment's own where it is None."""
        return self._document.get("metric")

    @property
    def threshold(self) -> float:
        """In the signal's unit: a share of one, milliseconds, hours (no_traffic, stale), seconds (probe), a metric's
        own."""
        return float(self._document["threshold"])

    @property
    def minimum_rows(self) -> int:
        """A window with fewer says nothing."""
        return int(self._document["minimum_rows"])

    @property
    def needed(self) -> int:
        """How many of the last `windows` have to be beyond the threshold."""
        return int(self._document["needed"])

    @property
    def windows(self) -> int:
        return int(self._document["windows"])

    @property
    def days(self) -> int:
        """How many days a window looks back on; for missing labels, how long they are waited for."""
        return int(self._document["days"])

    @property
    def sure(self) -> bool:
        """Whether the whole 95 % interval has to be beyond the threshold."""
        return bool(self._document["sure"])

    @property
    def channels(self) -> tuple[str, ...] | None:
        """Ids of the channels that are told; None means all of the project's."""
        said = self._document.get("channels")
        return None if said is None else tuple(said)

    @property
    def enabled(self) -> bool:
        """False while it is muted."""
        return bool(self._document["enabled"])

    @property
    def starting(self) -> bool:
        """Whether it came with the deployment."""
        return bool(self._document["starting"])

    @property
    def condition(self) -> str:
        """When it fires, in words."""
        return str(self._document["condition"])

    @property
    def firing(self) -> str | None:
        """The id of its firing that is open."""
        return self._document.get("firing")

    @property
    def created(self) -> datetime:
        return known_moment(self._document["created"])

    def refresh(self) -> Self:
        """Ask the server for the present state of it, and return it."""
        self._document = self._caller.get(self._place)
        return self

    def change(
        self,
        *,
        name: str | None = None,
        threshold: float | None = None,
        minimum_rows: int | None = None,
        needed: int | None = None,
        windows: int | None = None,
        days: int | None = None,
        sure: bool | None = None,
        enabled: bool | None = None,
        **said: Any,
    ) -> Self:
        """Change it from now on; what it found so far stays.

        Args:
            name: what to call it.
            threshold: beyond which the signal is too much.
            minimum_rows: a window with fewer says nothing.
            needed: how many of the last `windows` have to be beyond.
            windows: how many are looked at.
            days: how many days a window looks back on.
            sure: whether the whole 95 % interval has to be beyond.
            enabled: False mutes it.
            said: `metric` and `channels`, for which None means something: the experiment's own, and all channels.

        Raises:
            Refused: it could never be judged as it would be.
        """
        plain = {
            "name": name,
            "threshold": threshold,
            "minimum_rows": minimum_rows,
            "needed": needed,
            "windows": windows,
            "days": days,
            "sure": sure,
            "enabled": enabled,
        }
        wanted = {field: value for field, value in plain.items() if value is not None}
        self._document = self._caller.patch(self._place, {**wanted, **said})
        return self

    def mute(self) -> Self:
        """It judges nothing and tells nobody, until `unmute()`; its open firing closes."""
        return self.change(enabled=False)

    def unmute(self) -> Self:
        return self.change(enabled=True)

    def remove(self) -> None:
        """Its firings stay; one that is open closes."""
        self._caller.delete(self._place)

    def glance(self) -> Mapping[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "signal": self.signal,
            "fires": self.condition,
            "now": "muted" if not self.enabled else "open" if self.firing else "quiet",
        }

    @property
    def _place(self) -> str:
        return f"/deployments/{self._document['deployment']}/rules/{self.id}"


class Rules:
    """The rules of a deployment."""

    def __init__(self, caller: Caller, deployment: str) -> None:
        self._caller = caller
        self._path = f"/deployments/{deployment}/rules"

    def list(self) -> Sequence[Rule]:
        """All of them; every deployment starts with some."""
        return [Rule(self._caller, document) for document in self._caller.pages(self._path)]

    def get(self, rule: str) -> Rule:
        """The rule of this name or id.

        Raises:
            NotFound: the deployment has none.
        """
        return pick(Rule, self.list(), rule, names=lambda each: (each.name,))

    def create(
        self,
        name: str,
        *,
        signal: Signal | str,
        threshold: float,
        metric: str | None = None,
        minimum_rows: int = 1,
        needed: int = 1,
        windows: int = 1,
        days: int = 1,
        sure: bool = False,
        channels: Sequence[str] | None = None,
    ) -> Rule:
        """Make a rule. It judges the past too; its firings of then are listed, and only what still goes on is told.

        Args:
            name: what to call it.
            signal: what to watch.
            threshold: beyond which it is too much: a share of one for violations, errors and missing labels, a
                multiple of what is usual for drift, milliseconds for response_time, hours for no_traffic and stale,
                seconds for probe, the metric's own unit for performance.
            metric: which metric of the performance; the experiment's own without.
            minimum_rows: a window with fewer says nothing.
            needed: how many of the last `windows` have to be beyond.
            windows: how many are looked at.
            days: how many days a window looks back on; for missing_labels, how long they are waited for.
            sure: whether the whole 95 % interval has to be beyond (performance only).
            channels: ids of the channels to tell; all of the project's without.

        Raises:
            Refused: it could never be judged; `fields` names what is at fault.
        """
        wanted = {
            "name": name,
            "signal": signal,
            "threshold": threshold,
            "metric": metric,
            "minimum_rows": minimum_rows,
            "needed": needed,
            "windows": windows,
            "days": days,
            "sure": sure,
            "channels": list(channels) if channels is not None else None,
        }
        return Rule(self._caller, self._caller.post(self._path, wanted))
