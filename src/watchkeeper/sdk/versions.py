"""A version: one training of an experiment on one dataset."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Self

from watchkeeper.sdk.errors import Conflict, from_problem
from watchkeeper.sdk.models import Leaderboard, Model
from watchkeeper.sdk.reading import known_moment, moment
from watchkeeper.sdk.resource import Resource
from watchkeeper.sdk.waiting import settled

Progress = Callable[[float, str], None]
ENDS = ("done", "failed")


class Version(Resource):
    """A version of an experiment."""

    kind = "version"
    path = "versions"

    @property
    def experiment(self) -> str:
        """The id of the experiment that it answers."""
        return str(self._document["experiment"])

    @property
    def number(self) -> int:
        return int(self._document["number"])

    @property
    def dataset(self) -> str:
        """The id of the dataset that it learns from."""
        return str(self._document["dataset"])

    @property
    def state(self) -> str:
        """`queued`, `training`, `done` or `failed`."""
        return str(self._document["state"])

    @property
    def metric(self) -> str:
        """What its models are ranked by."""
        return str(self._document["metric"])

    @property
    def error(self) -> Mapping[str, Any] | None:
        """Why it failed."""
        return self._document.get("error")

    @property
    def created(self) -> datetime:
        return known_moment(self._document["created"])

    @property
    def finished(self) -> datetime | None:
        return moment(self._document.get("finished"))

    @property
    def models(self) -> tuple[Model, ...]:
        """Its models, best first; those without a score in the end."""
        found = [Model(self._caller, document) for document in self._document.get("models") or ()]
        return tuple(sorted(found, key=lambda model: (model.rank is None, model.rank or 0, model.learner)))

    @property
    def best(self) -> Model:
        """The first of the leaderboard.

        Raises:
            Conflict: no model has a score yet.
        """
        first = next((model for model in self.models if model.rank is not None), None)
        if first is None:
            raise Conflict(
                f"Version {self.number} is {self.state} and has no scored model. Wait for it with `.wait()`.",
                code="no-model-yet",
            )
        return first

    def leaderboard(self) -> Leaderboard:
        """Its models with their scores on the hold-out, best first."""
        return Leaderboard(metric=self.metric, models=self.models)

    def wait(self, *, progress: Progress | None = None) -> Self:
        """Wait until its models are trained.

        Args:
            progress: called with the share that is done, from 0 to 1, and with what is being done.

        Raises:
            WatchkeeperError: the training failed; the message says why.
        """

        def look() -> bool:
            self.refresh()
            said = self._document.get("progress") or {}
            if progress:
                progress(float(said.get("done") or 0.0), str(said.get("message") or self.state))
            return self.state in ENDS

        settled(look, pause=self._caller.pause)
        if self.state == "failed":
            raise from_problem(422, self.error or {"detail": "The training failed; the worker's log says why."})
        return self

    def glance(self) -> Mapping[str, Any]:
        return {"number": self.number, "state": self.state, "metric": self.metric, "id": self.id}

    def _repr_html_(self) -> str:
        return self.leaderboard()._repr_html_()
