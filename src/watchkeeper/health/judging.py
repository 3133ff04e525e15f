"""A deployment's health, from what the prediction processes last said of themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from watchkeeper.health.disk import Disk, WhenFull
from watchkeeper.serving.deployment import Deployment, Isolation, ProcessStatus, Release, Role

SILENT_AFTER = timedelta(seconds=10)
RECENT = timedelta(minutes=5)
LOADED_WITHIN = timedelta(minutes=2)
"""The largest models take some seconds."""
PLANE, OWN = "plane-", "plane-own-"
WORKER = "worker"


class State(StrEnum):
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True)
class Fault:
    at: datetime
    message: str


@dataclass(frozen=True)
class RoleHealth:
    """`loaded` is whether every prediction process has the model, `processes` how many do; `answering` whether its
    last answer, or the last probe of it, succeeded in each of them."""

    loaded: bool
    answering: bool
    processes: int
    last_answered: datetime | None
    last_error: Fault | None


@dataclass(frozen=True)
class Health:
    state: State
    sentence: str
    roles: Mapping[Role, RoleHealth]
    worker: "WorkerHealth"


@dataclass(frozen=True)
class WorkerHealth:
    """`seen` is when the worker last reported; None when it never has."""

    alive: bool
    seen: datetime | None


def health(release: Release, *, statuses: Sequence[ProcessStatus], now: datetime, disk: Disk | None = None) -> Health:
    """`disk` is that of the data directory, where it is known."""
    judged = _of_processes(release, statuses=statuses, now=now)
    stuck = _stuck(release, statuses, now=now)
    if stuck is not None and judged.state is State.HEALTHY:
        judged = replace(judged, state=State.DEGRADED, sentence=f"Degraded: {stuck}")
    elif stuck is not None:
        judged = replace(judged, sentence=f"{judged.sentence} {stuck[:1].upper()}{stuck[1:]}")
    if disk is None or disk.sentence is None:
        return judged
    refuses = disk.full and disk.when_full is WhenFull.REFUSE
    state = State.DOWN if refuses or judged.state is State.DOWN else State.DEGRADED
    if judged.state is state:
        return replace(judged, sentence=f"{judged.sentence} {disk.sentence}")
    said = f"{disk.sentence[:1].lower()}{disk.sentence[1:]}"
    rest = f" {judged.sentence}" if judged.state is not State.HEALTHY else ""
    return replace(judged, state=state, sentence=f"{state.value.capitalize()}: {said}{rest}")


def _of_processes(release: Release, *, statuses: Sequence[ProcessStatus], now: datetime) -> Health:
    planes = _planes(release, statuses, now=now)
    roles = {
        role: _role([_said(plane, release, role) for plane in planes])
        for role in Role
        if release.model(role) is not None
    }
    worker = worker_health(statuses, now=now)
    state = _state(roles, now=now) if planes else State.DOWN
    waiting = f" {_silent(worker.seen)}" if worker.seen and not worker.alive else ""
    if planes and state is State.DOWN and all(_answers_somehow(plane, release) for plane in planes):
        sentence = f"Degraded: release {release.number} is not loaded everywhere; an earlier one answers meanwhile."
        return Health(State.DEGRADED, sentence + waiting, roles, worker)
    if state is State.HEALTHY and waiting:
        return Health(State.DEGRADED, f"Degraded: {_answering(roles)}.{waiting}", roles, worker)
    if not planes and release.isolation is Isolation.PROCESS and now - release.created < SILENT_AFTER:
        return Health(state, f"Down: its prediction process is being started.{waiting}", roles, worker)
    return Health(state, _sentence(state, roles, alive=bool(planes)) + waiting, roles, worker)


def _stuck(release: Release, statuses: Sequence[ProcessStatus], *, now: datetime) -> str | None:
    """What is to be said of a release that some prediction process has been loading for too long."""
    begun: dict[str, datetime] = {}
    for plane in statuses:
        if plane.process.startswith(PLANE) and now - plane.seen < SILENT_AFTER:
            said = plane.status.get("loading", {}).get(release.deployment, {})
            since = _moment(said.get("since"))
            if since is not None and said.get("release") == release.number and now - since >= LOADED_WITHIN:
                begun[plane.process] = since
    if not begun:
        return None
    minutes = (now - min(begun.values())) // timedelta(minutes=1)
    return (
        f"release {release.number} has been loading for {minutes} minutes in {', '.join(sorted(begun))}: a file of its "
        "models may be damaged. Roll back or make another release, then restart the server."
    )


def own_process(deployment: str) -> str:
    """The name of the process that an isolated deployment has to itself."""
    return f"{OWN}{deployment}"


def forwarded_by(statuses: Sequence[ProcessStatus], *, now: datetime) -> set[str]:
    """The deployments whose calls some prediction process takes to one of their own."""
    planes = [s for s in statuses if s.process.startswith(PLANE) and now - s.seen < SILENT_AFTER]
    said = [each for plane in planes for each in plane.status.get("deployments", {}).items()]
    return {deployment for deployment, told in said if told.get("apart")}


def answered_by(statuses: Sequence[ProcessStatus], *, now: datetime) -> set[str]:
    """The deployments that some prediction process answers."""
    planes = [s for s in statuses if s.process.startswith(PLANE) and now - s.seen < SILENT_AFTER]
    said = [each for plane in planes for each in plane.status.get("deployments", {}).items()]
    return {deployment for deployment, told in said if (told.get(Role.CHAMPION.value) or {}).get("loaded")}


def worker_health(statuses: Sequence[ProcessStatus], *, now: datetime) -> WorkerHealth:
    seen = max((s.seen for s in statuses if s.process == WORKER), default=None)
    return WorkerHealth(alive=seen is not None and now - seen < SILENT_AFTER, seen=seen)


def journal_lag(deployment: Deployment, statuses: Sequence[ProcessStatus], *, now: datetime) -> float | None:
    """Seconds by which the collected journal is behind what is recorded; None when the worker has never said so."""
    said = [s.status.get("collected", {}).get(deployment.id) for s in statuses if s.process == WORKER]
    moments = [moment for each in said if (moment := _moment(each))]
    return max((now - max(moments)).total_seconds(), 0.0) if moments else None


def _planes(release: Release, statuses: Sequence[ProcessStatus], *, now: datetime) -> list[ProcessStatus]:
    """Those that answer it: its own where it has one, and has had it long enough to be heard of; else the shared."""
    fresh = [s for s in statuses if s.process.startswith(PLANE) and now - s.seen < SILENT_AFTER]
    shared = [s for s in fresh if not s.process.startswith(OWN)]
    if release.isolation is not Isolation.PROCESS:
        return shared
    own = [s for s in fresh if s.process == own_process(release.deployment)]
    return own or [s for s in shared if _answers_somehow(s, release)]


def journal_waiting(deployment: Deployment, statuses: Sequence[ProcessStatus]) -> int | None:
    """Bytes that were recorded and wait to be collected; None when the worker has never said so."""
    said = (status.status.get("waiting", {}).get(deployment.id) for status in statuses if status.process == WORKER)
    return next((each for each in said if isinstance(each, int)), None)


def _said(plane: ProcessStatus, release: Release, role: Role) -> Mapping[str, Any]:
    """What one process says of one role; nothing while it still serves another release."""
    said = plane.status.get("deployments", {}).get(release.deployment, {})
    if said.get("release") != release.number:
        return {}
    found: Mapping[str, Any] = said.get(role.value) or {}
    return found


def _answers_somehow(plane: ProcessStatus, release: Release) -> bool:
    """Whether a process has a champion that fared well last time, of this release or of an earlier one."""
    said = plane.status.get("deployments", {}).get(release.deployment, {})
    if said.get("release", release.number) > release.number:
        return False
    return _role([said.get(Role.CHAMPION.value) or {}]).answering


def _role(said: Sequence[Mapping[str, Any]]) -> RoleHealth:
    loaded = [each for each in said if each.get("loaded")]
    everywhere = bool(loaded) and len(loaded) == len(said)
    faults = [fault for each in said if (fault := _fault(each.get("last_error")))]
    answered = [moment for each in said if (moment := _moment(each.get("last_answered")))]
    last_error = max(faults, key=lambda fault: fault.at, default=None)
    last_answered = max(answered, default=None)
    recovered = last_error is None or (last_answered is not None and last_answered >= last_error.at)
    return RoleHealth(
        loaded=everywhere,
        answering=everywhere and recovered,
        processes=len(loaded),
        last_answered=last_answered,
        last_error=last_error,
    )


def _state(roles: Mapping[Role, RoleHealth], *, now: datetime) -> State:
    champion = roles.get(Role.CHAMPION)
    if champion is None or not champion.answering:
        return State.DOWN
    recent = any(each.last_error and now - each.last_error.at < RECENT for each in roles.values())
    return State.DEGRADED if recent or not all(each.answering for each in roles.values()) else State.HEALTHY


def _sentence(state: State, roles: Mapping[Role, RoleHealth], *, alive: bool) -> str:
    if not alive:
        return "Down: no prediction process has reported within ten seconds."
    faulty = [role for role, each in roles.items() if not each.loaded]
    if faulty:
        named = f"the {' and the '.join(faulty)} {'is' if len(faulty) == 1 else 'are'} not loaded"
        why = next((fault.message for role in faulty if (fault := roles[role].last_error)), "")
        return f"{state.value.capitalize()}: {named}{f' ({why})' if why else ''}."
    silent = [role for role, each in roles.items() if not each.answering]
    if silent:
        return f"{state.value.capitalize()}: the {' and the '.join(silent)} failed last time."
    if state is State.DEGRADED:
        who = "champion and challenger are" if len(roles) > 1 else "the champion is"
        return f"Degraded: {who} answering again, after an error in the last five minutes."
    return f"Healthy: {_answering(roles)}."


def _answering(roles: Mapping[Role, RoleHealth]) -> str:
    who = "champion and challenger are" if len(roles) > 1 else "the champion is"
    return f"{who} loaded and answering"


def _silent(seen: datetime) -> str:
    return f"The worker has not reported since {seen:%-d %B %Y, %H:%M:%S} UTC: counts, labels and challengers wait."


def _fault(said: Mapping[str, Any] | None) -> Fault | None:
    moment = _moment(said.get("at")) if said else None
    return Fault(moment, str((said or {}).get("message", ""))) if moment else None


def _moment(said: object) -> datetime | None:
    return datetime.fromisoformat(said) if isinstance(said, str) else None
