"""Labels are taken one by one: good ones are kept, bad ones are listed with their reason."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.fakes.clock import StillClock
from tests.fakes.labels import MemoryLabels
from watchkeeper.labels.errors import LabelsRefused
from watchkeeper.labels.label import Sent
from watchkeeper.labels.sending import send_labels


def send(given: Sequence[Any], *, labels: MemoryLabels | None = None, classes: tuple[str, str] | None = None) -> Sent:
    kept: Any = labels if labels is not None else MemoryLabels()
    return send_labels("d1", given, classes=classes, given_by="Ann", labels=kept, clock=StillClock())


def label(value: Any, row: Any = "a") -> Mapping[str, Any]:
    return {"id": row, "value": value}


def test_a_number_and_its_text_are_taken() -> None:
    kept = MemoryLabels()
    sent = send([label(4.5, "a"), label("5", "b"), label(6, "c")], labels=kept)
    assert (sent.received, sent.stored, sent.refused) == (3, 3, ())
    assert {each.row: each.value for each in kept.kept} == {"a": 4.5, "b": 5.0, "c": 6.0}
    assert {each.given_by for each in kept.kept} == {"Ann"}


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), "warm", True, [1], {"x": 1}, "1e999"])
def test_what_is_no_finite_number_is_refused_and_the_others_are_taken(value: Any) -> None:
    sent = send([label(1.0, "a"), label(value, "b"), label(2.0, "c")])
    assert (sent.stored, [(each.place, each.id) for each in sent.refused]) == (2, [(1, "b")])
    assert "value" in sent.refused[0].reason


@pytest.mark.parametrize("row", [None, "", "x" * 201, 7, "a\x00b"])
def test_a_label_for_nothing_is_refused(row: Any) -> None:
    sent = send([label(1.0, row), label(1.0, "good")])
    assert (sent.stored, len(sent.refused)) == (1, 1)
    assert "id" in sent.refused[0].reason


def test_a_label_that_is_no_mapping_is_refused() -> None:
    assert [each.place for each in send([3, "x", label(1.0)]).refused] == [0, 1]


def test_saying_it_again_changes_nothing() -> None:
    kept = MemoryLabels()
    send([label(1.0)], labels=kept)
    sent = send([label(1.0), label("1")], labels=kept)
    assert (sent.stored, sent.repeated, sent.corrected, len(kept.kept)) == (0, 2, 0, 1)


def test_a_correction_counts_and_the_history_is_kept() -> None:
    kept = MemoryLabels()
    send([label(1.0)], labels=kept)
    sent = send([label(2.0)], labels=kept)
    assert (sent.stored, sent.corrected, kept.corrected) == (1, 1, ["a"])
    assert [each.value for each in kept.kept] == [1.0, 2.0]


def test_of_two_that_contradict_each_other_in_one_request_the_later_counts() -> None:
    kept = MemoryLabels()
    sent = send([label(1.0), label(2.0), label(2.0)], labels=kept)
    assert (sent.stored, sent.corrected, sent.repeated) == (2, 1, 1)
    assert kept.latest("d1", ["a"]) == {"a": 2.0}


@pytest.mark.parametrize(
    ("classes", "value", "kept"),
    [
        (("no", "yes"), "yes", 1.0),
        (("no", "yes"), "no", 0.0),
        (("no", "yes"), True, 1.0),
        (("0", "1"), 1, 1.0),
        (("0", "1"), 0.0, 0.0),
        (("0", "1"), "1", 1.0),
        (("false", "true"), 1, 1.0),
        (("bad", "good"), " good ", 1.0),
    ],
)
def test_a_class_is_understood_in_the_forms_it_has(classes: tuple[str, str], value: Any, kept: float) -> None:
    labels = MemoryLabels()
    assert not send([label(value)], labels=labels, classes=classes).refused
    assert labels.kept[0].value == kept


@pytest.mark.parametrize("value", ["maybe", 2, True, float("nan"), None])
def test_another_class_is_refused_with_those_there_are(value: Any) -> None:
    (refused,) = send([label(value)], classes=("bad", "good")).refused
    assert "'bad' or 'good'" in refused.reason or value is None


@pytest.mark.parametrize("count", [0, 100_001])
def test_nothing_and_too_much_are_refused_whole(count: int) -> None:
    with pytest.raises(LabelsRefused, match="1 to 100,000"):
        send([label(1.0)] * count)
