"""How production is replayed, over HTTP as a caller would; and how its error is measured."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.unit.demo.listening import Asked, Reply, listening
from watchkeeper.demo import story
from watchkeeper.demo.history import Day, History
from watchkeeper.demo.story import mape, replay
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import Refused

TIMES = ("2021-12-31T13:00:00Z", "2021-12-31T13:30:00Z", "2022-01-01T13:00:00Z")
ROWS = [{"timestamp_utc": time, "Temperature": 20.5, "Holiday": True} for time in TIMES]
HISTORY = History(
    past=Path("past.csv"),
    days=[Day(date(2022, 1, 1), ROWS[:2], [4000.0, 3900.0]), Day(date(2022, 1, 2), ROWS[2:], [4100.0])],
    exclude=(),
    told="three half-hours",
)


class Noted:
    """What the story says of its progress."""

    def __init__(self) -> None:
        self.said: list[tuple[str, float, str]] = []

    def step(self, words: str, *, total: float) -> Callable[[float, str], None]:
        return lambda done, note: self.said.append((words, done / total, note))


def answering(asked: Asked) -> Reply:
    return 200, {"predictions": [{"id": name, "value": 4000.0} for name in asked.document["ids"]], "release": 1}


def deployment(url: str) -> Deployment:
    return Deployment(
        Caller(url, "wk_personal"), {"id": "d1", "project": "p1", "slug": "day-ahead", "url": f"{url}/predict"}
    )


def test_each_day_is_one_call_with_the_callers_own_key_and_an_id_for_each_row() -> None:
    telling = Noted()
    with listening(answering) as listener:
        truth = replay(deployment(listener.url).calling_with("wk_callers"), HISTORY, telling=telling)
    assert [asked.key for asked in listener.asked] == ["Bearer wk_callers"] * 2
    assert [asked.document["rows"] for asked in listener.asked] == [ROWS[:2], ROWS[2:]]
    ids = [name for asked in listener.asked for name in asked.document["ids"]]
    assert truth == dict(zip(ids, [4000.0, 3900.0, 4100.0], strict=True))
    assert ids == [f"day-ahead {time}" for time in TIMES]
    assert [(done, note) for _, done, note in telling.said] == [(0.5, "2022-01-01"), (1.0, "2022-01-02")]


def test_a_process_that_is_being_replaced_is_waited_for_with_the_same_rows_and_ids(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(story, "PAUSE", 0.01)
    replies: list[Reply] = [(503, {"code": "starting", "detail": "not yet"})] * 2

    def at_last(asked: Asked) -> Reply:
        return replies.pop() if replies else answering(asked)

    with listening(at_last) as listener:
        truth = replay(deployment(listener.url), HISTORY, telling=Noted())
    documents = [asked.document for asked in listener.asked]
    assert len(documents) == 4
    assert documents[0] == documents[1] == documents[2]
    assert len(truth) == 3


def test_what_is_refused_is_not_sent_again() -> None:
    with (
        listening(lambda _: (422, {"code": "row-refused", "detail": "no"})) as listener,
        pytest.raises(Refused),
    ):
        replay(deployment(listener.url), HISTORY, telling=Noted())
    assert len(listener.asked) == 1


def test_the_error_is_the_mean_of_the_absolute_shares() -> None:
    assert mape(["a", "b"], [110.0, 150.0], {"a": 100.0, "b": 200.0}) == pytest.approx(17.5)


def test_a_negative_truth_counts_by_its_size() -> None:
    assert mape(["a"], [-90.0], {"a": -100.0}) == pytest.approx(10.0)


def test_what_has_no_truth_or_one_of_0_does_not_count() -> None:
    assert mape(["a", "b", "c"], [110.0, 5.0, 7.0], {"a": 100.0, "b": 0.0}) == pytest.approx(10.0)


def test_without_any_truth_the_error_is_unknown() -> None:
    assert mape(["a"], [5.0], {"a": 0.0}) is None
    assert mape([], [], {}) is None
