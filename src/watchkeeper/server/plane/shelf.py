"""The models of each route, loaded and warm, and how each has fared in this process."""

import logging
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from watchkeeper.clock import Clock
from watchkeeper.learning.model import Answers, Deciding, Explanation, load_model
from watchkeeper.learning.signature import Signature
from watchkeeper.server.plane.reading import Reader
from watchkeeper.server.pulse import Pulse
from watchkeeper.serving.deployment import Role, TypePolicy
from watchkeeper.serving.routing import ModelPlace, Route

log = logging.getLogger(__name__)


@dataclass
class Vitals:
    """What a role last did; `loaded_in` is how many seconds loading and warming its model took, `pace` how many of a
    processor a row took when it last answered unseen."""

    last_answered: datetime | None = None
    last_error: tuple[datetime, str] | None = None
    loaded_in: float | None = None
    pace: float = math.inf

    def answered(self, at: datetime) -> None:
        self.last_answered = at

    def failed(self, at: datetime, error: str) -> None:
        self.last_error = (at, error)


@dataclass(frozen=True)
class Held:
    """A model that says in the process's pulse for which release it is at work."""

    model: Deciding
    pulse: Pulse
    release: tuple[str, int]

    @property
    def signature(self) -> Signature:
        return self.model.signature

    def answer(self, columns: Mapping[str, Sequence[Any]], at: Sequence[int]) -> Answers:
        place = self.pulse.hold(self.release)
        try:
            return self.model.answer(columns, at)
        finally:
            self.pulse.let_go(place)

    def explain(self, columns: Mapping[str, Sequence[Any]], at: Sequence[int]) -> Explanation:
        place = self.pulse.hold(self.release)
        try:
            return self.model.explain(columns, at)
        finally:
            self.pulse.let_go(place)

    def half_width(self, level: float) -> float:
        return self.model.half_width(level)


@dataclass(frozen=True)
class Served:
    """A route with its models. A role without a model in here could not be loaded; its vitals say why. It is
    `withheld` when processes died of it. `apart` is the socket of the process that it has to itself, empty while that
    starts; None where it is answered here."""

    route: Route
    models: dict[Role, Held]
    reader: Reader | None
    vitals: dict[Role, Vitals] = field(default_factory=lambda: {role: Vitals() for role in Role})
    withheld: bool = False
    apart: str | None = None

    @property
    def complete(self) -> bool:
        return (
            self.withheld
            or self.apart is not None
            or all(role in self.models for role, place in _places(self.route).items() if place is not None)
        )

    def opened_to(self, access: str) -> "Served":
        return replace(self, route=replace(self.route, access=access))

    def describe(self) -> dict[str, Any]:
        """For the status board; see `health.judging`."""
        if self.apart is not None:
            return {"release": self.route.release, "apart": True}
        places = _places(self.route)
        return {
            "release": self.route.release,
            **{
                role.value: {
                    "loaded": role in self.models,
                    "last_answered": _spelled(self.vitals[role].last_answered),
                    "last_error": _fault(self.vitals[role].last_error),
                }
                for role, place in places.items()
                if place is not None
            },
        }


@dataclass(frozen=True)
class Loading:
    """A release whose models are being loaded. A file can keep the library that reads it from ever ending, which this
    process's beat doesn't show: its loop goes on."""

    release: int
    since: datetime

    def describe(self) -> dict[str, Any]:
        """For the status board; see `health.judging`."""
        return {"release": self.release, "since": self.since.isoformat()}


def withheld(route: Route, *, clock: Clock) -> Served:
    """Nothing is loaded."""
    served = Served(route=route, models={}, reader=None, withheld=True)
    for vitals in served.vitals.values():
        vitals.failed(clock.now(), f"release {route.release} is withheld: processes died of it; make another")
    return served


def load(route: Route, *, before: Served | None, clock: Clock, pulse: Pulse) -> Served:
    """Load and warm what the route needs; models that stay are kept, with what is known of them. While a new champion
    can't be loaded, what was served before goes on answering."""
    release = (route.deployment, route.release)
    served = Served(route=route, models={}, reader=None)
    kept = _kept(before) if before is not None else {}
    for role, place in _places(route).items():
        if place is None:
            continue
        if place.model in kept:
            model, served.vitals[role] = kept[place.model]
            served.models[role] = Held(model.deciding_at(route.threshold), pulse, release)
            continue
        begun = time.perf_counter()
        try:
            with pulse.holding(release):
                served.models[role] = Held(_warmed(place, route.threshold), pulse, release)
            served.vitals[role].loaded_in = time.perf_counter() - begun
        except Exception as error:
            log.exception("%s: the %s %s can't be loaded", route.address, role, place.model)
            served.vitals[role].failed(clock.now(), f"can't be loaded: {error}")
    champion = served.models.get(Role.CHAMPION)
    if champion is None and before is not None and (before.apart is not None or Role.CHAMPION in before.models):
        return before
    policy = TypePolicy(route.type_policy)
    key = route.split.column if route.split else None
    passed_over = route.passed_over | ({key} if key else set())
    reader = Reader(champion.signature, policy, passed_over=passed_over, key=key) if champion else None
    return Served(route, served.models, reader, served.vitals)


def _kept(before: Served) -> dict[str, tuple[Deciding, Vitals]]:
    """By model, whichever role it had: a challenger that is promoted is warm already."""
    found = ((role, place) for role, place in _places(before.route).items() if place is not None)
    return {
        place.model: (before.models[role].model, before.vitals[role]) for role, place in found if role in before.models
    }


def _warmed(place: ModelPlace, threshold: float) -> Deciding:
    """Loaded, and seen to answer a row of which nothing is known."""
    model = load_model(Path(place.directory)).deciding_at(threshold)
    model.answer({each.name: [None] for each in model.signature.inputs}, [0])
    return model


def _places(route: Route) -> dict[Role, ModelPlace | None]:
    return {Role.CHAMPION: route.champion, Role.CHALLENGER: route.challenger}


def _spelled(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _fault(fault: tuple[datetime, str] | None) -> dict[str, str] | None:
    return {"at": fault[0].isoformat(), "message": fault[1]} if fault else None
