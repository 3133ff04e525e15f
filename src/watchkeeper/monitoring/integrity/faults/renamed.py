"""A renamed column: one is gone, and one came that holds what the other did.

Columns that lie alike are many: those that others went along with have to go along with the new one too, and where none
did, no other column may lie as near. Where what came was not kept, only the names tell: one column is absent, and one
that nobody knew is there in its place.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import ndtr

from watchkeeper.monitoring.integrity.apart import apart
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
    for gone, before in pair.gone.items():
        for new, now in pair.new.items():
            if before.in_words is now.in_words and min(before.present.size, now.present.size) >= FEWEST:
                yield from _fault(gone, new, before, now, pair)


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


def _fault(gone: str, new: str, before: Sample, now: Sample, pair: Pair) -> Iterator[Fault]:
    far, others = apart(before, now), [each for each in pair.columns if each.is_measured]
    was, along = _along(before, now, others)
    chance = float(ndtr(-along * np.sqrt(now.rows)))
    told = was >= TELLS
    much = told or _same_words(before, now, pair) or _same_numbers(before, now, pair)
    alike = sum(apart(each.before, now) <= far for each in pair.columns if each.before.in_words is now.in_words)
    if far > (KIN if much else NEAR) or (chance > SURE if told else alike):
        return
    kin = f", and other columns go along with it as they did ({along:.2f} of 1, {was:.2f} before)" if told else ""
    yield Fault(
        name=NAME,
        columns=(gone, new),
        sentence=(
            f"{gone} is gone, and {new} came, which holds the same: {percent(far)} of its values would have to change "
            f"to lie as those of {gone} did{kin}."
        ),
        p_value=chance if told else (1 + alike) / (1 + len(pair.columns)),
        remaining=far,
        evidence={"apart": far, "along": along, "along_before": was},
    )


def _same_words(before: Sample, now: Sample, pair: Pair) -> bool:
    """Words that the column that is gone knew, and no other one."""
    if not before.in_words or _known(before, now) < ALIKE:
        return False
    return all(_known(each.before, now) < ALIKE for each in pair.columns if each.before.in_words)


def _same_numbers(before: Sample, now: Sample, pair: Pair) -> bool:
    """In the same range and the same steps, with no other column that lies as near."""
    if before.in_words:
        return False
    inside = (now.present >= before.present[0]) & (now.present <= before.present[-1])
    if inside.mean() < ALIKE or grain(now.present) != grain(before.present):
        return False
    far = apart(before, now)
    return all(apart(each.before, now) > far for each in pair.columns if not each.before.in_words)


def _known(before: Sample, now: Sample) -> float:
    return float(np.isin(now.present, before.tallied[0]).mean())


def _along(before: Sample, now: Sample, others: Sequence[Compared]) -> tuple[float, float]:
    """How closely the other columns, weighted as they go along with the one that is gone, follow it in the reference,
    and the new one in the window: correlations of ranks."""
    if before.in_words or not others:
        return 0.0, 0.0
    target = _ranks(before)
    ranks = np.stack([_ranks(each.before) for each in others])
    weights = ranks @ target / target.size
    follows = weights @ ranks, weights @ np.stack([_ranks(each.now) for each in others])
    return _correlation(follows[0], target), _correlation(follows[1], _ranks(now))


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
