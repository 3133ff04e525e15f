"""`just bench season-sizes`: how often the interval of a size holds the size that a shift really has.

Series of four rows a day with a course of the year, whose days last (AR(1) by day), against a reference of one or two
years before it; and rows that are independent. The truth is the size of the two laws themselves on the same groups: of
as many draws of the window's weeks as make chance small.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import ndtr

from watchkeeper.monitoring import compare
from watchkeeper.monitoring.drift.effect import distances

YEAR, A_DAY, TIMES = 365, 4, 100
START = np.datetime64("2019-01-01T00:00:00", "us")
BETWEEN = 0.6
"""The part of the variance that is between days."""
MANY = 1e12
"""Rows that leave nothing to chance."""
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    lasting: float | None
    years: int
    days: int
    moved: float


CASES = [
    *(Case(None, 1, days, moved) for days in (7, 28) for moved in (0.0, 0.2, 0.5, 1.0)),
    *(
        Case(lasting, years, days, moved)
        for lasting in (0.5, 0.8)
        for years in (1, 2)
        for days in (7, 28)
        for moved in (0.0, 0.2, 0.5, 1.0)
    ),
]


def season_sizes() -> None:
    print("| days last | reference | window | moved by | held | true size | mean estimate | median width |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for case in CASES:
        found = np.array(list(measured(case)))
        truth = found[:, 0].mean()
        held = ((found[:, 2] <= found[:, 0] + 1e-3) & (found[:, 0] <= found[:, 3] + 1e-3)).mean()
        cells = (
            "no" if case.lasting is None else f"{case.lasting:g}",
            f"{case.years} year{'s' if case.years > 1 else ''}",
            f"{case.days} days",
            f"{case.moved:g}",
            f"{100 * held:.0f} %",
            f"{truth:.3f}",
            f"{found[:, 1].mean():.3f}",
            f"{np.median(found[:, 3] - found[:, 2]):.3f}",
        )
        print(f"| {' | '.join(cells)} |", flush=True)


def measured(case: Case) -> Iterator[tuple[float, float, float, float]]:
    """The true size, the estimate, and the ends of its interval."""
    for seed in range(TIMES):
        chance = np.random.default_rng([seed, case.years, case.days])
        learned = case.years * YEAR
        begins = learned + int(chance.integers(0, YEAR - case.days))
        values = series(chance, 2 * learned + YEAR, case.lasting)
        season = course(len(values))
        window = slice(begins, begins + case.days)
        now = values[window] + season[window, np.newaxis] + case.moved
        before = values[:learned] + season[:learned, np.newaxis]
        found = compare(table(before, 0), table(now, begins), at=None if case.lasting is None else "at").columns["x"]
        if case.lasting is None:
            before, now = values[:learned], values[window] + case.moved
            found = compare(table(before, 0), table(now, begins)).columns["x"]
        edges = np.array(found.edges)[1:-1] if found.edges else np.zeros(0)
        truth = true_size(case, edges, season[window] if case.lasting is not None else np.zeros(case.days))
        yield truth, found.effect.estimate, found.effect.low, found.effect.high


def series(chance: np.random.Generator, days: int, lasting: float | None) -> Numbers:
    """Of variance 1, of shape (days, rows a day)."""
    if lasting is None:
        return chance.normal(size=(days, A_DAY))
    each = np.zeros(days)
    for day in range(days):
        before = each[day - 1] if day else chance.normal()
        each[day] = lasting * before + np.sqrt(1 - lasting**2) * chance.normal()
    return np.sqrt(BETWEEN) * each[:, np.newaxis] + np.sqrt(1 - BETWEEN) * chance.normal(size=(days, A_DAY))


def course(days: int) -> Numbers:
    return np.asarray(1.5 * np.sin(2 * np.pi * np.arange(days) / YEAR))


def table(values: Numbers, first: int) -> "pa.Table":
    hours = 24 * (first + np.arange(len(values)))[:, np.newaxis] + 24 // A_DAY * np.arange(A_DAY)
    return pa.table({"x": values.ravel(), "at": START + hours.ravel().astype("timedelta64[h]")})


def true_size(case: Case, edges: Numbers, season: Numbers) -> float:
    """Of the two laws, each the mean of the window's days."""

    def shares(moved: float) -> Numbers:
        up_to = ndtr(edges - season[:, np.newaxis] - moved).mean(axis=0)
        return np.diff(np.concatenate([[0.0], up_to, [1.0]]))

    before, now = (MANY * shares(each)[np.newaxis] for each in (0.0, case.moved))
    return max(float(distances(before, now).estimate[0]), 0.0)


if __name__ == "__main__":
    season_sizes()
