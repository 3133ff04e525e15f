"""What each input adds to an answer."""

from dataclasses import dataclass

import numpy as np

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.scale import Scale

TARGET, LOG_ODDS, PROBABILITY = "target", "log_odds", "probability"
"""Units: the target's own; the logarithm of the odds of the positive class; its probability."""

WITHOUT = "This model was kept without what its explanations need; train it again."


@dataclass(frozen=True)
class Shares:
    """Beginning from `base`, the answer in `unit` is the sum.

    Attributes:
        unit: TARGET, LOG_ODDS or PROBABILITY.
        added: of shape (rows, places): the inputs in order, then the event time where there is one.
    """

    unit: str
    base: float
    added: Numbers


def shares_of(by_feature: Numbers, encoder: Encoder, scale: Scale, *, unit: str) -> Shares:
    """From what each feature adds to a scaled answer and, in the last column, what they begin from: summed up for the
    input that each feature was made of."""
    added = np.zeros((len(by_feature), encoder.places))
    for feature, owner in enumerate(encoder.owners):
        added[:, owner] += by_feature[:, feature]
    base = scale.restore(by_feature[:1, -1])
    return Shares(unit, float(base.sum()), added * scale.spread)
