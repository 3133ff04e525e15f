"""How far two samples of a column lie apart: the share of rows that would have to change for them to be alike.

Of numbers the Kolmogorov-Smirnov distance, of words the total variation, rare ones taken together; 0 to 1.

>>> float(of_numbers(np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 4.0, 5.0, 6.0])))
0.5
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import kolmogorov

from watchkeeper.monitoring.drift.tails import pearson_square
from watchkeeper.monitoring.integrity.sample import Floats, Sample

MARKS = 8
ALONE = 0.01
"""The share of the reference from which a word is not taken together with other rare ones."""


def apart(before: Sample, now: Sample) -> float:
    """0 where a side has no values; 1 where one has numbers and the other words."""
    if not (before.present.size and now.present.size):
        return 0.0
    if before.in_words is not now.in_words:
        return 1.0
    if not before.in_words:
        return of_numbers(before.present, now.present)
    was, are = _together(before, now)
    return float(np.abs(was / was.sum() - are / are.sum()).sum()) / 2


def of_numbers(before: Floats, now: Floats) -> float:
    """Both rising and not empty."""
    at = np.concatenate([before, now])
    gaps = np.searchsorted(before, at, side="right") / before.size - np.searchsorted(now, at, side="right") / now.size
    return float(np.abs(gaps).max())


@dataclass(frozen=True)
class Marks:
    """Some of a sample's numbers, and the share of it that is at most each: enough to say of most others that they lie
    elsewhere, at a hundredth of the cost."""

    values: Floats
    shares: Floats

    @classmethod
    def of(cls, numbers: Floats) -> Self:
        """From numbers that rise, of which there is one at least."""
        values = numbers[np.linspace(0, numbers.size - 1, MARKS).astype(np.int64)]
        return cls(values, np.searchsorted(numbers, values, side="right") / numbers.size)

    def at_least(self, before: Floats) -> float:
        """`of_numbers` of the two is not smaller."""
        return float(np.abs(np.searchsorted(before, self.values, side="right") / before.size - self.shares).max())


def chance(before: Sample, now: Sample) -> float:
    """The p-value of the two lying so far apart, had their rows been drawn alike, and independently of each other."""
    m, n = before.present.size, now.present.size
    if not (m and n) or before.in_words is not now.in_words:
        return 1.0 if not (m and n) else 0.0
    if not before.in_words:
        return chance_of_numbers(of_numbers(before.present, now.present), m, n)
    was, are = _together(before, now)
    return float(pearson_square.upper(was[np.newaxis], are[np.newaxis])[0])


def chance_of_numbers(far: float, m: int, n: int) -> float:
    return float(kolmogorov(np.sqrt(m * n / (m + n)) * far))


def _together(before: Sample, now: Sample) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Counts of the common words, the rarer ones, and those that came."""
    words, counts = before.tallied
    common = counts >= ALONE * counts.sum()
    return _counted(words, common, before), _counted(words, common, now)


def _counted(words: npt.NDArray[Any], common: npt.NDArray[np.bool_], of: Sample) -> npt.NDArray[np.int64]:
    own, counts = of.tallied
    at = np.minimum(np.searchsorted(words, own), words.size - 1)
    known = words[at] == own
    found = np.zeros(words.size, dtype=np.int64)
    np.add.at(found, at[known], counts[known])
    return np.array([*found[common], found[~common].sum(), counts[~known].sum()], dtype=np.int64)
