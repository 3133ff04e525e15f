"""Models and the leaderboard they stand on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchkeeper.sdk.resource import Resource
from watchkeeper.sdk.showing import Tabular


class Model(Resource):
    """One learner's answer to a version of an experiment."""

    kind = "model"
    path = "models"

    @property
    def version(self) -> str:
        """The id of the version that it belongs to."""
        return str(self._document["version"])

    @property
    def learner(self) -> str:
        return str(self._document["learner"])

    @property
    def state(self) -> str:
        """`waiting`, `fitting`, `done` or `failed`."""
        return str(self._document["state"])

    @property
    def error(self) -> Mapping[str, Any] | None:
        """Why it failed."""
        return self._document.get("error")

    @property
    def metrics(self) -> Mapping[str, float | None]:
        """Its scores on the hold-out, by metric."""
        return dict(self._document.get("metrics") or {})

    @property
    def parameters(self) -> Mapping[str, Any]:
        return dict(self._document.get("parameters") or {})

    @property
    def importances(self) -> Mapping[str, float]:
        """How much it leans on each input; they sum to 1."""
        return dict(self._document.get("importances") or {})

    @property
    def signature(self) -> Mapping[str, Any]:
        """What it takes and what it answers."""
        return dict(self._document.get("signature") or {})

    @property
    def runtime(self) -> str | None:
        """What answers for it when it serves: `lightgbm`, `onnx` or `numpy`; chosen when it was saved, as the fastest
        that answers as the fitted model does."""
        return self._runtime.get("name")

    @property
    def runtime_difference(self) -> float | None:
        """The most by which the runtime answered otherwise than the fitted model, in the target's unit or as a
        probability, on 10,000 rows, many of them at the thresholds where answers jump."""
        return self._runtime.get("largest_difference")

    @property
    def half_widths(self) -> Mapping[str, float]:
        """How far from its answers the truth lay at most, on rows held out, by the share of these rows: `"0.9"` and
        others. Empty for classes. `deployment.predict(row, interval=0.9)` gives the numbers around an answer."""
        return dict(((self._document.get("card") or {}).get("intervals") or {}).get("half_widths") or {})

    @property
    def _runtime(self) -> Mapping[str, Any]:
        return dict((self._document.get("card") or {}).get("runtime") or {})

    @property
    def seconds(self) -> float | None:
        """How long it took to fit."""
        return self._document.get("seconds")

    @property
    def rank(self) -> int | None:
        """Its place on the leaderboard, 1 being the best; None without a score."""
        return self._document.get("rank")

    def glance(self) -> Mapping[str, Any]:
        return {"rank": self.rank, "learner": self.learner, "state": self.state, **self.metrics, "id": self.id}


@dataclass(frozen=True, repr=False)
class Leaderboard(Tabular):
    """The models of a version, best first by `metric` on the hold-out."""

    metric: str
    models: tuple[Model, ...]

    def records(self) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "rank": model.rank,
                "learner": model.learner,
                "state": model.state,
                **self._first(model.metrics),
                "seconds": model.seconds,
                "id": model.id,
            }
            for model in self.models
        ]

    def __iter__(self) -> Iterator[Model]:
        return iter(self.models)

    def __len__(self) -> int:
        return len(self.models)

    def __getitem__(self, place: int) -> Model:
        return self.models[place]

    def _first(self, metrics: Mapping[str, float | None]) -> Mapping[str, float | None]:
        """Every metric that any model has, the leaderboard's own in front."""
        names = dict.fromkeys([self.metric, *(name for model in self.models for name in model.metrics)])
        return {name: metrics.get(name) for name in names}


def id_of(model: Model | str) -> str:
    return model.id if isinstance(model, Model) else model
