"""`just bench faults`: which faults are rightly named, and how many changes of the world are taken for one.

Needs the directory of real data in WATCHKEEPER_REAL_DATA. Limits were chosen on the columns and seeds of `TUNED`; what
is printed first is of the other columns, with other seeds, and then all columns of files that were never looked at.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import numpy as np
from fault_windows import DATA, LARGEST, OTHERS, Window, windows

from tests.fakes.faulty import FAULTY, NATURAL, Clean
from watchkeeper.monitoring.integrity.pair import Compared, Pair
from watchkeeper.monitoring.integrity.recognising import recognise

WINDOWS = 6
TUNED, SEED = 101, 909
NOTHING = "nothing"
OF_TWO = {"shifted time zone"}
"""Only two columns of the data have a course of the day, so these are reported of both."""
Cells = dict[str, Counter[str]]


def faults() -> None:
    if not Path(DATA, "adult.csv.gz").is_file():
        print("WATCHKEEPER_REAL_DATA names no directory of real data, so nothing was measured.")
        return
    for files, halves in ((LARGEST, (False,)), (OTHERS, (False, True))):
        print(f"\n{', '.join(files)}\n", flush=True)
        cells: Cells = defaultdict(Counter)
        elsewhere: Counter[str] = Counter()
        for file, number, window in windows(files, SEED, WINDOWS):
            elsewhere.update(measure(file, [SEED, number], window, cells, halves=halves))
        _print(cells, elsewhere)


def measure(file: str, seeds: list[int], window: Window, cells: Cells, *, halves: tuple[bool, ...]) -> Counter[str]:
    """Adds to the cells; gives what was said of the window as it was, by column. `halves` of the columns: whether they
    are those on which the limits were chosen."""
    clean = Counter({"windows": 1, "said": 0})
    for fault in recognise(window.pair):
        clean["said"] += 1
        clean[f"{file}: {fault.name}: {', '.join(fault.columns)}"] += 1
    for column in window.pair.columns:
        reported = bool(crc32(column.name.encode()) % 2) in halves
        for put, (expected, pair) in _injected(file, seeds, window, column):
            if reported or put in OF_TWO:
                said = named(pair, column.name)
                cells[put][said] += 1
                if said != expected and "-v" in sys.argv:
                    print(f"  {file} {seeds[-1]} {column.name}: {put} was called {said}", flush=True)
    return clean


def _injected(file: str, seeds: list[int], window: Window, column: Compared) -> Iterator[tuple[str, tuple[str, Pair]]]:
    clean = Clean(window.pair, column, window.lagged)
    each = {
        **{name: (expected, put) for name, (expected, put) in FAULTY.items()},
        **{f"natural: {name}": (NOTHING, put) for name, put in NATURAL.items()},
    }
    for name, (expected, put) in each.items():
        pair = put(np.random.default_rng([*seeds, crc32(f"{file} {column.name} {name}".encode())]), clean)
        if pair is not None:
            yield name, (expected, pair)


def named(pair: Pair, column: str) -> str:
    return next((fault.name for fault in recognise(pair) if column in fault.columns), NOTHING)


def _print(cells: Cells, elsewhere: Counter[str]) -> None:
    names = sorted({said for row in cells.values() for said in row} - {NOTHING, "unknown"})
    names = [*names, "unknown", NOTHING]
    print(f"| put in | columns and windows | {' | '.join(names)} | right |")
    print(f"|---|--:|{'--:|' * len(names)}--:|")
    expected = {name: fault for name, (fault, _) in FAULTY.items()}
    for put, row in cells.items():
        total, right = sum(row.values()), row[expected.get(put, NOTHING)]
        print(f"| {put} | {total} | {' | '.join(str(row[name]) for name in names)} | {100 * right / total:.1f} % |")
    print(f"\nWindows as they were: {elsewhere.pop('windows')}, of which was said: {elsewhere.pop('said')} times.")
    for said, times in elsewhere.most_common():
        print(f"- {said} ({times})")


if __name__ == "__main__":
    found: Cells = defaultdict(Counter)
    as_they_were: Counter[str] = Counter()
    for file_, number_, window_ in windows(LARGEST, TUNED, int(sys.argv[1])):
        as_they_were.update(measure(file_, [number_], window_, found, halves=(True,)))
    _print(found, as_they_were)
