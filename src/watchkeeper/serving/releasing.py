"""New settings of a deployment, each as a numbered release of its own; none is ever altered."""

from dataclasses import dataclass, replace
from typing import Any

from watchkeeper.access.permitting import Permit
from watchkeeper.clock import Clock
from watchkeeper.datasets.ports import Datasets
from watchkeeper.experiments.ports import Experiments
from watchkeeper.serving.checking import check_rights, check_settings
from watchkeeper.serving.deploying import check_files, experiment_of
from watchkeeper.serving.deployment import Deployment, Release, ReleaseKind
from watchkeeper.serving.errors import (
    ModelsDiffer,
    NoChallenger,
    NoEarlierRelease,
    NothingChanges,
    ReasonTooLong,
    ReleaseMoved,
)
from watchkeeper.serving.ports import Deployments, Generations, ModelPlaces
from watchkeeper.serving.setting import SETTINGS

LONGEST_REASON = 500


@dataclass(frozen=True)
class Order:
    """Who wants a release, why, and with what it is made. `expected` is the release that they looked at; None to take
    whichever is in force. `run` is the pipeline's run and step that makes it, if one does."""

    permit: Permit
    reason: str
    expected: int | None
    experiments: Experiments
    datasets: Datasets
    deployments: Deployments
    generations: Generations
    places: ModelPlaces
    clock: Clock
    run: str | None = None


def promote(deployment: Deployment, *, keep: bool = False, order: Order) -> Release:
    """The challenger becomes the champion and answers all calls; nobody challenges it, unless the old champion is to be
    kept for that."""
    present = _present(deployment, order)
    challenger = _challenger(present)
    wanted = replace(present, champion=challenger, challenger=present.champion if keep else None, split=None)
    return _release(present, wanted, ReleaseKind.PROMOTED, "The challenger is promoted.", order)


def swap(deployment: Deployment, *, order: Order) -> Release:
    """Champion and challenger change places; a split ends."""
    present = _present(deployment, order)
    wanted = replace(present, champion=_challenger(present), challenger=present.champion, split=None)
    return _release(present, wanted, ReleaseKind.SWAPPED, "Champion and challenger change places.", order)


def challenge(deployment: Deployment, model: str | None, *, order: Order) -> Release:
    """Put a model beside the champion, or nobody; a split, which was the old challenger's, ends."""
    present = _present(deployment, order)
    if model is not None:
        _check_challenger(model, deployment=deployment, champion=present.champion, order=order)
    why = "Another challenger." if model else "No challenger any more."
    return _release(present, replace(present, challenger=model, split=None), ReleaseKind.CHANGED, why, order)


def change(deployment: Deployment, *, order: Order, **settings: Any) -> Release:
    """Set something else than the models; `settings` are as `SETTINGS` has them. Only an admin may let more people
    call, or give it a process of its own."""
    present = _present(deployment, order)
    known = {name: SETTINGS[name].known(value) for name, value in settings.items()}
    changed = {name: value for name, value in known.items() if value != getattr(present, name)}
    wanted = replace(present, **changed)
    check_rights(wanted, before=present, permit=order.permit)
    words = " ".join(SETTINGS[name].told(changed[name]) for name in SETTINGS if name in changed)
    return _release(present, wanted, ReleaseKind.CHANGED, words, order)


def roll_back(deployment: Deployment, *, to: int | None = None, order: Order) -> Release:
    """The settings of an earlier release as a new one; of the one before the present without `to`. It lets nobody call
    who may not now, and a ramp begins anew."""
    present = _present(deployment, order)
    number = present.number - 1 if to is None else to
    earlier = {each.number: each for each in order.deployments.releases(deployment.id) if each.number < present.number}
    if number not in earlier:
        raise NoEarlierRelease(_no_earlier(present.number, to), fields=("to",))
    why = f"Back to the settings of release {number}."
    access = min(present.access, earlier[number].access, key=lambda each: each.width)
    split = earlier[number].split
    wanted = replace(earlier[number], access=access, split=split.anew() if split else None)
    return _release(present, wanted, ReleaseKind.ROLLED_BACK, why, order)


def _present(deployment: Deployment, order: Order) -> Release:
    """The release in force, with the deployment held."""
    order.deployments.hold(deployment.id)
    present = order.deployments.current(deployment.id)
    if order.expected is not None and order.expected != present.number:
        raise ReleaseMoved(
            f"Release {present.number} is in force by now, not {order.expected}. Look at it, then decide again.",
            fields=("expected",),
        )
    return present


def _challenger(present: Release) -> str:
    if present.challenger is None:
        raise NoChallenger(
            f"Release {present.number} has no challenger to take over. Put one in first (`challenge`), or roll back."
        )
    return present.challenger


def _check_challenger(model: str, *, deployment: Deployment, champion: str, order: Order) -> None:
    experiment = experiment_of(model, role="challenger", project=deployment.project, experiments=order.experiments)
    if experiment.id != deployment.experiment:
        raise ModelsDiffer(
            f"The challenger answers experiment '{experiment.name}', this deployment another; take a model of its own.",
            fields=("challenger",),
        )
    if model == champion:
        raise ModelsDiffer("That model is the champion; choose another challenger or none.", fields=("challenger",))


def _no_earlier(present: int, to: int | None) -> str:
    if present == 1:
        return "This is the first release; there is nothing to roll back to yet."
    return f"Release {to} is none before the present one; choose one from 1 to {present - 1}."


def _release(present: Release, wanted: Release, kind: ReleaseKind, why: str, order: Order) -> Release:
    if wanted.settings == present.settings:
        raise NothingChanges(f"Release {present.number}, which is in force, sets just that already. Nothing is to do.")
    check_settings(wanted, experiments=order.experiments, datasets=order.datasets)
    if wanted.champion != present.champion:
        check_files(wanted.champion, places=order.places)
    if wanted.challenger not in {None, present.champion, present.challenger}:
        check_files(str(wanted.challenger), places=order.places)
    now, split = order.clock.now(), wanted.split
    release = replace(
        wanted,
        split=replace(split, begun=split.begun or now) if split else None,
        number=present.number + 1,
        created=now,
        created_by=order.permit.user,
        reason=_reason(order.reason) or why,
        kind=kind,
        run=order.run,
    )
    order.deployments.add_release(release)
    order.generations.advance()
    return release


def _reason(text: str) -> str:
    if len(text) > LONGEST_REASON:
        raise ReasonTooLong(f"A reason has at most {LONGEST_REASON} characters; shorten it.", fields=("reason",))
    return text.strip()
