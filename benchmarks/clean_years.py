"""`just bench clean-years`: false alarms of twenty clean years of the simulator, and how soon its incidents are found.

From rows to hours to verdicts and alarms by the functions that the worker calls, without a server. The prediction is
that of a model which knows everything: demand itself, without growth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from alarms import drift_start, opened, ruled, starting
from scipy.stats import poisson

from watchkeeper.alerts.firing import Spell
from watchkeeper.alerts.rule import Reading
from watchkeeper.alerts.spells_of_columns import spells_of_columns
from watchkeeper.demo.history import ZONE
from watchkeeper.demo.incidents import INCIDENTS, RENAMED_COLUMN, Incident
from watchkeeper.demo.simulated import World, simulated_world
from watchkeeper.learning.splitting import reference_blocks
from watchkeeper.monitoring.compact import packed
from watchkeeper.monitoring.drift.lasting import lasting_in_any
from watchkeeper.monitoring.drift.onset.dating import onset
from watchkeeper.monitoring.drift.windows import DRIFTED, LACKING, Records
from watchkeeper.monitoring.expecting import of_reference as expected_of
from watchkeeper.monitoring.integrity.checking import check
from watchkeeper.monitoring.integrity.inferring import infer
from watchkeeper.monitoring.integrity.observed import Observed
from watchkeeper.monitoring.policy import USUAL
from watchkeeper.monitoring.ports import Counts, DayBlocks, HourSheet, Sheet
from watchkeeper.monitoring.references.blocks import blocks_of
from watchkeeper.monitoring.references.by_day import counts_by_day
from watchkeeper.monitoring.references.drifting import MEASURE, features_drift
from watchkeeper.monitoring.references.trailing import LENGTHS, numbered, trailing
from watchkeeper.monitoring.references.usual import times_usual, usual_by_chance, usual_by_time
from watchkeeper.monitoring.references.watching import FEATURES, PREDICTION, Watched
from watchkeeper.monitoring.references.windows import Evidence, judge_together, windows_of
from watchkeeper.monitoring.verdicts.almanacs import almanac_of
from watchkeeper.monitoring.verdicts.depending import of_reference
from watchkeeper.monitoring.verdicts.verdicts import columns_of
from watchkeeper.serving.deployment import Role
from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column, Kind

YEARS, DAYS, FIRST = 20, 365, 2021
TIME, MODEL, HOUR = "when", "m", 3600
KINDS = {"Temperature": Kind.NUMERIC, "Holiday": Kind.BOOLEAN, "LargeLoad": Kind.CATEGORICAL}
LOOKED_BACK, AFTER, LOOKED_ON = 60, 7, 28
"""Days before an alarm, and after it, by which its beginning is dated; and how long an incident may go unnoticed."""


def clean_years() -> None:
    print(f"Clean years, {YEARS} of them: a false verdict on one day in {USUAL.alarm_days} is the budget.\n")
    told = " | ".join(f"{days} day{_s(days)}" for days in LENGTHS)
    print(f"| reference | {told} | any | alarms | the schema broken | times the usual |")
    print(f"|---|{'--:|' * (len(LENGTHS) + 4)}")
    for years in (1, 2):
        lives = [Life.of(seed, years) for seed in range(1, YEARS + 1)]
        found = [life.judged(life.days) for life in lives]
        shares = [np.mean([_false(each)[:, place] for each in found]) for place in range(len(LENGTHS))]
        days = sum(int(_false(each).any(axis=-1).sum()) for each in found)
        alarms, broken, usual = (
            sum(len(_alarms(each, life.days)) for each, life in zip(found, lives, strict=True)),
            sum(len(life.breaking(life.days)) for life in lives),
            sum(len(life.usual(DAYS)) for life in lives),
        )
        told = [f"{100 * share:.2f} %" for share in shares]
        _line(f"{years} year{_s(years)}", *told, f"{days} of {YEARS * DAYS:,} days", alarms, broken, usual)
    budget = YEARS * DAYS / USUAL.alarm_days
    print(f"\nAllowed are {budget:.0f} days, and with 99 % at most {poisson.ppf(0.99, budget):.0f}.\n")
    names = ("drift", "after days", "dated within", "the schema broken", "after days", "dated within")
    print(f"| incident | {' | '.join(names)} | times the usual |\n|---|{'--:|---|---|' * 2}--:|")
    lives = [Life.of(seed, 1, told=tuple(INCIDENTS.values())) for seed in range(1, YEARS + 1)]
    for incident in INCIDENTS.values():
        found = ([life.noticed(incident) for life in lives], [life.broken_by(incident) for life in lives])
        seen = sum(life.noticed_as_unusual(incident) for life in lives)
        _line(incident.name, *(cell for each in found for cell in _found(each)), f"{seen} of {YEARS}")


def _found(each: Sequence[tuple[int | None, int | None]]) -> tuple[str, str, str]:
    after, dated = ([found[place] for found in each if found[place] is not None] for place in range(2))
    return f"{len(after)} of {len(each)}", _told(after), _told(dated)


def short_references() -> None:
    """`just bench short-references`: the prediction of models that were learned from a part of the year."""
    print("| held out | a day called drifted | by 7 days | by 28 days | alarms | season not held | moved, found |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, days, share in LEARNED:
        quiet, moved = ([_shortly(seed, days, share, moved=of) for seed in range(1, YEARS + 1)] for of in (0.0, MOVED))
        shares = [100 * np.mean([_predicted(each)[:, place] for each, _ in quiet]) for place in range(len(LENGTHS))]
        alarms = sum(len(_alarms(each[..., -len(Role) :], days_of)) for each, days_of in quiet)
        lacking = 100 * np.mean([(each["marks"][:, 0, -len(Role)] & LACKING) > 0 for each, _ in quiet])
        seen = sum(bool(_alarms(each[..., -len(Role) :], days_of)) for each, days_of in moved)
        told = [f"{share:.2f} %" for share in shares]
        _line(name, *told, alarms, f"{lacking:.0f} %", f"{seen} of {YEARS}")


LEARNED = (
    ("7 weeks of a year", DAYS, None),
    ("3 weeks of half a year", 182, None),
    ("1 day in eight of 60 days", 60, None),
    ("the 10 days before", 10, None),
    ("half a year, all of it", 182, 1.0),
    ("a tenth of the rows of a year", DAYS, 0.1),
)
MOVED = 0.25
"""Of the mean, by which the prediction is moved, to see whether that is found."""


def _shortly(seed: int, days: int, share: float | None, *, moved: float) -> tuple[Records, list[str]]:
    world = simulated_world(seed=seed, told=(), growth=1.0)
    now = world.times.year > FIRST
    answers = np.where(now, world.megawatts + moved * world.megawatts.mean(), world.megawatts)
    rows = rows_of(world, ())
    rows = rows.set_column(rows.column_names.index(PREDICTION), PREDICTION, pa.array(answers))
    each = np.unique(world.times.day[~now], return_inverse=True)[1]
    learned = np.flatnonzero(~now)[each > each.max() - days]
    drawn = np.random.default_rng(seed).permutation(learned)[: round((share or 0) * learned.size)]
    held = held_out(world, learned) if share is None else np.sort(drawn)
    life = Life.learned_from(world, rows, ~now, held)
    return life.judged(life.days), life.days


def _predicted(records: Records) -> np.ndarray:
    return _false(records[..., -len(Role) :])


def _line(*cells: Any) -> None:
    print(f"| {' | '.join(str(each) for each in cells)} |", flush=True)


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _told(values: Sequence[Any]) -> str:
    return f"{min(values)} to {max(values)}, mostly {int(np.median(values))}" if values else ""


@dataclass(frozen=True)
class Life:
    """A deployment of the simulator: its rows from the reference's first on, counted by the hour."""

    watch: Watched
    evidence: Evidence
    sheets: Mapping[str, Sequence[Sheet]]
    blocks: Mapping[str, Sequence[DayBlocks]]
    baseline: Counts
    learned: int

    @classmethod
    def of(cls, seed: int, years: int, *, told: Sequence[Incident] = ()) -> "Life":
        world = simulated_world(seed=seed, told=told, growth=1.0)
        reference = world.times.year < FIRST + years
        return cls.learned_from(world, rows_of(world, told), reference, held_out(world, np.flatnonzero(reference)))

    @classmethod
    def learned_from(cls, world: World, rows: "pa.Table", reference: "np.ndarray", held: "np.ndarray") -> "Life":
        """`held` are the rows of which the model's answers were held out."""
        features = tuple(fit_bin_set(Column(name, kind), rows.filter(reference)[name]) for name, kind in KINDS.items())
        watch = Watched(1, features, fit_bin_set(Column(PREDICTION, Kind.NUMERIC), rows.take(held)[PREDICTION]))
        sources = {FEATURES: (features, rows.filter(reference)), MODEL: ((watch.prediction,), rows.take(held))}
        almanacs = {of: almanac_of(bins, table, time=TIME, zone=ZONE) for of, (bins, table) in sources.items()}
        by_day = {of: counts_by_day(bins, table, time=TIME, zone=ZONE) for of, (bins, table) in sources.items()}
        alike = {of: of_reference(bins, *by_day[of]) for of, (bins, _) in sources.items()}
        seasons = {of: each for of, each in almanacs.items() if not isinstance(each, str)}
        hours = _hours(world, rows, (*features, watch.prediction))
        return cls(
            watch,
            Evidence(USUAL, alike[FEATURES], {MODEL: alike[MODEL]}, seasons),
            _sheets(world, hours),
            _by_day(blocks_of(hours, watch=watch, zone=ZONE)),
            watch.prediction.count(rows.take(held)[PREDICTION]),
            int(np.unique(world.times.day[reference]).size),
        )

    @cached_property
    def all_days(self) -> list[str]:
        return sorted(self.sheets)

    @property
    def days(self) -> list[str]:
        """Of the year after the reference."""
        return self.all_days[self.learned : self.learned + DAYS]

    def judged(self, days: Sequence[str]) -> Records:
        """Of shape (days, lengths, columns)."""
        lengths = []
        for length in LENGTHS:
            groups = [trailing(self._lived, day, length=length) for day in days]
            models = {(1, role.value): MODEL if role is Role.CHAMPION else None for role in Role}
            found = windows_of(groups, models, watch=self.watch, baseline=lambda _: self.baseline, blocks=self.blocks)
            lengths.append((length, found))
        return judge_together(lengths, watch=self.watch, evidence=self.evidence)

    @cached_property
    def _lived(self) -> Mapping[str, Sequence[Sheet]]:
        return {day: self.sheets[day] for day in self.all_days[self.learned :]}

    def noticed(self, incident: Incident) -> tuple[int | None, int | None]:
        """After how many days an alarm came, and how many days off its beginning is dated."""
        days = self._around(incident)
        records = self.judged(days)
        lasting = _lasting(records, days)
        first = days.index(incident.first.isoformat())
        alarms = [place for place in range(first, len(days)) if lasting[place].any()]
        if not alarms:
            return None, None
        column = int(np.where(lasting[alarms[0]], records[alarms[0]]["effect"].max(axis=0), -1.0).argmax())
        return alarms[0] - first, self._dated(days[alarms[0]], column, incident)

    def _around(self, incident: Incident) -> list[str]:
        first = self.all_days.index(incident.first.isoformat())
        return self.all_days[first - USUAL.in_a_row : first + _going(incident) + AFTER]

    def _dated(self, alarm: str, column: int, incident: Incident) -> int | None:
        end = self.all_days.index(alarm) + AFTER
        days = self.all_days[max(end - LOOKED_BACK - AFTER, self.learned) : end + 1]
        bins = columns_of(self.watch)[column].bins
        starts = np.cumsum([0, *(each.size for each in self.watch.features)])
        mine = slice(starts[column], starts[column] + bins.size)
        found = onset(np.stack([self.sheets[day][0].counts[mine] for day in days]), np.asarray(bins.reference))
        return None if found is None else abs((date.fromisoformat(days[found.first]) - incident.first).days)

    def breaking(self, days: Sequence[str]) -> list[Spell]:
        """What the rule on values that break the schema says of them."""
        found = [self._broken(day) for day in days]
        return spells_of_columns(found, ruled(starting("violations")), counted=False)

    def broken_by(self, incident: Incident) -> tuple[int | None, int | None]:
        """After how many days that rule fires, and how many days off it says that it began."""
        days = self._around(incident)
        first = next((each for each in self.breaking(days) if each.opened >= incident.first.isoformat()), None)
        if first is None:
            return None, None
        opened, since = (date.fromisoformat(each) - incident.first for each in (first.opened, first.since))
        return opened.days, abs(since.days)

    def _broken(self, day: str) -> Reading:
        """As `check` counts it, in the column where it is most."""
        sheet, sizes = self.sheets[day][0], np.cumsum([each.size for each in self.watch.features])
        parts = np.split(sheet.counts, sizes)
        seen = [Observed(bins, each) for bins, each in zip(self.watch.features, parts, strict=False)]
        shares = self._schema_broken(seen, sheet.rows)
        return Reading(day, sheet.rows, max(shares.values(), default=0.0), columns=shares)

    def _schema_broken(self, seen: Sequence[Observed], rows: int) -> dict[str, float]:
        found = check(infer(map(expected_of, self.watch.features)), {of.bins.column.name: of for of in seen}, rows=rows)
        columns = {each.column for each in found}
        return {name: sum(each.share for each in found if each.column == name) for name in sorted(columns)}

    def usual(self, days: int) -> list[int]:
        """Those of so many days after the reference on which the rule of decision 12 fires."""
        start = drift_start(len(self.watch.features))
        counts = np.stack([self.sheets[day][0].counts for day in self.all_days])
        before = usual_by_time(self.watch, counts[: self.learned], days=start.days)
        limits = np.maximum(usual_by_chance(self.watch, 256), before if before is not None else 0.0)
        found = []
        for place in range(self.learned, self.learned + days):
            window = counts[max(place - start.days + 1, self.learned) : place + 1].sum(axis=0)
            ratios = np.nan_to_num(times_usual(features_drift(self.watch, window, measure=MEASURE), limits), nan=-1.0)
            rows = int(window[: self.watch.features[0].size].sum())
            found.append(Reading(self.all_days[place], rows, float(ratios.max())))
        return opened(found, start, since=date.fromisoformat(self.all_days[self.learned]))

    def noticed_as_unusual(self, incident: Incident) -> bool:
        first = self.all_days.index(incident.first.isoformat()) - self.learned
        return any(first <= day <= first + _going(incident) + AFTER for day in self.usual(2 * DAYS))


