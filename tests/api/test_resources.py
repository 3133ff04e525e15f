import shutil
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.api.conftest import Api
from watchkeeper.health.resources import MACHINE, Grain, Measured, Sample
from watchkeeper.health.thinning import thin

GIGA = 1e9


def sampled(api: Api, *, memory: float, disk: float = 12 * GIGA, pid: int = 7, rows: int = 1) -> None:
    """Samples of the worker and of the machine, ten seconds apart, the last of them now."""
    now = api.assembly.clock.now()
    machine = {"memory": 4 * GIGA, "memory_total": 24 * GIGA, "disk": disk, "disk_total": 100 * GIGA}
    machine |= {"cpu": 0.5, "processors": 2.0, "load": 0.4, "swap": 0.0, "swap_total": 0.0}
    with api.assembly.store.work() as work:
        for place in range(rows):
            at = now - timedelta(seconds=10 * (rows - 1 - place))
            worker = Sample(at, "worker", pid, {"memory": Measured.once(memory), "cpu": Measured.once(float(place))})
            whole = Sample(at, MACHINE, 0, {name: Measured.once(value) for name, value in machine.items()})
            work.resources.add(Grain.SAMPLE, [worker, whole])


def asked(api: Api, query: str = "") -> Any:
    answer = api.call("GET", f"/api/v1/resources{query}", who="viewer")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_before_the_first_sample_it_says_so(api: Api) -> None:
    said = asked(api)
    assert said["sentence"].startswith("Nothing is measured yet")
    assert (said["sound"], said["latest"], said["items"], said["measured"]) == (False, [], [], None)


def test_the_sentence_sums_up_the_newest_samples(api: Api) -> None:
    sampled(api, memory=312e6, rows=3)
    said = asked(api)
    assert said["sentence"] == "All well: 1 process, 312 MB of 24.0 GB memory, disk 12 % full."
    assert said["sound"]
    assert [(each["process"], each["pid"]) for each in said["latest"]] == [("machine", 0), ("worker", 7)]


def test_a_full_disk_is_said_first(api: Api) -> None:
    sampled(api, memory=1.0, disk=97 * GIGA)
    with full_soon():
        said, page = asked(api), api.call("GET", "/resources", who="viewer").text
    assert said["sentence"].startswith("The disk is nearly full: 40.0 MB of 2.0 GB left. Below ")
    assert not said["sound"]
    assert said["disk"]["nearly_full"]
    assert not said["disk"]["full"]
    assert page.count("The disk is nearly full: 40.0 MB of 2.0 GB left.") == 2  # the notice of every page, and its own


def test_every_deployment_says_that_the_disk_is_nearly_full(api: Api) -> None:
    with full_soon():
        said = api.call("GET", "/api/v1/deployments/d1/health", who="viewer").json()
    assert "The disk is nearly full" in said["sentence"]


@contextmanager
def full_soon() -> Iterator[None]:
    """A disk with less room than is to be left. No real one can be filled in a test of this kind."""
    usage = namedtuple("usage", ("total", "used", "free"))  # noqa: PYI024
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _: usage(2_000_000_000, 1_960_000_000, 40_000_000))
        yield


def test_when_the_worker_is_silent_the_sentence_says_since_when(api: Api) -> None:
    sampled(api, memory=1.0)
    api.assembly.clock.move(seconds=61)  # type: ignore[attr-defined]
    said = asked(api)
    assert said["sentence"] == "Nothing was measured since 1 March 2026, 12:00:00 UTC: the worker does not run."
    assert said["latest"] == []
    assert len(said["items"]) == 2


def test_a_long_period_is_told_in_ten_minutes_with_peaks_and_the_newest_never_missing(api: Api) -> None:
    sampled(api, memory=1.0, rows=100)
    unthinned = asked(api, "?hours=24&process=worker")
    assert unthinned["grain"] == "ten_minutes"
    assert [(each["cpu"], each["cpu_highest"]) for each in unthinned["items"]] == [(19.0, 38.0), (68.5, 98.0), (99, 99)]
    thin(unit=api.assembly.store.work, now=api.assembly.clock.now())
    assert {**asked(api, "?hours=24&process=worker"), "disk": unthinned["disk"]} == unthinned
    assert len(asked(api, "?hours=1&process=worker")["items"]) == 100
    days = asked(api, "?hours=1000&process=worker")
    assert (days["grain"], len(days["items"]), days["items"][0]["cpu_highest"]) == ("day", 1, 99)


def test_a_chart_draws_one_measure_of_one_process_with_a_line_a_pid(api: Api) -> None:
    sampled(api, memory=5e6, rows=2)
    path = "/api/v1/resources/chart?hours=1&process=worker&measure=memory"
    spec = api.call("GET", path, who="viewer").json()
    assert [(row["pid"], row["mean"], row["highest"]) for row in spec["data"]["values"]] == [(7, 5.0, 5.0)] * 2
    assert spec["description"] == "worker, memory, MB, over time."


def test_bad_questions_are_refused_with_the_field(api: Api) -> None:
    for query, field in (("?hours=0", "hours"), ("?hours=x", "hours"), (f"?process={'x' * 61}", "process")):
        answer = api.call("GET", f"/api/v1/resources{query}")
        assert (answer.status_code, answer.json()["fields"]) == (422, [field])
    answer = api.call("GET", "/api/v1/resources/chart?measure=luck")
    assert (answer.status_code, answer.json()["fields"]) == (422, ["measure"])
    assert asked(api, "?process=nobody")["items"] == []


def test_a_projects_key_is_not_shown_the_installation(api: Api) -> None:
    assert api.call("GET", "/api/v1/resources", who="project key").status_code == 403


def test_the_page_says_the_sentence_first_and_draws_machine_and_processes(api: Api) -> None:
    empty = api.call("GET", "/resources", who="viewer")
    assert "Nothing is measured yet" in empty.text
    sampled(api, memory=312e6, rows=3)
    answer = api.call("GET", "/resources?hours=1", who="viewer")
    assert answer.status_code == 200
    assert "All well: 1 process, 312 MB of 24.0 GB memory, disk 12 % full." in answer.text
    for title in ("Disk of the machine", "Memory of worker"):
        assert f'data-name="{title}"' in answer.text
    assert answer.text.count("data-chart ") == 4
    assert api.call("GET", "/resources", who="project key").status_code == 403
