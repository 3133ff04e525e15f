"""What can't be attributed; each says what to do.

Refused
└── NothingToSwap   no rows to ask the model about, or no column that both sides have
"""

from watchkeeper.errors import Refused


class NothingToSwap(Refused):
    """There are no rows to ask the model about, or no column that both sides have."""

    code = "nothing-to-swap"