def _going(incident: Incident) -> int:
    """Days for which it may go unnoticed."""
    return min((incident.last - incident.first).days, LOOKED_ON)


def held_out(world: World, learned: "np.ndarray") -> "np.ndarray":
    """One week in eight, as they are of every model."""
    at = world.times.utc[learned].astype("datetime64[us]").astype(np.int64)
    return learned[reference_blocks(world.megawatts[learned], at, task="regression", seed=0).held]


def rows_of(world: World, told: Sequence[Incident]) -> "pa.Table":
    gone = world.times.during(RENAMED_COLUMN) if RENAMED_COLUMN in told else np.zeros(len(world.times), dtype=np.bool_)
    return pa.table(
        {
            "Temperature": pa.array(world.read, mask=gone),
            "Holiday": world.times.holiday,
            "LargeLoad": world.loads.tolist(),
            PREDICTION: world.megawatts,
            TIME: pa.array(world.times.utc.astype("datetime64[us]"), pa.timestamp("us", "UTC")),
        }
    )


def _hours(world: World, rows: "pa.Table", bin_sets: Sequence[BinSet]) -> list[HourSheet]:
    hours, places = np.unique(world.times.utc.astype("datetime64[s]").astype(np.int64) // HOUR, return_inverse=True)
    counts = []
    for bins in bin_sets:
        cells = places * bins.size + bins.places(rows[bins.column.name])
        counts.append(np.bincount(cells, minlength=hours.size * bins.size).reshape(-1, bins.size))
    each = zip(hours.tolist(), np.bincount(places).tolist(), np.hstack(counts), strict=True)
    return [HourSheet(1, Role.CHAMPION.value, hour, count, packed(of)) for hour, count, of in each]


def _sheets(world: World, hours: Sequence[HourSheet]) -> dict[str, list[Sheet]]:
    """A day is the sum of its hours: the clocks of the place differ from the universal ones by whole hours."""
    begins = world.times.utc.astype("datetime64[s]").astype(np.int64) // HOUR
    day_of = dict(zip(begins.tolist(), np.datetime_as_string(world.times.day, unit="D").tolist(), strict=True))
    found: dict[str, Sheet] = {}
    for hour in hours:
        day = day_of[hour.hour]
        before = found.get(day)
        rows, counts = (before.rows, before.counts) if before else (0, np.zeros_like(hour.counts))
        found[day] = Sheet(1, Role.CHAMPION.value, day, rows + hour.rows, counts + hour.counts)
    return {day: [sheet] for day, sheet in found.items()}


def _by_day(blocks: Sequence[DayBlocks]) -> dict[str, list[DayBlocks]]:
    return {each.day: [each] for each in blocks}


def _false(records: Records) -> np.ndarray:
    """Whether a day has a false verdict, of shape (days, lengths)."""
    return (records["verdict"] == DRIFTED).any(axis=-1)


def _lasting(records: Records, days: Sequence[str]) -> np.ndarray:
    """Of shape (days, columns)."""
    codes, p_values = records["verdict"], records["p_value"]
    return lasting_in_any(numbered(days), LENGTHS, codes == DRIFTED, codes, p_values, USUAL.in_a_row)


def _alarms(records: Records, days: Sequence[str]) -> list[int]:
    """The days on which one begins."""
    lasting = _lasting(records, days).any(axis=-1)
    return np.flatnonzero(np.diff(lasting.astype(np.int64), prepend=0) == 1).tolist()
