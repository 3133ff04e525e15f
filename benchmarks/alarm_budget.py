"""`just bench alarm-budget`: how many days of stable years are called drifted, and how often that raises an alarm."""

import numpy as np
import pyarrow as pa

from watchkeeper.monitoring.drift.columns import Lining
from watchkeeper.monitoring.drift.lasting import lasting_in_any
from watchkeeper.monitoring.drift.windows import DRIFTED, Part, Records, judge_windows
from watchkeeper.monitoring.policy import USUAL
from watchkeeper.monitoring.references.trailing import LENGTHS
from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column, Kind

YEARS, DAYS, FEATURES = 20, 365, 20
LEVELS = np.arange(12)
SHARES = 1 / (LEVELS + 1) / (1 / (LEVELS + 1)).sum()
NAMES = np.array([f"level {level}" for level in LEVELS])
Chance = np.random.Generator


def alarm_budget() -> None:
    """Each year with a reference of its own; half of the features are numbers, half levels; windows of one day, 7
    and 28. One day in a hundred may be called drifted, which makes 73 in these years."""
    print(f"| reference | rows a day | days called drifted, of {YEARS * DAYS:,} | alarms, {USUAL.in_a_row} in a row |")
    print("|--:|--:|--:|--:|")
    for m, n in ((1_000, 50), (1_000, 200), (10_000, 50), (10_000, 200), (10_000, 1_000)):
        years = [_year(np.random.default_rng([m, n, year]), m, n) for year in range(YEARS)]
        days, alarms = (sum(each) for each in zip(*years, strict=True))
        print(f"| {m:,} | {n:,} | {days} | {alarms} |", flush=True)


def _year(chance: Chance, m: int, n: int) -> tuple[int, int]:
    bin_sets = [fit_bin_set(Column(f"c{place}", _kind(place)), _drawn(chance, place, m)) for place in range(FEATURES)]
    reference = np.concatenate([np.array(bins.reference) for bins in bin_sets])[np.newaxis]
    windows = np.stack([_day(chance, bin_sets, n) for _ in range(DAYS)])
    lining, parts = Lining.of(bin_sets), []
    for place, length in enumerate(LENGTHS):
        for each in lining.sides(reference, _trailing(windows, length)):
            of = each.columns + place * FEATURES
            parts.append(Part(each, of, np.ones(of.size), np.zeros(of.size)))
    found = judge_windows(parts, (DAYS, len(LENGTHS) * FEATURES), alpha=USUAL.alpha).reshape(DAYS, len(LENGTHS), -1)
    return int((found["verdict"] == DRIFTED).any(axis=(1, 2)).sum()), _alarms(found)


def _trailing(days: np.ndarray, length: int) -> np.ndarray:
    sums = np.cumsum(np.vstack([np.zeros_like(days[:1]), days]), axis=0)
    ends = np.arange(1, len(sums))
    return sums[ends] - sums[np.maximum(ends - length, 0)]


def _alarms(found: Records) -> int:
    """How often one begins."""
    codes = found["verdict"]
    going = lasting_in_any(np.arange(DAYS), LENGTHS, codes == DRIFTED, codes, found["p_value"], USUAL.in_a_row).any(
        axis=-1
    )
    return int((np.diff(going.astype(np.int64), prepend=0) == 1).sum())


def _kind(place: int) -> Kind:
    return Kind.NUMERIC if place % 2 else Kind.CATEGORICAL


def _drawn(chance: Chance, place: int, rows: int) -> "pa.Array":
    if _kind(place) is Kind.NUMERIC:
        return pa.array(chance.lognormal(size=rows))
    return pa.array(NAMES[chance.choice(LEVELS, rows, p=SHARES)].tolist())


def _day(chance: Chance, bin_sets: list[BinSet], rows: int) -> np.ndarray:
    return np.concatenate([bins.count(_drawn(chance, place, rows)) for place, bins in enumerate(bin_sets)])
