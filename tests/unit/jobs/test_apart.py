"""Work in a process of its own: what it answers, and how it ends."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from watchkeeper.errors import Unavailable, WatchkeeperError
from watchkeeper.jobs.apart import Ended, named, work_apart

LONG = 60.0
KILLED = -9


class Broken(WatchkeeperError):
    code = "broken"


def ended(
    asked: Mapping[str, Any],
    *,
    heard: Callable[[Mapping[str, Any]], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
    within: float | None = None,
) -> Ended:
    return work_apart("tests.fakes.apart", asked, heard=heard, stopped=stopped, within=within)


def test_the_last_thing_it_says_is_its_answer() -> None:
    assert ended({"say": [{"half": 1}, {"done": True}]}) == Ended({"done": True}, 0, "it said nothing", cancelled=False)


def test_all_that_it_says_is_heard_on_the_way() -> None:
    heard: list[Mapping[str, Any]] = []
    ended({"say": [{"progress": 0.5}, {"progress": 1.0}, {"done": True}]}, heard=heard.append)
    assert heard == [{"progress": 0.5}, {"progress": 1.0}, {"done": True}]


def test_a_failure_that_it_names_keeps_its_code_and_fields() -> None:
    said = ended({"say": [{"error": {"code": "too-dear", "message": "It costs too much.", "fields": ["price"]}}]})
    failure = named(Broken, said.last["error"])
    assert (failure.code, failure.message, failure.fields) == ("too-dear", "It costs too much.", ("price",))
    assert Broken("another").code == "broken"


def test_it_is_killed_once_it_is_not_wanted_though_the_database_was_away() -> None:
    looks = iter(range(3))

    def stopped() -> bool:
        look = next(looks)
        if look == 0:
            raise Unavailable("away")
        return look == 2

    last = ended({"say": [{"progress": 0.1}], "linger": LONG}, stopped=stopped)
    assert (last.last, last.status, last.cancelled) == ({"progress": 0.1}, KILLED, True)


def test_it_is_killed_once_its_time_is_over() -> None:
    last = ended({"linger": LONG}, within=0.5)
    assert (last.last, last.status, last.cancelled) == ({}, KILLED, False)


def test_one_that_is_killed_leaves_what_it_said_last_and_no_half_words() -> None:
    last = ended({"say": [{"chunk": 1}], "mutter": "first\nout of memory\n", "begin to say": '{"chu', "die": True})
    assert last == Ended({"chunk": 1}, KILLED, "out of memory", cancelled=False)


def test_it_does_not_outlive_whoever_listens() -> None:
    def heard(_: Mapping[str, Any]) -> None:
        raise Broken("no ear")

    begun = time.monotonic()
    with pytest.raises(Broken):
        ended({"say": [{"progress": 0.1}], "linger": LONG}, heard=heard)
    assert time.monotonic() - begun < LONG / 2


def test_one_that_ends_before_it_is_asked_is_told_by_its_status() -> None:
    last = work_apart("tests.fakes.none", {"long": "x" * 200_000}, heard=lambda _: None, stopped=lambda: False)
    assert (last.last, last.status) == ({}, 1)
    assert last.error.endswith("No module named tests.fakes.none")
