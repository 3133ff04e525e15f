"""What a split may be, and which share it has when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fakes.clock import StillClock
from watchkeeper.errors import WatchkeeperError
from watchkeeper.serving.split import Split, Stage, key_of, known_split

NOW = datetime(2026, 3, 1, tzinfo=UTC)
RAMP = [{"after": "1h", "share": 0.25}, {"after": 21_600, "share": 1}]


def test_a_ramp_grows_by_its_stages_and_stays_at_the_last() -> None:
    split, clock = Split(0.05, ramp=(Stage(3_600, 0.25), Stage(21_600, 1.0)), begun=NOW), StillClock(NOW)
    found = []
    for minutes in (0, 59, 1, 299, 1, 60 * 24 * 300):
        clock.move(minutes=minutes)
        found.append(split.share_at(clock.now()))
    assert found == [0.05, 0.05, 0.25, 0.25, 1.0, 1.0]


def test_a_clock_that_is_behind_is_at_the_first_stage() -> None:
    split = Split(0.05, ramp=(Stage(60, 0.5),), begun=NOW)
    assert split.share_at(NOW - timedelta(hours=3)) == 0.05


def test_it_is_said_in_a_sentence() -> None:
    assert Split(0.2).sentence == "20 % of calls, answered by the challenger"
    split = known_split({"share": 0.05, "column": "customer", "ramp": RAMP})
    assert split is not None
    assert split.sentence == ("5 % of calls, by customer, answered by the challenger; 25 % after 1 h, 100 % after 6 h")
    by_header = Split(0.125, header="X-Customer", ramp=(Stage(5_400, 0.5),)).sentence
    assert by_header == "12.5 % of calls, by the header X-Customer, answered by the challenger; 50 % after 90 min"


def test_it_is_kept_as_it_was() -> None:
    split = Split(0.05, header="X-Customer", ramp=(Stage(60, 0.5),), begun=NOW)
    kept = Split.from_json(split.to_json())
    assert (kept, kept.begun) == (split, NOW)


@pytest.mark.parametrize(
    ("wanted", "code", "field"),
    [
        ({"share": 0}, "bad-share", "split.share"),
        ({"share": 1.5}, "bad-share", "split.share"),
        ({"share": float("nan")}, "bad-share", "split.share"),
        ({"share": 0.1, "column": "a", "header": "b"}, "bad-split", "split.header"),
        ({"share": 0.1, "header": "two words"}, "bad-split", "split.header"),
        ({"share": 0.1, "header": "X" * 101}, "bad-split", "split.header"),
        ({"share": 0.1, "column": "c" * 201}, "bad-split", "split.column"),
        ({"share": 0.1, "ramp": [{"after": "soon", "share": 0.2}]}, "bad-split", "split.ramp"),
        ({"share": 0.1, "ramp": [{"after": 0, "share": 0.2}]}, "bad-split", "split.ramp"),
        ({"share": 0.1, "ramp": [{"after": float("inf"), "share": 0.2}]}, "bad-split", "split.ramp"),
        ({"share": 0.1, "ramp": [{"after": 60, "share": 0.1}]}, "bad-split", "split.ramp"),
        ({"share": 0.1, "ramp": [{"after": 60, "share": 0.5}, {"after": 60, "share": 0.6}]}, "bad-split", "split.ramp"),
        ({"share": 0.1, "ramp": [{"after": 60, "share": 2}]}, "bad-share", "split.ramp"),
        (
            {"share": 0.1, "ramp": [{"after": n, "share": n / 25} for n in range(3, 24)]},
            "bad-split",
            "split.ramp",
        ),
    ],
)
def test_what_can_not_be_is_refused_by_name(wanted: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(WatchkeeperError) as refused:
        known_split(wanted)
    assert (refused.value.code, refused.value.fields) == (code, (field,))


def test_one_customer_is_the_same_however_the_number_was_sent() -> None:
    assert {key_of(17), key_of(17.0), key_of("17")} == {"17"}
    assert (key_of(True), key_of(2.5), key_of("Lyon")) == ("true", "2.5", "Lyon")


@pytest.mark.parametrize("nobody", [None, "", float("nan"), float("inf"), object(), ["a"], {"a": 1}])
def test_what_says_nobody_is_nobody(nobody: object) -> None:
    assert key_of(nobody) is None
