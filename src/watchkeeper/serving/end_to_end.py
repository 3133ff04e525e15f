"""Many calls' columns as one table's, so that a model is asked once."""

from collections.abc import Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any


def end_to_end(parts: Sequence[Mapping[str, Sequence[Any]]]) -> Mapping[str, Sequence[Any]]:
    """Of calls of one release, which have the same columns."""
    if len(parts) == 1:
        return parts[0]
    return {name: list(chain.from_iterable(map(itemgetter(name), parts))) for name in parts[0]}
