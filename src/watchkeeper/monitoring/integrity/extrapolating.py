"""Inputs beyond what the reference held, where a model answers what it has not learned: a notice, and no alarm."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from watchkeeper.monitoring.drift.tails import exceedance, new_levels
from watchkeeper.monitoring.integrity.observed import Observed
from watchkeeper.monitoring.integrity.wording import number, percent
from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.layout import Layout
from watchkeeper.tables.layouts.numeric import NumericLayout
from watchkeeper.tables.layouts.scale import Scale

SURE = 0.001
"""The chance that any column has a notice where the window's rows are drawn like the reference's."""
MEASURED = frozenset({Kind.NUMERIC, Kind.INTEGER})


@dataclass(frozen=True)
class Notice:
    """`rows` of a column, `share` of those that hold a value, are beyond what the reference held. `p_value` is the
    chance of so many where both are drawn alike and their rows are independent."""

    column: str
    rows: int
    share: float
    p_value: float
    sentence: str

    def plain(self) -> dict[str, Any]:
        return {
            "column": self.column,
            "rows": self.rows,
            "share": self.share,
            "p_value": self.p_value,
            "sentence": self.sentence,
        }


def notices(window: Iterable[Observed]) -> list[Notice]:
    """The largest share first; from counts in the bins of the reference."""
    columns = [of for of in window if sum(of.bins.reference[:-1]) and of.present]
    surest = SURE / max(len(columns), 1)
    found = [notice for of in columns for notice in _of(of) if notice.p_value <= surest]
    return sorted(found, key=lambda each: (-each.share, each.column))


def _of(of: Observed) -> Iterator[Notice]:
    roles = of.bins.layout.roles()
    beyond = int(of.counts[list(roles.unseen)].sum())
    if not beyond or not (of.bins.column.kind in MEASURED or of.bins.column.kind is Kind.CATEGORICAL):
        return
    m = np.array([sum(of.bins.reference[:-1])])
    k, n = np.array([beyond]), np.array([of.present])
    if roles.ordered:
        chance, what = exceedance.at_least(k, n, m), _outside(of, roles.unseen)
    else:
        chance = new_levels.at_least(k, n, m, np.array([roles.once]), np.array([roles.twice]))
        what = "hold levels that the reference never held"
    share = beyond / of.present
    counted = f"{beyond:,} of {of.present:,} values of {of.bins.column.name} ({percent(share)})"
    yield Notice(of.bins.column.name, beyond, share, float(chance[0]), f"{counted} {what}.")


def _outside(of: Observed, unseen: Sequence[int]) -> str:
    """Beyond which end, and how far where that is known."""
    places, write = of.bins.layout.roles().places, _writing(of.bins.layout)
    below, above = int(of.counts[unseen[0]]), int(of.counts[unseen[-1]])
    if len(unseen) < 2:
        return "are numbers, of which the reference held none"
    said = []
    if above:
        most = "" if of.highest is None else f" (up to {write(of.highest)})"
        said.append(f"above {write(places[-1])}, the reference's highest{most}")
    if below:
        least = "" if of.lowest is None else f" (down to {write(of.lowest)})"
        whose = "its" if above else "the reference's"
        said.append(f"below {write(places[0])}, {whose} lowest{least}")
    return f"lie {' or '.join(said)}"


def _writing(layout: Layout) -> Callable[[float], str]:
    """How a number of the column is written: with its unit, where it has one."""
    scale = layout.scale if isinstance(layout, NumericLayout) else Scale.NUMBER
    return number if scale is Scale.NUMBER else scale.write
