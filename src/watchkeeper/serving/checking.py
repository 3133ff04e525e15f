"""Whether what a release sets fits the models that it sets it for."""

from collections.abc import Mapping, Sequence
from typing import Any

from watchkeeper.access.errors import RightMissing
from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.datasets.ports import Datasets
from watchkeeper.experiments.ports import Experiments
from watchkeeper.learning.metrics.decisions import THRESHOLD
from watchkeeper.learning.signature import REGRESSION
from watchkeeper.serving.deployment import Isolation, Release
from watchkeeper.serving.errors import BadSplit, BadThreshold, InputsDiffer, NoChallenger
from watchkeeper.tables.column import Kind

MOST_NAMED = 12
NUMBERS = {Kind.INTEGER.value: Kind.NUMERIC.value}
"""Kinds that a model takes alike."""


def check_settings(release: Release, *, experiments: Experiments, datasets: Datasets) -> None:
    champion = signature_of(release.champion, experiments=experiments)
    if release.threshold != THRESHOLD and champion.get("task") == REGRESSION:
        raise BadThreshold(
            "The champion answers numbers; a threshold belongs to models that answer classes. Leave it out.",
            fields=("threshold",),
        )

    if release.split is not None:
        challenger = signature_of(release.challenger, experiments=experiments) if release.challenger else None
        if challenger is None:
            raise NoChallenger("There is no challenger to answer a share of the calls. Put one in first (`challenge`).")
        _check_inputs(champion, challenger)
        if release.split.column is not None:
            _check_column(release.split.column, known_columns(release.champion, experiments, datasets))


def check_rights(wanted: Release, *, before: Release, permit: Permit) -> None:
    """Only an admin may let more people call than before, or give it a process of its own."""
    if Right.MANAGE in permit.rights:
        return
    if wanted.access.width > before.access.width:
        raise RightMissing("Only an admin of the project may open a deployment to more callers.")
    if wanted.isolation is Isolation.PROCESS is not before.isolation:
        raise RightMissing("Only an admin of the project may give a deployment a process of its own: it takes memory.")


def known_columns(model: str, experiments: Experiments, datasets: Datasets) -> tuple[str, ...]:
    """The columns that a caller may send: the model's inputs, and what else its data had."""
    found = experiments.model(model)
    version = experiments.version(found.version) if found else None
    dataset = datasets.get(version.dataset) if version else None
    inputs = (each["name"] for each in signature_of(model, experiments=experiments).get("inputs", ()))
    return tuple(dict.fromkeys((*inputs, *(dataset.schema.names if dataset else ()))))


def _check_column(column: str, known: Sequence[str]) -> None:
    if column not in known:
        raise BadSplit(
            f"There is no column '{column}' in the champion's data. Take one of {', '.join(known[:MOST_NAMED])}, or "
            "let callers send a header.",
            fields=("split.column",),
        )


def _check_inputs(champion: Mapping[str, Any], challenger: Mapping[str, Any]) -> None:
    """Rows are read as the champion takes them, before it is known who answers."""
    taken = {each["name"]: NUMBERS.get(each["kind"], each["kind"]) for each in champion.get("inputs", ())}
    for each in challenger.get("inputs", ()):
        if taken.get(each["name"]) != NUMBERS.get(each["kind"], each["kind"]):
            raise InputsDiffer(
                f"The challenger takes '{each['name']}', which the champion does not take as it does; callers' rows "
                "would reach it without. Promote it instead, or take a challenger with the champion's inputs.",
                fields=("split",),
            )
    if champion.get("labels") != challenger.get("labels"):
        raise InputsDiffer(
            "Champion and challenger answer other classes; callers would not know which.", fields=("split",)
        )


def signature_of(model: str, *, experiments: Experiments) -> Mapping[str, Any]:
    """As its card has it; empty where there is no card."""
    found = experiments.model(model)
    signature: Mapping[str, Any] = ((found.card if found else None) or {}).get("signature", {})
    return signature
