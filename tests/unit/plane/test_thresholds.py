"""The class that is answered goes by the release's threshold, in either role, also of a model that stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.clock import StillClock
from tests.unit.plane.conftest import SIGNATURE, routing
from watchkeeper.learning.model import Answers
from watchkeeper.learning.signature import Signature
from watchkeeper.server.plane import shelf
from watchkeeper.server.plane.shelf import Served, load
from watchkeeper.server.pulse import Pulse
from watchkeeper.serving.deployment import Role

CLASSES = replace(SIGNATURE, task="binary", labels=("no", "yes"))


@dataclass(frozen=True)
class Sorting:
    """Answers the size as a probability."""

    threshold: float = 0.5
    signature: Signature = CLASSES

    def answer(self, columns: Mapping[str, Sequence[Any]], at: Sequence[int]) -> Answers:
        del at
        sizes = [each or 0.0 for each in columns["size"]]
        return Answers(sizes, ["yes" if each >= self.threshold else "no" for each in sizes])

    def deciding_at(self, threshold: float) -> "Sorting":
        return replace(self, threshold=threshold)


def said(served: Served) -> dict[Role, list[str] | None]:
    return {role: model.answer({"size": [0.2, 0.4, 0.6]}, [0, 0, 0]).values for role, model in served.models.items()}


def test_both_roles_decide_by_it_and_a_release_changes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Path] = []

    def load_model(directory: Path) -> Sorting:
        loaded.append(directory)
        return Sorting()

    monkeypatch.setattr(shelf, "load_model", load_model)
    served = None
    for release, threshold, values in (
        (1, 0.5, ["no", "no", "yes"]),
        (2, 0.3, ["no", "yes", "yes"]),
        (3, 0.5, ["no", "no", "yes"]),
    ):
        route = routing(release=release, threshold=threshold).routes["d1"]
        served = load(route, before=served, clock=StillClock(), pulse=Pulse())
        assert said(served) == {Role.CHAMPION: values, Role.CHALLENGER: values}
    assert len(loaded) == 2
