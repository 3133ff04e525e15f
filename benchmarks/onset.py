"""`just bench onset`: how often a drift's first day lies in its 90 % interval, and how its course is named."""

from collections.abc import Callable, Mapping

import numpy as np

from tests.fakes.by_day import abrupt, by_day, gradual, passing
from watchkeeper.monitoring.drift.onset.dating import onset
from watchkeeper.monitoring.drift.sides import Floats

SERIES = 400
DAYS, FIRST, LENGTH = 90, 55, 15
COURSES: Mapping[str, Callable[[], Floats]] = {
    "abrupt": lambda: abrupt(DAYS, FIRST),
    "gradual": lambda: gradual(DAYS, FIRST, LENGTH),
    "passing": lambda: passing(DAYS, FIRST, LENGTH),
}


def onsets() -> None:
    print(
        "| course | shift | a day's level lasts | dated | within a day | in the interval | days wide | course right |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for lasting in (0.0, 0.5, 0.8):
        _print("none", np.zeros(DAYS), 0.0, lasting)
    for name, moved in COURSES.items():
        for shift in (0.5, 1.0, 2.0, 4.0):
            for lasting in (0.0, 0.5, 0.8):
                _print(name, shift * moved(), shift, lasting)


def _print(course: str, moved: Floats, shift: float, lasting: float) -> None:
    chance = np.random.default_rng(11)
    found = [onset(by_day(chance, moved, lasting=lasting)) for _ in range(SERIES)]
    known = [each for each in found if each is not None]
    dated = f"{100 * len(known) / SERIES:.0f} %"
    if course == "none" or not known:
        print(f"| {course} | {shift:g} | {lasting:g} | {dated} | | | | |", flush=True)
        return
    near, held, right = (
        100 * np.mean(of)
        for of in (
            [abs(each.first - FIRST) <= 1 for each in known],
            [each.low <= FIRST <= each.high for each in known],
            [each.course == course for each in known],
        )
    )
    wide = np.median([each.high - each.low + 1 for each in known])
    figures = f"{near:.0f} % | {held:.0f} % | {wide:.0f} | {right:.0f} %"
    print(f"| {course} | {shift:g} | {lasting:g} | {dated} | {figures} |", flush=True)
