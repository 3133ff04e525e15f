"""What can't be attributed; each says what to do.

Refused
└── NothingToSwap   no rows to ask the model about, or no column that both sides have
Unavailable
├── SwapBusy        somebody else is asking a model
└── SwapTooLong     it did not answer within its time
"""

from watchkeeper.errors import Refused, Unavailable


class NothingToSwap(Refused):
    """There are no rows to ask the model about, or no column that both sides have."""

    code = "nothing-to-swap"


class SwapBusy(Unavailable):
    """Another champion, or the same, is being asked what drifted features do; a process asks one at a time."""

    code = "swap-busy"


class SwapTooLong(Unavailable):
    """The champion did not answer within the time that it is given."""

    code = "swap-too-long"
