"""One deployment."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.sdk.access import Key
from watchkeeper.sdk.alerts.rules import Rules
from watchkeeper.sdk.batches import Batches
from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import Refused
from watchkeeper.sdk.labels import Labels
from watchkeeper.sdk.monitoring.journal import Journal
from watchkeeper.sdk.pipelines import DeploymentPipelines
from watchkeeper.sdk.serving.accepting import Accepting
from watchkeeper.sdk.serving.agreeing import Agreeing
from watchkeeper.sdk.serving.asking import Asking
from watchkeeper.sdk.serving.expecting import Expecting
from watchkeeper.sdk.serving.keeping import Keeping
from watchkeeper.sdk.serving.releasing import Releasing
from watchkeeper.sdk.serving.segmenting import Segmenting
from watchkeeper.sdk.serving.watching import Watching


class Deployment(Releasing, Asking, Watching, Agreeing, Accepting, Expecting, Keeping, Segmenting):
    """A deployment: the champion answers, the challenger answers the same rows unseen.

    Attributes:
        labels: the truth, as it arrives.
        rules: when somebody is told.
        pipelines: those that are about it; `pipelines.retrain()` makes one that keeps it good.
        journal: what it was asked and what it answered: `journal(start, end, where=...)`.
        batches: whole tables that its models answered in the background.
    """

    def __init__(self, caller: Caller, document: Mapping[str, Any]) -> None:
        super().__init__(caller, document)
        self.labels = Labels(caller, self.id)
        self.rules = Rules(caller, self.id)
        self.pipelines = DeploymentPipelines(caller, self.id)
        self.journal = Journal(caller, self.id)
        self.batches = Batches(caller, self.id, str(document["project"]))

    def calling_with(self, key: Key | str) -> "Deployment":
        """The same deployment, called over a connection of its own with another key, as its callers do.

        Args:
            key: a project's key as `create` returned it, or a secret. A project's key may predict, and nothing else.

        Raises:
            Refused: the key's secret is not known any more.
        """
        return Deployment(Caller(self._caller.url, _secret(key), pause=self._caller.pause), self._document)

    def glance(self) -> Mapping[str, Any]:
        return {
            "address": self.address,
            "champion": self.champion.learner,
            "challenger": self.challenger.learner if self.challenger else None,
            "release": self.release,
            "id": self.id,
        }


def _secret(key: Key | str) -> str:
    if isinstance(key, str):
        return key
    if key.secret is None:
        raise Refused(
            f"The secret of the key '{key.name}' was shown when it was made, and only then. Make another key.",
            code="no-secret",
            fields=("key",),
        )
    return key.secret
