"""The deployments of a project."""

from collections.abc import Sequence
from typing import Literal

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.models import Model, id_of
from watchkeeper.sdk.resource import pick
from watchkeeper.sdk.serving.deployment import Deployment
from watchkeeper.sdk.splits import Split, spelled_split


class Deployments:
    """The deployments of a project."""

    def __init__(self, caller: Caller, project: str) -> None:
        self._caller = caller
        self._path = f"/projects/{project}/deployments"

    def create(
        self,
        name: str,
        *,
        champion: Model | str,
        challenger: Model | str | None = None,
        time_zone: str | None = None,
        type_policy: Literal["best_effort", "strict"] = "best_effort",
        threshold: float = 0.5,
        shadow: float = 1.0,
        split: Split | float | None = None,
        isolation: Literal["shared", "process"] = "shared",
        segment: str | None = None,
        wait: bool = True,
    ) -> Deployment:
        """Give a model an address.

        Args:
            name: what to call it, from which its address is made.
            champion: the model that answers, or its id.
            challenger: the model that answers the same rows unseen, for comparison.
            time_zone: of its days; the experiment's without.
            type_policy: mend values of a wrong type and report them, or refuse them.
            threshold: the probability from which the positive class is answered, by champion and challenger.
            shadow: the share of the rows that the challenger answers unseen, above 0 and at most 1.
            split: the share of calls that the challenger answers, or a `Split`; None for none.
            isolation: have it answered by the prediction processes that all deployments share, or by one of its own:
                whatever happens to that touches no other deployment. Only an admin of the project may give it one.
            segment: the feature by whose values rows are counted apart; `segment_by` changes it later.
            wait: return when the models are loaded and it can be called.

        Raises:
            Conflict: there is one of this name, or a model is not trained.
            Refused: champion and challenger don't answer the same question.
            Unavailable: it is made, but its models were not loaded in time.
        """
        wanted = {
            "name": name,
            "champion": id_of(champion),
            "challenger": id_of(challenger) if challenger is not None else None,
            "time_zone": time_zone,
            "type_policy": type_policy,
            "threshold": threshold,
            "shadow": shadow,
            "isolation": isolation,
            "segment": segment,
            **spelled_split(split),
        }
        deployment = Deployment(self._caller, self._caller.post(self._path, wanted))
        return deployment.wait() if wait else deployment

    def get(self, deployment: str) -> Deployment:
        """The deployment of this name, slug, address or id.

        Raises:
            NotFound: the project has none.
        """
        return pick(Deployment, self.list(), deployment, names=lambda each: (each.slug, each.name, each.address))

    def list(self) -> Sequence[Deployment]:
        """All of them."""
        return [Deployment(self._caller, document) for document in self._caller.pages(self._path)]
