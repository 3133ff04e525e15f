"""The step in which a column's numbers go: whole ones, hundredths, twentieths.

A changed unit leaves its trace there even where the values could lie so by themselves: multiples of 60 alone where
any whole number stood before, or fractions where there were none.
"""

import numpy as np

from watchkeeper.monitoring.integrity.sample import Floats

STEPS = tuple(step * 10.0**power for power in (6, 5, 4, 3, 2, 1, 0, -1, -2, -3, -4) for step in (5.0, 2.0, 1.0))
NEARLY_ALL = 0.99
TOLERANCE = 0.01
"""Of a step, by which a number may miss it."""
LARGEST = 1e9
"""Steps away from zero beyond which rounding hides them."""


def grain(values: Floats) -> float | None:
    """The largest step of which (nearly) all of the numbers but zero are multiples; None without one."""
    return next((step for step in STEPS if share_on(values, step) >= NEARLY_ALL), None)


def share_on(values: Floats, step: float) -> float:
    """The share of the numbers but zero that are multiples of the step; 0 without any."""
    numbers = values[values != 0] / step
    if not numbers.size or np.abs(numbers).max() > LARGEST:
        return 0.0
    whole = np.round(numbers)
    return float(((np.abs(numbers - whole) <= TOLERANCE) & (whole != 0)).mean())
