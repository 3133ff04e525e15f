import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import psutil

from tests.fakes.clock import StillClock
from watchkeeper.clock import SystemClock
from watchkeeper.health.resources import MACHINE
from watchkeeper.health.sampling import Sampler

BUSY = "import time\nwhile time.process_time() < 0.3: pass\nprint('', flush=True)\ninput()"


def test_a_process_and_what_it_started_are_measured_beside_the_machine(tmp_path: Path) -> None:
    child = [sys.executable, "-c", BUSY, "watchkeeper.server.process", "plane-7"]
    clock = StillClock(SystemClock().now())
    sampler = Sampler(root=os.getpid(), data_dir=tmp_path, clock=clock)
    with subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        started.stdout.readline()
        clock.move(seconds=10)
        found = {each.process: each for each in sampler.sample()}
        started.communicate(b"\n")
    plane, own = found["plane-7"], found["supervisor"]
    assert (plane.pid, own.pid) == (started.pid, os.getpid())
    assert plane.measures["cpu"].mean > 0.01
    memory = psutil.Process().memory_info().rss
    assert 0.5 * memory < own.measures["memory"].mean < 2 * memory
    assert own.measures["threads"].mean >= 1
    assert own.measures["files"].mean >= 3
    machine = found[MACHINE].measures
    assert machine["memory_total"].mean == psutil.virtual_memory().total
    assert 0 < machine["memory"].mean < machine["memory_total"].mean
    assert 0 < machine["disk"].mean <= machine["disk_total"].mean


def test_a_rate_is_over_the_time_since_the_sample_before(tmp_path: Path) -> None:
    clock = StillClock(SystemClock().now())
    sampler = Sampler(root=os.getpid(), data_dir=tmp_path, clock=clock)
    sampler.sample()
    before = psutil.Process().cpu_times()
    while sum(psutil.Process().cpu_times()[:2]) - sum(before[:2]) < 0.2:
        pass
    clock.move(seconds=10)
    own = next(each for each in sampler.sample() if each.process == "supervisor")
    assert 0.01 < own.measures["cpu"].mean < 1
    assert own.at == clock.now()


def test_what_has_ended_is_not_measured_and_its_successor_is_another(tmp_path: Path) -> None:
    clock = StillClock(SystemClock().now())
    sampler = Sampler(root=os.getpid(), data_dir=tmp_path, clock=clock)
    pids = []
    for _ in range(2):
        child = [sys.executable, "-c", "input()", "watchkeeper.server.process", "worker"]
        with subprocess.Popen(child, stdin=subprocess.PIPE) as started:
            pids += [each.pid for each in sampler.sample() if each.process == "worker"]
            started.communicate(b"\n")
        clock.move(seconds=10)
        assert "worker" not in {each.process for each in sampler.sample()}
    assert len(set(pids)) == 2


def test_no_gpu_is_absent_not_zero(tmp_path: Path) -> None:
    sampler = Sampler(root=os.getpid(), data_dir=tmp_path, clock=StillClock(SystemClock().now() + timedelta(seconds=5)))
    machine = next(each for each in sampler.sample() if each.process == MACHINE)
    if not Path("/proc/driver/nvidia").exists():
        assert not [name for name in machine.measures if name.startswith("gpu")]


def test_no_rate_is_told_over_less_than_a_second(tmp_path: Path) -> None:
    clock = StillClock(SystemClock().now() + timedelta(seconds=60))
    sampler = Sampler(root=os.getpid(), data_dir=tmp_path, clock=clock)
    assert not any("cpu" in each.measures for each in sampler.sample() if each.process == MACHINE)
    clock.move(seconds=0.5)
    assert not any({"cpu", "read"} & each.measures.keys() for each in sampler.sample())
    clock.move(seconds=10)
    assert all("cpu" in each.measures for each in sampler.sample())


def test_the_younger_of_two_prediction_processes_of_one_name_is_in_reserve(tmp_path: Path) -> None:
    sampler = Sampler(root=os.getpid(), data_dir=tmp_path, clock=StillClock(SystemClock().now()))
    child = [sys.executable, "-c", "input()", "watchkeeper.server.process", "plane-1"]
    with subprocess.Popen(child, stdin=subprocess.PIPE) as first:
        time.sleep(0.05)  # the system tells the start of a process in hundredths of a second
        with subprocess.Popen(child, stdin=subprocess.PIPE) as second:
            names = {each.pid: each.process for each in sampler.sample()}
            while "python" in {names[first.pid], names[second.pid]}:  # until it is what it was started as
                names = {each.pid: each.process for each in sampler.sample()}
            assert (names[first.pid], names[second.pid]) == ("plane-1", "plane-1 in reserve")
            first.communicate(b"\n")
            names = {each.pid: each.process for each in sampler.sample()}
            assert (first.pid in names, names[second.pid]) == (False, "plane-1")
            second.communicate(b"\n")
