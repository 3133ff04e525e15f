"""Whether rows of the window can be told from rows of the reference, and by which columns.

A classifier learns the sides on one half of the rows and is asked about the other, and the reverse; how often it puts a
pair in order is an area under the ROC curve, a half where nothing has drifted (Lopez-Paz and Oquab, "Revisiting
classifier two-sample tests", ICLR 2017). Each half's area has the variance of its own rows, given the classifier. The
two are alike, for each half has taught what the other is asked: with boosted trees their correlation is about .6
without drift, so that taking them as independent gives 10 to 14 % false alarms where 5 are declared. So the mean's
deviation is taken as the mean of both deviations, which it can't exceed however they depend.

Of rows that carry times one half is earlier than the other, with days between them that are neither: what lasts from
day to day would else teach what the other half is like.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from scipy.special import expit, logit, stdtr, stdtrit

from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.multivariate.coding import Coded
from watchkeeper.monitoring.multivariate.errors import NothingToTell
from watchkeeper.monitoring.multivariate.halves import Half, Times
from watchkeeper.monitoring.multivariate.in_time import Dated, area_in_time
from watchkeeper.monitoring.multivariate.ranks import Area, Blocks, area

Scores = Callable[[Floats], Floats]
"""From rows of shape (rows, columns), higher the more they look like the window's."""
Learn = Callable[[Floats, Flags, Flags], Scores]
"""From values of shape (rows, columns), which rows are the window's, and which columns are levels, coded as numbers."""

LEVEL = 0.9
FEWEST_ROWS, FEWEST_BLOCKS = 50, 8
MOST_ROWS = 5_000
"""Of a side: more make the answer dearer and hardly surer."""
MOST_COLUMNS = 10
CERTAIN = 1e-6
HALF = 0.5


@dataclass(frozen=True)
class Telling:
    """`lost` is how much of the area is lost when the column's values are shuffled among the rows."""

    column: str
    lost: float


@dataclass(frozen=True)
class Apart:
    """Attributes:
    auc: the area under the ROC curve: a half where the sides are alike, one where any two rows are told apart.
    low, high: an interval that holds the classifiers' true area with 90 %.
    p_value: the chance of as much or more where nothing has drifted.
    columns: those without which more is lost than chance would make of it, the most telling first.
    rows: of reference and window, that were asked about.
    """

    auc: float
    low: float
    high: float
    p_value: float
    columns: tuple[Telling, ...]
    rows: tuple[int, int]


def tell_apart(
    reference: pa.Table,
    window: pa.Table,
    *,
    learn: Learn,
    blocks: tuple[Blocks, Blocks] | None = None,
    seed: int = 0,
) -> Apart:
    """How well the window's rows are told from the reference's, over all columns that both have.

    Args:
        reference: rows that may be a sample; of more than 5,000 some are drawn.
        window: likewise.
        learn: what tells them apart.
        blocks: the block of time of each row of either side (days, or weeks), where neighbours in time are alike; a
            block is learned from or asked about, never both. None: rows are taken as independent.
        seed: how the halves are drawn.

    Raises:
        NothingToTell: a side has fewer than 50 rows, or eight blocks, or there is no column that both have.
    """
    chance = np.random.default_rng(seed)
    places = [_some(side.num_rows, chance) for side in (reference, window)]
    coded = Coded.of(reference.take(places[0]), window.take(places[1]))
    of_rows = None if blocks is None else np.concatenate([of[at] for of, at in zip(blocks, places, strict=True)])
    return _tell(coded, _halves(coded.window, of_rows, chance), learn, chance, blocks=of_rows)


def tell_coded(coded: Coded, *, learn: Learn, seed: int = 0) -> Apart:
    """The same of rows that are coded already.

    Args:
        coded: as few rows as are to be looked at.
        learn: what tells them apart.
        seed: how the halves are drawn.

    Raises:
        NothingToTell: a side has fewer than 50 rows.
    """
    chance = np.random.default_rng(seed)
    for side in (coded.window, ~coded.window):
        _some(int(side.sum()), chance)
    return _tell(coded, _halves(coded.window, None, chance), learn, chance)


def tell_in_time(coded: Coded, times: Times, *, learn: Learn, seed: int = 0) -> Apart:
    """The same of rows that carry times, with those of the whole reference, by which it is known how alike they are.

    Raises:
        NothingToTell: a side of a half has fewer than 50 rows, or the reference too few weeks.
    """
    chance = np.random.default_rng(seed)
    asked = [_asked_in_time(coded, times, half, learn, chance) for half in (Half.LATER, Half.EARLIER)]
    return _found(coded, asked, chance, rows=times.rows(coded.window))


