"""Drifted columns by how much they move the prediction, each with its sentence."""

from collections.abc import Sequence

from watchkeeper.monitoring.causes.cause import Cause, Nature, Suspect
from watchkeeper.monitoring.causes.wording import sentence


def causes(suspects: Sequence[Suspect]) -> list[Cause]:
    """The most important first, whatever the order they come in; none where nothing has drifted.

    The order is that of the distance by which a column moves single predictions, where all of the drifted ones were
    swapped; else of drift times importance, or of drift alone where the model holds none of them important.
    """
    drifted = [each for each in suspects if each.drifted]
    concerns = _concerns(drifted)
    whole = sum(sorted(concerns.values()))
    ranked = sorted(drifted, key=lambda each: (-_moves(each, drifted), -concerns[each.column], each.column))
    return [
        Cause(
            each,
            weight=concerns[each.column] / whole if whole > 0 else 1 / len(drifted),
            nature=each.evidence.nature if each.evidence else Nature.UNKNOWN,
            sentence=sentence(each),
        )
        for each in ranked
    ]


def _concerns(drifted: Sequence[Suspect]) -> dict[str, float]:
    weighed = {each.column: each.effect.estimate * (each.importance or 0.0) for each in drifted}
    return weighed if any(weighed.values()) else {each.column: each.effect.estimate for each in drifted}


def _moves(of: Suspect, drifted: Sequence[Suspect]) -> float:
    if of.moved is None or any(each.moved is None for each in drifted):
        return 0.0
    return of.moved.distance
