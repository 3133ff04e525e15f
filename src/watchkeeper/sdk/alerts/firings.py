"""Firings: each time that a rule's signal was beyond its threshold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, Self

from watchkeeper.sdk.alerts.channels import Delivery, read_delivery
from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.monitoring.chart import Chart
from watchkeeper.sdk.reading import day, known_moment, moment, spelled
from watchkeeper.sdk.resource import Resource

State = Literal["open", "all"]


@dataclass(frozen=True)
class Happened:
    """One thing that happened about a firing: it was found, somebody was told or not, it was acknowledged, the
    drift of a column of it was accepted or that taken back, it ended."""

    at: datetime
    kind: str
    text: str


@dataclass(frozen=True)
class FiringColumn:
    """A column that a firing is of, or was.

    Attributes:
        column: its name.
        since: the first day that was beyond the threshold.
        opened: the day with which there were enough of them.
        until: the last day that was.
        closed: the day on which it was over; None while it goes on.
        worst: the signal of it at its worst: of drift its size, of violations their share.
    """

    column: str
    since: date
    opened: date
    until: date
    closed: date | None
    worst: float


class Firing(Resource):
    """A stretch of time in which a rule's signal was beyond its threshold. Its days are of the deployment's zone."""

    kind = "firing"
    path = "firings"

    @property
    def rule(self) -> str:
        """The id of its rule."""
        return str(self._document["rule"])

    @property
    def rule_name(self) -> str:
        return str(self._document["rule_name"])

    @property
    def signal(self) -> str:
        """What the rule watches; empty once it was removed."""
        return str(self._document["signal"])

    @property
    def deployment(self) -> str:
        """The id of its deployment."""
        return str(self._document["deployment"])

    @property
    def address(self) -> str:
        """The deployment's address."""
        return str(self._document["address"])

    @property
    def headline(self) -> str:
        """What is wrong, or was, and since when."""
        return str(self._document["headline"])

    @property
    def sentence(self) -> str:
        """What is wrong, or was, with its numbers."""
        return str(self._document["sentence"])

    @property
    def since(self) -> date:
        """The first day that was beyond the threshold."""
        return day(self._document["since"])

    @property
    def opened(self) -> date:
        """The day with which there were enough of them."""
        return day(self._document["opened"])

    @property
    def until(self) -> date:
        """The last day that was beyond the threshold."""
        return day(self._document["until"])

    @property
    def closed(self) -> date | None:
        """The day on which it was over; None while it is open."""
        said = self._document.get("closed")
        return day(said) if said else None

    @property
    def open(self) -> bool:
        return self.closed is None

    @property
    def value(self) -> float:
        """The signal on the day it opened."""
        return float(self._document["value"])

    @property
    def worst(self) -> float:
        """The signal at its worst."""
        return float(self._document["worst"])

    @property
    def threshold(self) -> float:
        """The rule's when it opened."""
        return float(self._document["threshold"])

    @property
    def about(self) -> str:
        """The column that it is about, where it is about one; of several the first that goes on."""
        return str(self._document.get("about") or "")

    @property
    def columns(self) -> Sequence[FiringColumn]:
        """The columns that it is of, or was, the earliest first, where its signal is of columns."""
        return [_column(each) for each in self._document.get("columns") or ()]

    @property
    def found(self) -> datetime:
        return known_moment(self._document["found"])

    @property
    def ended(self) -> datetime | None:
        """When it was found to be over."""
        return moment(self._document.get("ended"))

    @property
    def acknowledged(self) -> datetime | None:
        return moment(self._document.get("acknowledged"))

    @property
    def acknowledged_by(self) -> str | None:
        """The name of who did."""
        return self._document.get("acknowledged_by")

    @property
    def note(self) -> str:
        return str(self._document.get("note") or "")

    @property
    def snoozed(self) -> datetime | None:
        """Until when nobody is reminded."""
        return moment(self._document.get("snoozed"))

    def refresh(self) -> Self:
        """Ask the server for the present state of it, and return it."""
        self._document = self._caller.get(self._place)
        return self

    def deliveries(self) -> Sequence[Delivery]:
        """What was told because of it, to which channel, and whether it has arrived."""
        return [read_delivery(each) for each in self._whole()["deliveries"]]

    def history(self) -> Sequence[Happened]:
        """What has happened about it, in order."""
        return [Happened(known_moment(each["at"]), each["kind"], each["text"]) for each in self._whole()["history"]]

    def chart(self) -> Chart:
        """The signal by day around it, with its limit.

        Raises:
            NotFound: its rule was removed.
        """
        return Chart(self._caller.get(f"{self._place}/chart"))

    def acknowledge(self, note: str = "") -> Self:
        """Say that you know, and perhaps what is done about it. Nobody is reminded any more."""
        self._document = self._caller.post(f"{self._place}/acknowledge", {"note": note}, safe=True)
        return self

    def snooze(self, until: datetime | timedelta) -> Self:
        """Be told again then (or in so long), if it is still open. A time without a zone is UTC.

        Raises:
            Refused: that is not within the next 366 days.
            Conflict: it is over.
        """
        at = datetime.now(UTC) + until if isinstance(until, timedelta) else until
        self._document = self._caller.post(f"{self._place}/snooze", {"until": spelled(at)}, safe=True)
        return self

    def glance(self) -> Mapping[str, Any]:
        return {
            "id": self.id,
            "deployment": self.address,
            "what": self.headline,
            "closed": self.closed or "open",
            "acknowledged": self.acknowledged_by,
        }

    def _whole(self) -> Mapping[str, Any]:
        return self.refresh().to_json()

    @property
    def _place(self) -> str:
        return f"/projects/{self._document['project']}/firings/{self.id}"


class Firings:
    """The firings of a project or of one deployment."""

    def __init__(self, caller: Caller, *, project: str, deployment: str | None = None) -> None:
        self._caller = caller
        self._project = project
        self._deployment = deployment

    def list(self, *, state: State = "all", deployment: str | None = None) -> Sequence[Firing]:
        """Newest first.

        Args:
            state: only those that are open, or all.
            deployment: the id or address of the only one whose firings are wanted.
        """
        chosen = self._deployment or deployment
        path = f"/deployments/{chosen}/firings" if chosen else f"/projects/{self._project}/firings"
        return [Firing(self._caller, document) for document in self._caller.pages(path, {"state": state})]

    def open(self) -> Sequence[Firing]:
        """What is wrong now."""
        return self.list(state="open")

    def get(self, firing: str) -> Firing:
        """The firing of this id.

        Raises:
            NotFound: the project has none.
        """
        return Firing(self._caller, self._caller.get(f"/projects/{self._project}/firings/{firing}"))


def _column(read: Mapping[str, Any]) -> FiringColumn:
    days = {name: day(read[name]) for name in ("since", "opened", "until")}
    return FiringColumn(
        read["column"], **days, closed=day(read["closed"]) if read["closed"] else None, worst=read["worst"]
    )