def _tell(
    coded: Coded, second: Flags, learn: Learn, chance: np.random.Generator, *, blocks: Blocks | None = None
) -> Apart:
    asked = [_asked(coded, half, learn, blocks) for half in (second, ~second)]
    return _found(coded, asked, chance, rows=(int((~coded.window).sum()), int(coded.window.sum())))


def _found(coded: Coded, asked: "Sequence[_Asked]", chance: np.random.Generator, *, rows: tuple[int, int]) -> Apart:
    found = _told([each.area for each in asked], rows)
    if found.low <= HALF:
        return found
    lost = np.mean([each.lost(chance) for each in asked], axis=0)
    deviation = float(np.mean([each.area.deviation for each in asked]))
    telling = [Telling(name, float(of)) for name, of in zip(coded.names, lost, strict=True) if of > deviation]
    return replace(found, columns=tuple(sorted(telling, key=lambda each: (-each.lost, each.column))[:MOST_COLUMNS]))


def _some(rows: int, chance: np.random.Generator) -> Blocks:
    if rows < FEWEST_ROWS:
        raise NothingToTell(f"Of {rows:,} rows nothing can be told; either side needs {FEWEST_ROWS}.")
    return np.sort(chance.permutation(rows)[:MOST_ROWS])


def _halves(window: Flags, blocks: Blocks | None, chance: np.random.Generator) -> Flags:
    """Which rows are of the second half: of each side every other one, or every other block, in an order of chance."""
    found = np.zeros(window.size, dtype=np.bool_)
    for side in (window, ~window):
        groups = np.arange(int(side.sum())) if blocks is None else np.unique(blocks[side], return_inverse=True)[1]
        count = int(groups.max()) + 1
        if blocks is not None and count < FEWEST_BLOCKS:
            raise NothingToTell(f"{count} blocks of time tell nothing; either side needs {FEWEST_BLOCKS}.")
        found[side] = (chance.permutation(count) % 2 == 1)[groups]
    return found


@dataclass(frozen=True)
class _Asked:
    """One half of the rows, and what those of the other half have taught."""

    area: Area
    scores: Scores
    values: Floats
    window: Flags

    def lost(self, chance: np.random.Generator) -> Floats:
        """Of the area, without each column."""
        found = np.zeros(self.values.shape[1])
        for place in range(found.size):
            shuffled = self.values.copy()
            shuffled[:, place] = chance.permutation(self.values[:, place])
            found[place] = self.area.value - area(self.scores(shuffled), self.window).value
        return found


def _asked(coded: Coded, half: Flags, learn: Learn, blocks: Blocks | None) -> _Asked:
    """The area on one half of the rows, having learned on the other."""
    scores = learn(coded.values[~half], coded.window[~half], coded.levels)
    rows, window = coded.values[half], coded.window[half]
    found = area(scores(rows), window, None if blocks is None else blocks[half])
    return _Asked(found, scores, rows, window)


def _asked_in_time(coded: Coded, times: Times, half: Half, learn: Learn, chance: np.random.Generator) -> _Asked:
    taught, asked = times.taught(coded.window, half, chance), times.half == half
    for side in (coded.window, ~coded.window):
        _some(int((side & asked).sum()), chance)
        _some(int(side[taught].sum()), chance)
    scores = learn(coded.values[taught], coded.window[taught], coded.levels)
    known = ~coded.window & (asked | (times.half == Half.ELSEWHERE))
    dated = Dated(scores(coded.values), times.days, times.strata)
    found = area_in_time(dated.of(asked & coded.window), dated.of(asked & ~coded.window), dated.of(known))
    return _Asked(found, scores, coded.values[asked], coded.window[asked])


def _told(areas: list[Area], rows: tuple[int, int]) -> Apart:
    auc, deviation, without = (
        float(np.mean([getattr(each, name) for each in areas])) for name in ("value", "deviation", "without_drift")
    )
    free = min(each.freedom for each in areas)
    p_value = float(stdtr(free, (HALF - auc) / without))
    low, high = _interval(auc, deviation * float(stdtrit(free, (1 + LEVEL) / 2)))
    return Apart(auc, low, high, p_value, (), rows)


def _interval(auc: float, margin: float) -> tuple[float, float]:
    """On the scale of log odds, on which it keeps within 0 and 1 (Pepe 2003, section 5.2)."""
    inside = min(max(auc, CERTAIN), 1 - CERTAIN)
    slope = margin / max(inside * (1 - inside), margin / 4)
    return float(expit(logit(inside) - slope)), float(expit(logit(inside) + slope))
