"""Measuring what the platform's processes and their machine consume."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from watchkeeper.clock import Clock
from watchkeeper.health.gpus import measured_gpus
from watchkeeper.health.resources import MACHINE, Measured, Sample

SERVED = "watchkeeper.server.process"
TRAINED = "watchkeeper.learning.child"
PLANE = "plane-"
LEAST = 1.0
"""Seconds below which no rate is told: the system counts used time in hundredths."""

GONE = (psutil.NoSuchProcess, psutil.ZombieProcess)
Values = Mapping[str, float | None]


@dataclass
class Watched:
    """A process with what it had used when it was last measured; before that, nothing since its start."""

    process: psutil.Process
    name: str
    at: float
    cpu: float = 0.0
    read: int = 0
    written: int = 0


class Sampler:
    """Measures the process `root` (the supervisor), what it started, what the worker started, and the machine.

    What a process used between two samples is told as a rate over that time, so a short-lived one that no sample met
    shows in the machine's figures alone.
    """

    def __init__(self, *, root: int, data_dir: Path, clock: Clock) -> None:
        self._root = root
        self._data_dir = data_dir
        self._clock = clock
        self._watched: dict[int, Watched] = {}
        self._busy = _busy_seconds()
        self._at = clock.now()

    def sample(self) -> list[Sample]:
        """All that can be measured now. Who ends meanwhile is left out."""
        now = self._clock.now()
        self._watched = {each.process.pid: each for each in self._there()}
        machine = Sample(now, MACHINE, 0, _measures(self._machine(now)))
        names = _told_apart(self._watched.values())
        found = (_sampled(each, names[each.process.pid], now) for each in self._watched.values())
        return [machine, *(each for each in found if each)]

    def _there(self) -> Iterator[Watched]:
        for pid, name in self._pids():
            known = self._watched.get(pid)
            with suppress(*GONE):
                if known is not None and known.process.is_running():
                    yield known
                else:
                    process = psutil.Process(pid)
                    yield Watched(process, name or _name(process), process.create_time())

    def _pids(self) -> Iterator[tuple[int, str]]:
        yield self._root, "supervisor"
        for pid in _children(self._root):
            yield pid, ""
            if (known := self._watched.get(pid)) and known.name == "worker":
                yield from ((child, "") for child in _children(pid))

    def _machine(self, now: datetime) -> Values:
        busy, passed = _busy_seconds(), (now - self._at).total_seconds()
        cpu = max(busy - self._busy, 0.0) / passed if passed >= LEAST else None
        self._busy, self._at = busy, now
        memory, swap, disk = psutil.virtual_memory(), psutil.swap_memory(), psutil.disk_usage(os.fspath(self._data_dir))
        return {
            "cpu": cpu,
            "processors": psutil.cpu_count(),
            "load": psutil.getloadavg()[0],
            "memory": memory.total - memory.available,
            "memory_total": memory.total,
            "swap": swap.used,
            "swap_total": swap.total,
            "disk": disk.used,
            "disk_total": disk.used + disk.free,
            **measured_gpus(),
        }


def _told_apart(watched: Iterable[Watched]) -> dict[int, str]:
    """The name of each by its pid. Of two prediction processes of one name the younger is in reserve."""
    found: dict[int, str] = {}
    for each in sorted(watched, key=lambda each: each.process.create_time()):
        in_reserve = each.name.startswith(PLANE) and each.name in found.values()
        found[each.process.pid] = f"{each.name} in reserve" if in_reserve else each.name
    return found


def _sampled(watched: Watched, name: str, now: datetime) -> Sample | None:
    try:
        with watched.process.oneshot():
            return Sample(now, name, watched.process.pid, _measures(_process(watched, now.timestamp())))
    except GONE:
        return None


def _process(watched: Watched, now: float) -> Values:
    """Its figures, and the rates since it was last measured."""
    process, passed = watched.process, now - watched.at
    times, io = process.cpu_times(), _allowed(process.io_counters) if hasattr(process, "io_counters") else None
    cpu, read, written = times.user + times.system, io.read_bytes if io else 0, io.write_bytes if io else 0
    values = {
        "cpu": (cpu - watched.cpu) / passed if passed >= LEAST else None,
        "memory": process.memory_info().rss,
        "files": _allowed(process.num_fds),
        "threads": process.num_threads(),
        "read": (read - watched.read) / passed if io and passed >= LEAST else None,
        "written": (written - watched.written) / passed if io and passed >= LEAST else None,
    }
    watched.at, watched.cpu, watched.read, watched.written = now, cpu, read, written
    return values


def _allowed(measure: Callable[[], Any]) -> Any:
    """What the system lets this user see; None where it does not."""
    try:
        return measure()
    except psutil.AccessDenied:
        return None


def _measures(values: Values) -> dict[str, Measured]:
    return {name: Measured.once(float(value)) for name, value in values.items() if value is not None}


def _name(process: psutil.Process) -> str:
    """As the supervisor calls it; `training` for a fit in a process of its own."""
    line = process.cmdline()
    if SERVED in line:
        return line[-1]
    return "training" if TRAINED in line else process.name()[:60]


def _children(pid: int) -> list[int]:
    """Asked of the kernel where it answers: to look through all processes of the machine is dear on a busy one."""
    tasks = Path(f"/proc/{pid}/task")
    with suppress(OSError):
        return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]
    with suppress(*GONE):
        return [child.pid for child in psutil.Process(pid).children()]
    return []


def _busy_seconds() -> float:
    """Of all processors together, since the machine started."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)  # counted in user already
    return float(sum(times) - idle - guests)
