"""A deployment's releases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.reading import known_moment
from watchkeeper.sdk.splits import Split, read_split


@dataclass(frozen=True)
class ServedModel:
    """The model in a role, and the experiment (an id) and version (a number) that it comes from.

    Attributes:
        runtime: what answers for it: `lightgbm`, `onnx` or `numpy`.
        runtime_difference: the most by which that answers otherwise than the model as it was fitted.
    """

    model: str
    learner: str
    experiment: str
    version: int
    runtime: str | None = None
    runtime_difference: float | None = None


@dataclass(frozen=True)
class Release:
    """One numbered setting of a deployment.

    Attributes:
        threshold: the probability from which the positive class is answered.
        shadow: the share of the rows that the challenger answers unseen.
        split: which calls the challenger answers; None for none.
        isolation: `shared` or `process`: answered by the prediction processes that all share, or by one of its own.
        kind: `created`, `promoted`, `swapped`, `rolled-back` or `changed`.
        created_by: the name of who made it, or which run of which pipeline.
        in_force: whether it is the present one.
        run: the id of the pipeline's run that made it.
    """

    number: int
    kind: str
    champion: ServedModel
    challenger: ServedModel | None
    type_policy: str
    access: str
    threshold: float
    shadow: float
    split: Split | None
    isolation: str
    created: datetime
    created_by: str
    reason: str
    in_force: bool
    run: str | None = None
    document: Mapping[str, Any] = field(repr=False, compare=False, default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)

    def glance(self) -> Mapping[str, Any]:
        """What to see of it at a glance."""
        return {
            "release": self.number,
            "in force": "yes" if self.in_force else "",
            "kind": self.kind,
            "champion": self.champion.learner,
            "challenger": self.challenger.learner if self.challenger else None,
            "type policy": self.type_policy,
            "access": self.access,
            "threshold": self.threshold,
            "shadow": self.shadow,
            "split": self.split.sentence if self.split else None,
            "isolation": self.isolation,
            "created": self.created,
            "by": self.created_by,
            "reason": self.reason,
        }


class Releases:
    """The releases of a deployment."""

    def __init__(self, caller: Caller, deployment: str) -> None:
        self._caller = caller
        self._path = f"/deployments/{deployment}/releases"

    def list(self) -> Sequence[Release]:
        """All of them, newest first."""
        return [read_release(document) for document in self._caller.pages(self._path)]

    def make(self, action: str, **wanted: Any) -> Release:
        """Ask for one; `Deployment` has a method for each action."""
        return read_release(self._caller.post(self._path, {"action": action, **wanted}))


def read_release(said: Mapping[str, Any]) -> Release:
    challenger = said.get("challenger")
    return Release(
        number=int(said["number"]),
        kind=said["kind"],
        champion=read_served(said["champion"]),
        challenger=read_served(challenger) if challenger else None,
        type_policy=said["type_policy"],
        access=said["access"],
        threshold=float(said["threshold"]),
        shadow=float(said["shadow"]),
        split=read_split(said.get("split")),
        isolation=said["isolation"],
        created=known_moment(said["created"]),
        created_by=said["created_by"],
        reason=said["reason"],
        in_force=bool(said["in_force"]),
        run=said.get("run"),
        document=said,
    )


def read_served(said: Mapping[str, Any]) -> ServedModel:
    return ServedModel(
        model=said["model"],
        learner=said["learner"],
        experiment=said["experiment"],
        version=said["version"],
        runtime=said.get("runtime"),
        runtime_difference=said.get("runtime_difference"),
    )
