"""`just bench nightly-batch`: false alarms of rows that come in one hour of the day, against half-hours of a year."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from tests.fakes.columns import Chance
from tests.fakes.in_season import Moments, levels_of_days
from watchkeeper.monitoring import compare
from watchkeeper.monitoring.drift.sides import Floats

TABLES = 100
YEAR = np.arange(np.datetime64("2024-01-01", "s"), np.datetime64("2025-01-01", "s"), np.timedelta64(30, "m"))
TEN = np.datetime64("2025-01-03T10:00:00", "s")
ALIKE: Mapping[str, tuple[float, float, float]] = {
    "nothing": (0, 0, 1),
    "days": (1, 0, 1),
    "hours": (0, 1, 0.5),
    "days and hours": (0.7, 0.7, 0.5),
}
"""How much rows of a day and of an hour have in common, and how much is their own, as deviations."""


def nightly_batch() -> None:
    print("| alike are rows of | days | rows a night | tables called drifted |\n|---|--:|--:|--:|")
    for name, parts in ALIKE.items():
        for days, rows in ((28, 150), (7, 150), (28, 6)):
            found = sum(_drifted(np.random.default_rng([47, seed]), parts, days, rows) for seed in range(TABLES))
            print(f"| {name} | {days} | {rows} | {found} of {TABLES} |", flush=True)


def _drifted(chance: Chance, parts: tuple[float, float, float], days: int, rows: int) -> bool:
    """Whether a number or its two levels are; days last with .5."""
    nights = TEN + np.arange(days).repeat(rows) * np.timedelta64(1, "D")
    nights += np.tile(np.arange(rows), days) * np.timedelta64(20, "s")
    of_days, of_hours = levels_of_days(chance, 400, 1, lasting=0.5)[:, 0], chance.normal(size=400 * 24)

    def values(when: Moments) -> Floats:
        hours = (when - YEAR[0]).astype("timedelta64[h]").astype(np.int64)
        own = chance.normal(size=when.size)
        found: Floats = parts[0] * of_days[hours // 24] + parts[1] * of_hours[hours] + parts[2] * own
        return found

    before, now = (_table(when, values(when)) for when in (YEAR, nights))
    return bool(compare(before, now, at="when").drifted)


def _table(when: Moments, values: Floats) -> "pa.Table":
    return pa.table({"when": when, "value": values, "high": np.where(values > 0.3, "yes", "no")})
