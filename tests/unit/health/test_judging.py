from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from watchkeeper.health.disk import Disk, WhenFull
from watchkeeper.health.judging import State, answered_by, forwarded_by, health, journal_lag, journal_waiting
from watchkeeper.serving.deployment import Deployment, Isolation, ProcessStatus, Release, Role, TypePolicy

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RELEASE = Release("d", 1, "m1", "m2", TypePolicy.STRICT, NOW, "u")
FINE = {"loaded": True, "last_answered": NOW.isoformat(), "last_error": None}


def status(*, seen: datetime = NOW, **roles: Any) -> ProcessStatus:
    return ProcessStatus("plane-1", 7, seen, {"deployments": {"d": {"release": 1, **roles}}})


def broken(at: datetime) -> dict[str, Any]:
    return {**FINE, "last_answered": None, "last_error": {"at": at.isoformat(), "message": "boom"}}


def test_a_deployment_whose_models_answer_is_healthy() -> None:
    judged = health(RELEASE, statuses=[status(champion=FINE, challenger=FINE)], now=NOW)
    assert judged.state is State.HEALTHY
    assert judged.roles[Role.CHALLENGER].answering


def test_without_a_word_from_a_prediction_process_it_is_down() -> None:
    old = status(seen=NOW - timedelta(seconds=11), champion=FINE, challenger=FINE)
    assert health(RELEASE, statuses=[old], now=NOW).state is State.DOWN
    assert health(RELEASE, statuses=[], now=NOW).state is State.DOWN


def test_a_failing_champion_is_down_and_a_failing_challenger_is_degraded() -> None:
    down = health(RELEASE, statuses=[status(champion=broken(NOW), challenger=FINE)], now=NOW)
    degraded = health(RELEASE, statuses=[status(champion=FINE, challenger=broken(NOW))], now=NOW)
    assert down.state is State.DOWN
    assert degraded.state is State.DEGRADED
    assert "challenger" in degraded.sentence
    fault = degraded.roles[Role.CHALLENGER].last_error
    assert fault is not None
    assert fault.message == "boom"


def test_a_process_that_still_serves_an_older_release_has_not_loaded_this_one() -> None:
    old = ProcessStatus("plane-1", 7, NOW, {"deployments": {"d": {"release": 0, "champion": FINE}}})
    judged = health(RELEASE, statuses=[old], now=NOW)
    assert judged.state is State.DEGRADED
    assert judged.sentence == "Degraded: release 1 is not loaded everywhere; an earlier one answers meanwhile."
    assert not judged.roles[Role.CHAMPION].loaded


def test_an_older_release_that_does_not_answer_either_is_down() -> None:
    old = ProcessStatus("plane-1", 7, NOW, {"deployments": {"d": {"release": 0, "champion": broken(NOW)}}})
    assert health(RELEASE, statuses=[old, status(champion=FINE, challenger=FINE)], now=NOW).state is State.DOWN


def loading(minutes: float, **also: Any) -> ProcessStatus:
    since = (NOW - timedelta(minutes=minutes)).isoformat()
    return ProcessStatus("plane-1", 7, NOW, {"loading": {"d": {"release": 1, "since": since}}, **also})


def test_a_release_that_is_loading_for_minutes_is_said_to_be() -> None:
    before = {"d": {"release": 0, "champion": FINE}}
    soon = health(RELEASE, statuses=[loading(1.9, deployments=before)], now=NOW)
    late = health(RELEASE, statuses=[loading(4.5, deployments=before)], now=NOW)
    assert "loading" not in soon.sentence
    assert late.state is State.DEGRADED
    assert late.sentence.startswith("Degraded: release 1 is not loaded everywhere; an earlier one answers meanwhile.")
    assert "Release 1 has been loading for 4 minutes in plane-1: " in late.sentence


def test_one_that_was_never_loaded_is_down_and_one_that_is_loaded_again_degraded() -> None:
    never = health(RELEASE, statuses=[loading(3)], now=NOW)
    assert never.state is State.DOWN
    assert "Release 1 has been loading for 3 minutes" in never.sentence
    again = health(
        RELEASE, statuses=[loading(3, deployments={"d": {"release": 1, "champion": FINE, "challenger": FINE}})], now=NOW
    )
    assert again.state is State.DEGRADED
    assert again.sentence.startswith("Degraded: release 1 has been loading for 3 minutes in plane-1: ")


def test_a_release_of_which_nobody_is_heard_or_that_is_past_is_not_said_to_be_loading() -> None:
    silent = replace(loading(4), seen=NOW - timedelta(seconds=11))
    assert "loading" not in health(RELEASE, statuses=[silent], now=NOW).sentence
    fine = status(champion=FINE, challenger=FINE)
    assert health(replace(RELEASE, number=2), statuses=[fine, loading(4)], now=NOW).sentence.count("loading") == 0


def worker(*, seen: datetime) -> ProcessStatus:
    return ProcessStatus("worker", 8, seen, {"collected": {}})


@pytest.mark.parametrize(
    ("free", "when_full", "state", "said"),
    [
        (100, WhenFull.REFUSE, State.HEALTHY, "Healthy: "),
        (99, WhenFull.REFUSE, State.DEGRADED, "Degraded: the disk is nearly full: "),
        (24, WhenFull.REFUSE, State.DOWN, "Down: the disk is full: "),
        (24, WhenFull.ANSWER, State.DEGRADED, "Degraded: the disk is full: "),
    ],
)
def test_a_disk_without_room_is_said(free: int, when_full: WhenFull, state: State, said: str) -> None:
    disk = Disk(free=free, total=1000, low=100, when_full=when_full)
    judged = health(RELEASE, statuses=[status(champion=FINE, challenger=FINE)], now=NOW, disk=disk)
    assert judged.state is state
    assert judged.sentence.startswith(said)


