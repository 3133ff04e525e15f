"""What a metric is."""

from collections.abc import Callable
from dataclasses import dataclass

from watchkeeper.learning.arrays import Numbers


@dataclass(frozen=True)
class Metric:
    """`function` takes the truth (1 for the positive class) and the answer (its probability), each of shape (rows,),
    and gives None where the metric is not defined; it never is without rows."""

    name: str
    title: str
    tasks: tuple[str, ...]
    lower_is_better: bool
    function: Callable[[Numbers, Numbers], float | None]
