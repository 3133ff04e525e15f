"""When will it be full? Said only where the past says it plainly."""

from collections.abc import Sequence
from datetime import datetime, timedelta

LEAST_SPAN = timedelta(days=2)
LEAST_POINTS = 48
FURTHEST = 365.0
STEADY = 3.0
"""How many times faster or slower the halves may have grown for the whole to be called a pace."""

Points = Sequence[tuple[datetime, float]]


def days_until(limit: float, points: Points) -> float | None:
    """Days until what grows reaches `limit`, from the last point on.

    None where the points reach back less than two days or are few, where either half of them did not grow at about
    the pace of the whole, or where it would take more than a year.
    """
    if len(points) < LEAST_POINTS or points[-1][0] - points[0][0] < LEAST_SPAN:
        return None
    pace, middle = _pace(points), len(points) // 2
    halves = [_pace(points[:middle]), _pace(points[middle:])]
    if pace <= 0 or not all(pace / STEADY <= half <= pace * STEADY for half in halves):
        return None
    days = max(limit - points[-1][1], 0.0) / pace
    return days if days <= FURTHEST else None


def _pace(points: Points) -> float:
    """The least-squares slope, a day."""
    days = [(at - points[0][0]) / timedelta(days=1) for at, _ in points]
    centre, level = sum(days) / len(days), sum(value for _, value in points) / len(points)
    spread = sum((day - centre) ** 2 for day in days)
    together = sum((day - centre) * (value - level) for day, (_, value) in zip(days, points, strict=True))
    return together / spread if spread else 0.0
