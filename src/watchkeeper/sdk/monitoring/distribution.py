"""How values are spread: the reference beside production."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.sdk.monitoring.asking import ROLES, Asked
from watchkeeper.sdk.showing import Tabular

Shares = tuple[float, ...]


@dataclass(frozen=True)
class FeatureDistribution:
    """The shares of a feature's bins, which `labels` names; `edges` are those of a number's bins."""

    name: str
    kind: str
    labels: tuple[str, ...]
    edges: tuple[float, ...] | None
    reference: Shares
    champion: Shares
    rows: int
    drift: float | None


@dataclass(frozen=True)
class PredictionDistribution:
    """The shares of the prediction's bins, by role; each role has a reference of its own."""

    labels: tuple[str, ...]
    edges: tuple[float, ...] | None
    reference: Mapping[str, Shares]
    champion: Shares
    challenger: Shares | None
    drift: Mapping[str, float | None]


@dataclass(frozen=True, repr=False)
class Distribution(Tabular):
    """Every feature, and the prediction."""

    features: tuple[FeatureDistribution, ...]
    prediction: PredictionDistribution
    document: Mapping[str, Any] = field(compare=False)

    def feature(self, name: str) -> FeatureDistribution:
        """The feature of this name; KeyError without."""
        found = {each.name: each for each in self.features}
        return found[name]

    def records(self) -> Sequence[Mapping[str, Any]]:
        """A row a bin; the prediction's have `of` = `prediction`."""
        of_features = [
            {
                "of": "feature",
                "name": each.name,
                "role": "champion",
                "bin": bin_,
                "reference": before,
                "production": now,
            }
            for each in self.features
            for bin_, before, now in zip(each.labels, each.reference, each.champion, strict=True)
        ]
        of_prediction = [
            {
                "of": "prediction",
                "name": "prediction",
                "role": role,
                "bin": bin_,
                "reference": before,
                "production": now,
            }
            for role in ROLES
            if (shares := getattr(self.prediction, role)) is not None
            for bin_, before, now in zip(self.prediction.labels, self.prediction.reference[role], shares, strict=True)
        ]
        return of_features + of_prediction

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)


def read_distribution(asked: Asked) -> Distribution:
    said = asked.get("distribution")
    prediction = said["prediction"]
    return Distribution(
        features=tuple(_feature(each) for each in said["features"]),
        prediction=PredictionDistribution(
            labels=tuple(prediction["labels"]),
            edges=_edges(prediction.get("edges")),
            reference={role: tuple(shares) for role, shares in prediction["reference"].items() if shares},
            champion=tuple(prediction.get("champion") or ()),
            challenger=tuple(prediction["challenger"]) if prediction.get("challenger") else None,
            drift=dict(prediction.get("drift") or {}),
        ),
        document=said,
    )


def _feature(said: Mapping[str, Any]) -> FeatureDistribution:
    return FeatureDistribution(
        name=said["name"],
        kind=said["kind"],
        labels=tuple(said["labels"]),
        edges=_edges(said.get("edges")),
        reference=tuple(said["reference"]),
        champion=tuple(said["champion"]),
        rows=said["rows"],
        drift=said.get("drift"),
    )


def _edges(said: Sequence[float] | None) -> tuple[float, ...] | None:
    return tuple(said) if said is not None else None
