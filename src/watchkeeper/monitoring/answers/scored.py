"""The labelled rows of a day as tallies: of each role all its rows, and those that both roles of a release answered.

A day of which some rows have gone is counted from two parts: what was kept of those that went, and the rows that are
there. A pair of answers goes as soon as either of them does, so that the two parts always add up to the whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from watchkeeper.monitoring.performance.tally import tally, total
from watchkeeper.monitoring.ports import ScoreCell
from watchkeeper.serving.deployment import Role

Places = npt.NDArray[np.intp]
Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Answered:
    """A role's labelled rows of one day, in order of their ids; each array has one entry a row. `going` are those that
    are about to be let go."""

    ids: npt.NDArray[np.str_]
    part: Places
    release: Places
    answer: npt.NDArray[np.float64]
    called: Chosen
    truth: npt.NDArray[np.float64]
    going: Chosen

    @property
    def keys(self) -> npt.NDArray[np.str_]:
        """What pairs the two roles' answers."""
        return np.char.add(np.char.add(self.release.astype(np.str_), " "), self.ids) if len(self.ids) else self.ids


def cells_of(day: str, answered: Mapping[Role, Answered], *, task: str) -> list[ScoreCell]:
    """Of all these rows."""
    both = _both(answered)
    return [
        cell
        for role, of in answered.items()
        for shared, chosen in ((False, np.ones(len(of.ids), dtype=np.bool_)), (True, np.isin(of.keys, both)))
        for cell in _cells(day, role, of, chosen, shared=shared, task=task)
    ]


def cells_going(day: str, answered: Mapping[Role, Answered], *, task: str) -> list[ScoreCell]:
    """What the rows that stay will not tell any more: of the rows that go, and of the pairs that lose one."""
    broken = np.setdiff1d(_both(answered), _both(answered, staying=True))
    return [
        cell
        for role, of in answered.items()
        for shared, chosen in ((False, of.going), (True, np.isin(of.keys, broken)))
        for cell in _cells(day, role, of, chosen, shared=shared, task=task)
    ]


def added(cells: Iterable[ScoreCell]) -> list[ScoreCell]:
    """One of each part, release and role."""
    corners: dict[tuple[str, int, int, str, bool], list[ScoreCell]] = defaultdict(list)
    for cell in cells:
        corners[cell.day, cell.part, cell.release, cell.role, cell.shared].append(cell)
    return [ScoreCell(*corner, total(of[0].tally.task, [each.tally for each in of])) for corner, of in corners.items()]


def _both(answered: Mapping[Role, Answered], *, staying: bool = False) -> npt.NDArray[np.str_]:
    """The keys of the pairs that are whole; `staying`: once those that go have gone."""
    champion, challenger = (
        each.keys[~each.going] if staying else each.keys
        for each in (answered[Role.CHAMPION], answered[Role.CHALLENGER])
    )
    return np.intersect1d(champion, challenger)


def _cells(day: str, role: Role, of: Answered, chosen: Chosen, *, shared: bool, task: str) -> list[ScoreCell]:
    corners = sorted(set(zip(of.part[chosen].tolist(), of.release[chosen].tolist(), strict=True)))
    cells = []
    for part, release in corners:
        here = chosen & (of.part == part) & (of.release == release)
        counted = tally(task, of.truth[here], of.answer[here], of.called[here])
        cells.append(ScoreCell(day, int(part), int(release), role.value, shared, counted))
    return cells
