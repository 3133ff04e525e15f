"""Global drift of a deployment: all features together, each weighing as much as a role's own model holds it to.

A day is weighed by the model that answered on it. It follows from the columns' verdicts, so nothing of the alarm budget
is spent on it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.drift.overall import overalls
from watchkeeper.monitoring.drift.sides import Floats
from watchkeeper.monitoring.drift.verdict import Effect, Verdict
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import RECORD, Records
from watchkeeper.monitoring.drift.wording import SHOWN, interval, size
from watchkeeper.serving.deployment import Role

Weights = Callable[[int, Role], Floats | None]
"""Of the features, by the model that a release has in a role; None where it has none."""
PART = 0.2
MOST_NAMED = 3


@dataclass(frozen=True)
class GlobalDrift:
    """`mostly` are, where it has moved, the features that make up the most of it: at most three, each at least a
    fifth."""

    verdict: Verdict
    effect: Effect
    p_value: float
    mostly: tuple[str, ...]

    def sentence(self, role: Role) -> str:
        together = f"All features together, as the {role} weighs them,"
        told = self.effect.estimate >= SHOWN
        match self.verdict:
            case Verdict.DRIFTED if told:
                return f"{together} have moved by {interval(self.effect)}{self._named()}."
            case Verdict.DRIFTED:
                return f"{together} have moved; {size(self.effect, moved=True)}{self._named()}."
            case Verdict.IMMATERIAL:
                return f"{together} have moved too little to matter: {size(self.effect)}{self._named()}."
            case Verdict.STABLE:
                return f"{together} have not moved{self._at_most()}."
            case _:
                return f"{together} have too few rows to say{self._at_most()}."

    def _at_most(self) -> str:
        return f": {size(self.effect)}" if SHOWN <= self.effect.high < np.inf else ""

    def _named(self) -> str:
        if not self.mostly:
            return ""
        *others, last = self.mostly
        return f", mostly for {', '.join(others) + ' and ' if others else ''}{last}"


def weighing(names: Sequence[str], importances: Mapping[str, float]) -> Floats:
    """Of the features in this order."""
    return np.array([max(importances.get(name, 0.0), 0.0) for name in names])


def global_drift(
    records: Sequence[Records], releases: Sequence[int], weights: Weights, names: Sequence[str], *, floor: float
) -> list[dict[Role, GlobalDrift]]:
    """Of windows, one after the other.

    Args:
        records: of each, of all that is watched: the features, then the predictions.
        releases: the newest that answered in each.
        weights: what each release's models weigh.
        names: of the features.
        floor: the size from which a change matters.
    """
    found: list[dict[Role, GlobalDrift]] = [{} for _ in records]
    shape = len(records), len(names)
    features = np.frombuffer(b"".join(each[: len(names)].tobytes() for each in records), dtype=RECORD).reshape(shape)
    for role in Role:
        weighed = [(place, of) for place, release in enumerate(releases) if (of := weights(release, role)) is not None]
        if not weighed or not names:
            continue
        together = overalls(features[[place for place, _ in weighed]], np.stack([of for _, of in weighed]), floor=floor)
        mostly_of = _mostly(names, together.parts)
        each = zip(together.known, together.codes, together.effects(), together.p_value, mostly_of, strict=True)
        for (place, _), (known, code, effect, p_value, mostly) in zip(weighed, each, strict=True):
            if known:
                moved = CODES[code] in {Verdict.DRIFTED, Verdict.IMMATERIAL}
                found[place][role] = GlobalDrift(CODES[code], effect, float(p_value), mostly if moved else ())
    return found


def _mostly(names: Sequence[str], parts: Floats) -> list[tuple[str, ...]]:
    """Of each window."""
    wholes = parts.clip(min=0.0).sum(axis=1, keepdims=True)
    first = np.argsort(-parts, axis=1, kind="stable")[:, :MOST_NAMED]
    large = (wholes > 0) & (np.take_along_axis(parts, first, axis=1) >= PART * wholes)
    of = zip(first.tolist(), large.tolist(), strict=True)
    return [tuple(names[p] for p, named in zip(*each, strict=True) if named) for each in of]
