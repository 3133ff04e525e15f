"""What can't be told apart; each says what to do.

Refused
├── NothingToTell   no column that both sides have, or too few rows or blocks of time
└── ReservoirsDiffer   reservoirs of different sizes
"""

from watchkeeper.errors import Refused


class NothingToTell(Refused):
    """No column that both sides have, or too few rows or blocks of time on a side."""

    code = "nothing-to-tell"


class ReservoirsDiffer(Refused):
    """Reservoirs of different sizes, which do not merge."""

    code = "reservoirs-differ"
