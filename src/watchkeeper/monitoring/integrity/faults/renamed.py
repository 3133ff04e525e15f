"""A renamed column: one is gone, and one came that holds what the other did.

Columns that lie alike are many: those that others went along with have to go along with the new one too, and where none
did, no other column may lie as near. Where what came was not kept, only the names tell: one column is absent, and one
that nobody knew is there in its place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from watchkeeper.monitoring.integrity.apart import Marks, apart
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.grain import grain
from watchkeeper.monitoring.integrity.pair import Compared, Pair
from watchkeeper.monitoring.integrity.sample import Floats, Sample
from watchkeeper.monitoring.integrity.wording import percent

NAME = "renamed column"
NEAR, KIN = 0.25, 0.6
"""How far apart the two may lie: by themselves, and where they have more in common than that."""
ALIKE = 0.9
"""The part of the new one's rows whose words the other knew."""
TELLS = 0.15
"""The correlation from which others tell whether it is the same column."""
SURE = 1e-4
FEWEST = 20
MOSTLY = 0.5
"""The share of the rows that lack a column from which it is gone."""


def find(pair: Pair) -> Iterator[Fault]:
    yield from _by_name(pair)
    kin = _Kin([each for each in pair.columns if each.is_measured])
    went = [_Gone(name, of, kin) for name, of in pair.gone.items() if of.present.size >= FEWEST]
    came = [_Came(name, of, pair, kin) for name, of in pair.new.items() if of.present.size >= FEWEST]
    for gone in went:
        for new in came:
            if gone.sample.in_words is new.sample.in_words:
                yield from _fault(gone, new, pair)


@dataclass(frozen=True)
class _Kin:
    """The columns that both have and that are measured, by the ranks of their rows, of shape (columns, rows)."""

    columns: Sequence[Compared]

    @cached_property
    def before(self) -> Floats:
        return np.stack([_ranks(each.before) for each in self.columns])

    @cached_property
    def now(self) -> Floats:
        return np.stack([_ranks(each.now) for each in self.columns])


@dataclass(frozen=True)
class _Gone:
    """A column that only the reference has."""

    name: str
    sample: Sample
    kin: _Kin

    @cached_property
    def followed(self) -> tuple[float, Floats]:
        """How closely the other columns, weighted as they go along with it, follow it in the reference, as a
        correlation of ranks; and what they make of the window's rows."""
        target = _ranks(self.sample)
        weights = self.kin.before @ target / target.size
        return _correlation(weights @ self.kin.before, target), weights @ self.kin.now

    @cached_property
    def step(self) -> float | None:
        return grain(self.sample.present)


@dataclass(frozen=True)
class _Came:
    """A column that only the window has."""

    name: str
    sample: Sample
    pair: Pair
    kin: _Kin

    @cached_property
    def ranks(self) -> Floats:
        return _ranks(self.sample)

    @cached_property
    def step(self) -> float | None:
        return grain(self.sample.present)

    @cached_property
    def marks(self) -> Marks | None:
        return None if self.sample.in_words else Marks.of(self.sample.present)

    def far_from(self, before: Sample) -> float:
        """1 where it is farther than `KIN`, which a few marks show of most columns."""
        if self.marks is not None and before.present.size and self.marks.at_least(before.present) > KIN:
            return 1.0
        return apart(before, self.sample)

    @cached_property
    def from_others(self) -> Floats:
        """How far it lies from each column that both have, of those of its sort."""
        others = [each.before for each in self.pair.columns if each.before.in_words is self.sample.in_words]
        return np.array([self.far_from(each) for each in others])

    @cached_property
    def known_by_others(self) -> bool:
        """Whether another column knew its words."""
        return any(_known(each.before, self.sample) >= ALIKE for each in self.pair.columns if each.before.in_words)


def _by_name(pair: Pair) -> Iterator[Fault]:
    gone = [(name, share) for name, share in pair.absent.items() if share >= MOSTLY]
    if len(gone) != 1 or len(pair.strange) != 1:
        return
    (name, share), (new,) = gone[0], pair.strange
    yield Fault(
        name=NAME,
        columns=(name, new),
        sentence=(
            f"{name} is gone from {percent(share)} of the rows, and {new}, which no model knows, came to them instead. "
            "Its values are not kept, so that only the names tell."
        ),
        p_value=0.0,
        remaining=1 - share,
        evidence={"absent": share},
    )


def _fault(gone: _Gone, new: _Came, pair: Pair) -> Iterator[Fault]:
    far = new.far_from(gone.sample)
    if far > KIN:
        return
    was, along = _along(gone, new)
    chance = float(ndtr(-along * np.sqrt(new.sample.rows)))
    told = was >= TELLS
    alike = int(np.count_nonzero(new.from_others <= far))
    much = told or _same_words(gone, new) or (not alike and _same_numbers(gone, new))
    if far > (KIN if much else NEAR) or (chance > SURE if told else alike):
        return
    kin = f", and other columns go along with it as they did ({along:.2f} of 1, {was:.2f} before)" if told else ""
    yield Fault(
        name=NAME,
        columns=(gone.name, new.name),
        sentence=(
            f"{gone.name} is gone, and {new.name} came, which holds the same: {percent(far)} of its values would have "
            f"to change to lie as those of {gone.name} did{kin}."
        ),
        p_value=chance if told else (1 + alike) / (1 + len(pair.columns)),
        remaining=far,
        evidence={"apart": far, "along": along, "along_before": was},
    )


def _same_words(gone: _Gone, new: _Came) -> bool:
    """Words that the column that is gone knew, and no other one."""
    return gone.sample.in_words and _known(gone.sample, new.sample) >= ALIKE and not new.known_by_others


def _same_numbers(gone: _Gone, new: _Came) -> bool:
    """In the same range and the same steps."""
    before, now = gone.sample, new.sample
    if before.in_words:
        return False
    inside = (now.present >= before.present[0]) & (now.present <= before.present[-1])
    return bool(inside.mean() >= ALIKE) and new.step == gone.step


def _known(before: Sample, now: Sample) -> float:
    return float(np.isin(now.present, before.tallied[0]).mean())


def _along(gone: _Gone, new: _Came) -> tuple[float, float]:
    """How closely the other columns follow the one that is gone in the reference, and the new one in the window."""
    if gone.sample.in_words or not gone.kin.columns:
        return 0.0, 0.0
    was, follows = gone.followed
    return was, _correlation(follows, new.ranks)


def _ranks(of: Sample) -> Floats:
    """Standardised; missing values in the middle."""
    ranks = np.searchsorted(of.present, of.values, side="left") + np.searchsorted(of.present, of.values, side="right")
    centred = np.where(of.missing, 0.0, ranks - ranks[~of.missing].mean() if of.present.size else 0.0)
    spread = float(centred.std())
    found: Floats = centred / spread if spread > 0 else centred
    return found


def _correlation(one: Floats, other: Floats) -> float:
    if not (one.std() > 0 and other.std() > 0):
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
