"""The verdicts on all columns of a window together."""

from collections.abc import Sequence

import numpy as np

from watchkeeper.monitoring.drift import family
from watchkeeper.monitoring.drift.effect import Effects
from watchkeeper.monitoring.drift.sides import Flags, Floats, Sides
from watchkeeper.monitoring.drift.verdict import Effect, Finding, Judgement
from watchkeeper.monitoring.drift.visible import rows_enough, visible
from watchkeeper.monitoring.drift.weighing import Apart, Weighed, weigh


def judge(
    parts: Sequence[Sides], *, alpha: float = 0.05, apart: Sequence[Apart] | None = None
) -> list[list[Judgement]]:
    """One judgement a column, as the parts have them. With no drift in any column, the chance that any of them is
    called drifted is at most `alpha`. `apart` is what is known beside each part."""
    if not parts:
        return []
    weighed = [weigh(part, own) for part, own in zip(parts, apart or [Apart()] * len(parts), strict=True)]
    p_values = np.concatenate([part.p_value for part in weighed])
    columns = np.cumsum([len(part.p_value) for part in weighed])[:-1]
    each = [
        np.split(of_all, columns)
        for of_all in (family.thresholds(p_values, alpha), family.adjusted(p_values), family.q_values(p_values))
    ]
    first = family.first_threshold(p_values.size, alpha)
    return [
        _judgements(part, thresholds, adjusted, q_values, first)
        for part, thresholds, adjusted, q_values in zip(weighed, *each, strict=True)
    ]


def _judgements(part: Weighed, thresholds: Floats, adjusted: Floats, q_values: Floats, first: float) -> list[Judgement]:
    significant, weight = part.significant(thresholds), part.facets[0].weight
    seen, enough = visible(part.sides, first * weight), rows_enough(part.sides, first * weight)
    rows = part.sides.n + part.sides.missing[1]
    return [
        Judgement(
            verdict=verdict,
            p_value=float(part.p_value[place]),
            adjusted_p=float(adjusted[place]),
            q_value=float(q_values[place]),
            effect=_effect(part.sizes.overall, place),
            findings=_findings(part, significant, place),
            rows=int(rows[place]),
            smallest_visible=float(seen[place]),
            rows_enough=int(enough[place]) if np.isfinite(enough[place]) else None,
            ordered=part.sides.ordered,
        )
        for place, verdict in enumerate(part.verdicts(thresholds, first))
    ]


def _findings(part: Weighed, significant: Flags, place: int) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            facet=facet.name,
            p_value=float(part.p_values[number, place]),
            effect=_effect(part.size(facet), place),
            floor=float(part.floor(facet)[place]),
            significant=bool(significant[number, place]),
            material=bool(part.material[number, place]),
        )
        for number, facet in enumerate(part.facets)
    )


def _effect(of: Effects, place: int) -> Effect:
    return Effect(float(of.estimate[place]), float(of.low[place]), float(of.high[place]))
