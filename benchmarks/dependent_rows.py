"""`just bench dependent-rows`: false alarms where neighbours in time are alike, with and without `at`; no season."""

import numpy as np

from tests.fakes.in_time import in_time, readings
from watchkeeper.monitoring import compare

WINDOWS = 400
SHIFT = 1.5


def dependent_rows() -> None:
    print("| a day's level lasts | window | false alarms without `at` | with `at` | shift of 1.5 found with `at` |")
    print("|---|---|--:|--:|--:|")
    for lasting in (0.0, 0.5, 0.8):
        for days in (7, 30):
            chance = np.random.default_rng(21)
            rates = 100 * np.mean([_drifted(chance, days, lasting) for _ in range(WINDOWS)], axis=0)
            figures = " | ".join(f"{rate:.1f} %" for rate in rates)
            print(f"| {lasting:g} | {days} days | {figures} |", flush=True)


def _drifted(chance: np.random.Generator, days: int, lasting: float) -> list[bool]:
    before = in_time(readings(chance, 365, lasting=lasting), begins="2025-01-01")
    values = readings(chance, days, lasting=lasting)
    same, moved = (in_time(each, begins="2026-01-01") for each in (values, values + SHIFT))
    asked = ((same, None), (same, "when"), (moved, "when"))
    return ["reading" in compare(before, now, at=at, baseline=at and "whole").drifted for now, at in asked]
