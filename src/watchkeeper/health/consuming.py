"""What has been consumed over a period, and what is to be said of it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchkeeper.health.disk import Disk
from watchkeeper.health.forecasting import days_until
from watchkeeper.health.ports import Unit
from watchkeeper.health.resources import LENGTHS, MACHINE, Grain, Sample, thinned

FINE_UP_TO = timedelta(hours=2)
TEN_MINUTES_UP_TO = timedelta(days=7)
FRESH = timedelta(seconds=60)
TREND = timedelta(days=14)
NEARLY_FULL = 0.9


@dataclass(frozen=True)
class Consumed:
    """`samples` over the period, in the order of time and at least as coarse as it needs to be drawn; `latest` is the
    newest sample of each process that runs, the machine first, and empty where nothing was measured of late."""

    grain: Grain
    start: datetime
    end: datetime
    samples: Sequence[Sample]
    latest: Sequence[Sample]
    measured: datetime | None
    disk_full_in_days: float | None
    disk: Disk | None = None

    @property
    def sound(self) -> bool:
        return bool(self.latest) and not _short(self.latest[0], self.disk)

    @property
    def sentence(self) -> str:
        return _sentence(self)


def consumed(*, hours: int, process: str | None, work: Unit, now: datetime, disk: Disk | None = None) -> Consumed:
    """`disk` is that of the data directory as it is now."""
    period = timedelta(hours=hours)
    grain = _grain(period)
    end = now + timedelta(microseconds=1)
    trend = work.resources.between(Grain.TEN_MINUTES, start=now - TREND, end=end, process=MACHINE)
    measured = work.resources.newest(Grain.SAMPLE)
    return Consumed(
        grain=grain,
        start=now - period,
        end=now,
        samples=_samples(grain, start=now - period, end=end, process=process, work=work),
        latest=_latest(work, measured, now=now),
        measured=measured,
        disk_full_in_days=_disk_full(trend),
        disk=disk,
    )


def _grain(period: timedelta) -> Grain:
    if period <= FINE_UP_TO:
        return Grain.SAMPLE
    return Grain.TEN_MINUTES if period <= TEN_MINUTES_UP_TO else Grain.DAY


def _samples(grain: Grain, *, start: datetime, end: datetime, process: str | None, work: Unit) -> list[Sample]:
    """With the buckets that are not summed up yet, so that the newest are never missing."""
    kept = work.resources.between(grain, start=start, end=end, process=process)
    if grain is Grain.SAMPLE:
        return kept
    fine = Grain.SAMPLE if grain is Grain.TEN_MINUTES else Grain.TEN_MINUTES
    last = work.resources.newest(grain)
    since = max(last + LENGTHS[grain], start) if last else start
    return [*kept, *thinned(_samples(fine, start=since, end=end, process=process, work=work), grain)]


def _latest(work: Unit, measured: datetime | None, *, now: datetime) -> list[Sample]:
    if measured is None or now - measured > FRESH:
        return []
    found = work.resources.between(Grain.SAMPLE, start=measured, end=measured + timedelta(microseconds=1))
    return sorted(found, key=lambda each: (each.process != MACHINE, each.process, each.pid))


def _disk_full(machine: Sequence[Sample]) -> float | None:
    points = [(each.at, used) for each in machine if (used := each.mean("disk")) is not None]
    total = machine[-1].mean("disk_total") if machine else None
    return days_until(total, points) if total else None


def _short(machine: Sample, disk: Disk | None) -> str | None:
    """What the machine is nearly out of, as a sentence."""
    if disk is not None and disk.sentence is not None:
        return disk.sentence
    share = _share(machine, "memory")
    return "The memory is nearly full." if share is not None and share >= NEARLY_FULL else None


def _share(machine: Sample, what: str) -> float | None:
    used, total = machine.mean(what), machine.mean(f"{what}_total")
    return used / total if used is not None and total else None


def _sentence(found: Consumed) -> str:
    if not found.latest:
        if found.measured is None:
            return "Nothing is measured yet: the worker takes the first sample within ten seconds of its start."
        return f"Nothing was measured since {found.measured:%-d %B %Y, %H:%M:%S} UTC: the worker does not run."
    machine, *processes = found.latest
    begin = f"{_short(machine, found.disk) or 'All well:'}"
    memory = sum(each.mean("memory") or 0.0 for each in processes)
    count = f"{len(processes)} process{'' if len(processes) == 1 else 'es'}"
    words = [count, f"{_size(memory)} of {_size(machine.mean('memory_total') or 0.0)} memory", _disk(machine)]
    pace = found.disk_full_in_days
    later = f"; at this pace full in about {pace:,.0f} days" if pace is not None else ""
    return f"{begin} {', '.join(words)}{later}."


def _disk(machine: Sample) -> str:
    return f"disk {_share(machine, 'disk') or 0.0:.0%} full".replace("%", " %")


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
