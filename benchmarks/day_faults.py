"""`just bench day-faults`: faults told of single days in twenty clean years of the simulator, and of its incidents.

Every day is looked at, also those on which nothing gave occasion to, so that no fewer are told than the worker would.
An alarm is a fault with a name on two of three days, as the rule that every deployment starts with has it.
"""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from clean_years import DAYS, FIRST, KINDS, TIME, YEARS, rows_of

from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.spelling import spells
from watchkeeper.alerts.starting import FAULTS_START
from watchkeeper.demo.incidents import INCIDENTS, Incident
from watchkeeper.demo.simulated import World, simulated_world
from watchkeeper.monitoring.integrity.recognising import UNKNOWN, recognise
from watchkeeper.monitoring.soundness.faulting import Looked, credible
from watchkeeper.monitoring.two_tables.pairing import paired
from watchkeeper.monitoring.two_tables.source import Filed, Held


def day_faults() -> None:
    begun, days, alarms, told = time.process_time(), 0, 0, 0
    with tempfile.TemporaryDirectory() as directory:
        for seed in range(1, YEARS + 1):
            life = Life.of(Path(directory), seed)
            readings = [life.reading(day) for day in life.days[:DAYS]]
            days += len(readings)
            told += sum(each.value is not None and each.value > 0 for each in readings)
            alarms += len(_alarms(readings))
        print(f"Of {days:,} clean days {told} are told to have a fault; {alarms} alarms.")
        print(f"A look takes {1000 * (time.process_time() - begun) / days:.0f} ms of processor.\n")
        print("| incident | told, of so many worlds | on so many of its days | dated within days |\n|---|--:|--:|---|")
        for incident in INCIDENTS.values():
            lives = [Life.of(Path(directory), seed, told=tuple(INCIDENTS.values())) for seed in range(1, YEARS + 1)]
            found = [life.noticed(incident) for life in lives]
            firsts = [each for each, _ in found if each is not None]
            within = f"{min(firsts)} to {max(firsts)}" if firsts else ""
            share = np.mean([on for _, on in found])
            print(f"| {incident.name} | {len(firsts)} of {YEARS} | {100 * share:.0f} % | {within} |", flush=True)


@dataclass(frozen=True)
class Life:
    """The rows of a world by day, and its reference of a year as a file."""

    at: Looked
    table: pa.Table
    days: Sequence[str]
    places: Any

    @classmethod
    def of(cls, directory: Path, seed: int, *, told: Sequence[Incident] = ()) -> "Life":
        world: World = simulated_world(seed=seed, told=told, growth=1.0)
        rows = rows_of(world, told).select([*KINDS, TIME])
        reference = directory / f"{seed}-{len(told)}.parquet"
        if not reference.is_file():
            pq.write_table(rows.filter(world.times.year == FIRST), reference)
        days, places = np.unique(np.datetime_as_string(world.times.day, unit="D"), return_inverse=True)
        after = int(np.flatnonzero(days > f"{FIRST}-12-31")[0])
        looked = Looked(reference, TIME, KINDS, None, frozenset())  # type: ignore[arg-type] # no journal is read
        return cls(looked, rows, days[after:].tolist(), places - after)

    def reading(self, day: str) -> Reading:
        mine: Any = pa.array(np.flatnonzero(self.places == self.days.index(day)))
        pair = paired(Filed(str(self.at.table)), Held(self.table.take(mine)), at=TIME)
        faults = [each for each in recognise(pair, of=len(KINDS)) if each.name != UNKNOWN and credible(each, self.at)]
        about = faults[0].columns[0] if faults else ""
        return Reading(day, len(mine), float(len(faults)), about=about)

    def noticed(self, incident: Incident) -> tuple[int | None, float]:
        """How many days off its beginning it is dated, and on which share of its days it is told."""
        first = self.days.index(incident.first.isoformat())
        last = min(self.days.index(incident.last.isoformat()), first + DAYS // 12)
        readings = [self.reading(day) for day in self.days[first - 2 : last + 3]]
        found = _alarms(readings)
        share = np.mean([(each.value or 0.0) > 0 for each in readings[2:-2]])
        off = abs((date.fromisoformat(found[0]) - incident.first).days) if found else None
        return off, float(share)


def _alarms(readings: Sequence[Reading]) -> list[str]:
    """The days to which they are dated."""
    return [each.since for each in spells(readings, FAULTS_START, above=True)]  # type: ignore[arg-type] # as of a rule
