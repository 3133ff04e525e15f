from datetime import UTC, datetime, timedelta
from typing import Any

from watchkeeper.health.judging import State, health
from watchkeeper.serving.deployment import ProcessStatus, Release, Role, TypePolicy

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
