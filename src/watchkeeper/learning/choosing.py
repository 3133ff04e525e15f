"""Which of a learner's runtimes answers for a model: the first that answers as the fitted model does."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from watchkeeper.learning.arrays import Numbers, Rows
from watchkeeper.learning.errors import ModelBroken, RuntimeDiffers
from watchkeeper.learning.learner import Runtime

log = logging.getLogger(__name__)
TOLERANCE = 1e-4
"""By how much a runtime may answer otherwise than the fitted model, in spreads of the target (1 for a probability)."""


@dataclass(frozen=True)
class Chosen:
    """`passed_over`: those before it, and by how much each differed; None where it gave no numbers at all."""

    runtime: Runtime
    largest_difference: float
    rows: int
    passed_over: dict[str, float | None]

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.runtime.name,
            "largest_difference": self.largest_difference,
            "rows": self.rows,
            "passed_over": self.passed_over,
        }


def choose(
    names: Sequence[str], opened: Callable[[str], Runtime], *, rows: Rows, expected: Numbers, tolerance: float
) -> Chosen:
    """Raise RuntimeDiffers where none answers as is expected.

    Args:
        names: the runtimes, the one that is wanted most first.
        opened: the model in the runtime of a name.
        rows: on which they are compared.
        expected: what the fitted model answers to them.
        tolerance: by how much it may differ, in the unit of the answers.
    """
    passed_over: dict[str, float | None] = {}
    for name in names:
        try:
            runtime = opened(name)
        except ModelBroken as broken:
            log.warning("%s cannot answer for this model: %s", name, broken.message)
            passed_over[name] = None
            continue
        difference = largest_difference(runtime.answer(rows), expected)
        if difference <= tolerance:
            return Chosen(runtime, difference, len(rows), passed_over)
        passed_over[name] = difference if difference < np.inf else None
    raise RuntimeDiffers(
        f"No runtime answers as the model does that was fitted ({', '.join(map(_told, passed_over.items()))}); "
        "use another learner for this table."
    )


def largest_difference(answers: Numbers, expected: Numbers) -> float:
    """In the unit of the answers; infinite where one of them is no number."""
    difference = float(np.abs(answers - expected).max(initial=0.0))
    return difference if np.isfinite(difference) else np.inf


def _told(passed_over: tuple[str, float | None]) -> str:
    name, difference = passed_over
    return f"{name} cannot answer" if difference is None else f"{name} differs by up to {difference:.3g}"