def test_what_else_is_wrong_is_said_beside_the_disk() -> None:
    disk = Disk(free=50, total=1000, low=100)
    judged = health(RELEASE, statuses=[status(champion=broken(NOW), challenger=FINE)], now=NOW, disk=disk)
    assert judged.state is State.DOWN
    assert "champion" in judged.sentence
    assert "nearly full" in judged.sentence


def test_how_far_the_collected_journal_is_behind_is_what_the_worker_last_said() -> None:
    deployment = Deployment("d", "p", "n", "n", "p.n", "e", "UTC", NOW, "u")
    said = {"collected": {"d": (NOW - timedelta(seconds=4)).isoformat()}, "waiting": {"d": 512}}
    statuses = [status(champion=FINE), ProcessStatus("worker", 8, NOW, said)]
    assert journal_lag(deployment, statuses, now=NOW) == 4.0
    assert journal_waiting(deployment, statuses) == 512
    assert journal_waiting(deployment, statuses[:1]) is None


def test_a_silent_worker_degrades_a_deployment_that_answers_and_the_sentence_says_what_waits() -> None:
    plane, silent = status(champion=FINE, challenger=FINE), worker(seen=NOW - timedelta(seconds=10))
    judged = health(RELEASE, statuses=[plane, silent], now=NOW)
    assert judged.state is State.DEGRADED
    assert judged.sentence == (
        "Degraded: champion and challenger are loaded and answering. The worker has not reported since "
        "1 March 2026, 11:59:50 UTC: counts, labels and challengers wait."
    )
    assert (judged.worker.alive, judged.worker.seen) == (False, silent.seen)
    back = health(RELEASE, statuses=[plane, worker(seen=NOW - timedelta(seconds=9))], now=NOW)
    assert (back.state, back.worker.alive) == (State.HEALTHY, True)


def test_a_silent_worker_is_told_beside_what_is_worse() -> None:
    judged = health(RELEASE, statuses=[worker(seen=NOW - timedelta(hours=1))], now=NOW)
    assert judged.state is State.DOWN
    assert judged.sentence.startswith("Down: no prediction process")
    assert "has not reported since 1 March 2026, 11:00:00 UTC" in judged.sentence


def test_a_worker_that_never_reported_is_not_alive_and_degrades_nothing_while_all_starts() -> None:
    judged = health(RELEASE, statuses=[status(champion=FINE, challenger=FINE)], now=NOW)
    assert (judged.state, judged.worker.alive, judged.worker.seen) == (State.HEALTHY, False, None)


def named(process: str, **roles: Any) -> ProcessStatus:
    return replace(status(**roles), process=process)


def test_a_deployment_with_a_process_of_its_own_is_as_well_as_that() -> None:
    isolated = replace(RELEASE, isolation=Isolation.PROCESS)
    apart = ProcessStatus("plane-1", 7, NOW, {"deployments": {"d": {"release": 1, "apart": True}}})
    fine = named("plane-own-d", champion=FINE, challenger=FINE)
    assert health(isolated, statuses=[apart, fine], now=NOW).state is State.HEALTHY
    assert health(isolated, statuses=[apart, fine], now=NOW).roles[Role.CHAMPION].processes == 1
    ill = named("plane-own-d", champion=broken(NOW), challenger=FINE)
    assert health(isolated, statuses=[apart, ill], now=NOW).state is State.DOWN
    assert health(isolated, statuses=[apart, named("plane-own-e", champion=FINE)], now=NOW).state is State.DOWN
    assert (
        health(isolated, statuses=[apart, replace(fine, seen=NOW - timedelta(minutes=1))], now=NOW).state is State.DOWN
    )


def test_a_process_of_its_own_that_was_just_asked_for_is_being_started() -> None:
    isolated = replace(RELEASE, isolation=Isolation.PROCESS)
    said = [health(isolated, statuses=[], now=NOW + timedelta(seconds=seconds)).sentence for seconds in (1, 20)]
    assert said == [
        "Down: its prediction process is being started.",
        "Down: no prediction process has reported within ten seconds.",
    ]


def test_until_that_process_is_heard_of_the_shared_ones_answer() -> None:
    isolated = replace(RELEASE, number=2, isolation=Isolation.PROCESS)
    assert health(isolated, statuses=[status(champion=FINE, challenger=FINE)], now=NOW).state is State.DEGRADED


def test_the_own_process_of_another_says_nothing_of_a_shared_deployment() -> None:
    other = named("plane-own-e")
    assert health(RELEASE, statuses=[status(champion=FINE, challenger=FINE), other], now=NOW).state is State.HEALTHY


def test_who_is_answered_and_who_is_taken_elsewhere() -> None:
    apart = ProcessStatus("plane-1", 7, NOW, {"deployments": {"d": {"release": 1, "apart": True}}})
    assert answered_by([status(champion=FINE)], now=NOW) == {"d"}
    assert answered_by([status(champion={**FINE, "loaded": False}), apart], now=NOW) == set()
    assert forwarded_by([apart, status(champion=FINE)], now=NOW) == {"d"}
    assert forwarded_by([apart], now=NOW + timedelta(minutes=1)) == set()
