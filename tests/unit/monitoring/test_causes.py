"""What is said of the causes of a drift."""

import numpy as np
import pytest

from watchkeeper.monitoring.causes.cause import Began, Cause, Evidence, Nature, Suspect, Whole
from watchkeeper.monitoring.causes.errors import NothingToSwap
from watchkeeper.monitoring.causes.parts import Part
from watchkeeper.monitoring.causes.ranking import causes
from watchkeeper.monitoring.causes.segmenting import Segment, concentrated
from watchkeeper.monitoring.causes.swapping import Moved, attribute
from watchkeeper.monitoring.causes.wording import sentence_of_whole
from watchkeeper.monitoring.drift.onset.onset import Course
from watchkeeper.monitoring.drift.verdict import Effect
from watchkeeper.monitoring.percent import percent


def suspect(column: str, size: float, **known: object) -> Suspect:
    found = Suspect(column, drifted=True, effect=Effect(size, size / 2, 2 * size))
    for name, value in known.items():
        object.__setattr__(found, name, value)
    return found


def the_only(of: Suspect) -> Cause:
    (found,) = causes([of])
    return found


def test_a_small_drift_of_what_counts_comes_before_a_large_one_of_what_does_not() -> None:
    found = causes([suspect("colour", 1.0, importance=0.01), suspect("price", 0.1, importance=0.7)])
    assert [each.suspect.column for each in found] == ["price", "colour"]
    assert [each.weight for each in found] == pytest.approx([0.875, 0.125])


def test_what_the_model_was_seen_to_answer_comes_before_what_importances_say() -> None:
    little, much = Moved(0.1, 0.01, 0.1, 0.1), Moved(2.0, 0.1, 2.0, 2.0)
    found = causes([suspect("a", 1.0, importance=0.9, moved=little), suspect("b", 1.0, importance=0.1, moved=much)])
    assert [each.suspect.column for each in found] == ["b", "a"]


def test_a_model_that_holds_nothing_important_ranks_by_drift() -> None:
    found = causes([suspect("a", 0.1, importance=0.0), suspect("b", 0.3, importance=0.0)])
    assert [each.suspect.column for each in found] == ["b", "a"]
    assert [each.weight for each in found] == pytest.approx([0.75, 0.25])


def test_everything_known_in_one_sentence() -> None:
    found = the_only(
        suspect(
            "Temperature",
            0.4,
            parts=(Part("over 30", 0.02, 0.18, 0.3, 0.7),),
            segment=Segment("Geelong", 0.1, 0.9),
            began=Began(Course.ABRUPT, "2023-01-21", "2023-01-20", "2023-01-22"),
            moved=Moved(412.0, 20.0, 412.0, 412.0),
            evidence=Evidence(Nature.NATURAL, "Other columns moved with it as usual."),
        )
    )
    assert found.nature is Nature.NATURAL
    assert found.sentence == (
        "Temperature has drifted from one day to the next on 21 January 2023 (between 20 and 22 January 2023); "
        "over 30 went from 2 % to 18 % of the rows; 90 % of it is in Geelong, which has 10 % of the rows; by itself it "
        "moves the mean prediction by +412; it looks natural: Other columns moved with it as usual."
    )


def test_a_fault_is_called_by_its_name() -> None:
    evidence = Evidence(Nature.FAULT, "Every value is the same.", fault="stuck sensor")
    found = the_only(suspect("Temperature", 1.0, evidence=evidence))
    assert found.nature is Nature.FAULT
    assert found.sentence == (
        "Temperature has drifted; it looks like a fault of the data (stuck sensor): Every value is the same."
    )


def test_where_nothing_says_whether_it_is_a_fault_that_is_said() -> None:
    assert the_only(suspect("a", 1.0)).nature is Nature.UNKNOWN
    found = the_only(suspect("a", 1.0, evidence=Evidence(Nature.UNKNOWN, "Too few rows.")))
    assert found.sentence == "a has drifted; whether it is a fault is not known: Too few rows."


@pytest.mark.parametrize(
    ("began", "said"),
    [
        (Began(Course.EARLIER, "2023-01-01", "2023-01-01", "2023-01-01"), " since 1 January 2023 or before."),
        (Began(Course.GRADUAL, "2023-01-05", "2023-01-05", "2023-01-05"), " little by little from 5 January 2023 on."),
        (
            Began(Course.PASSING, "2023-01-05", "2023-01-04", "2023-01-05", last="2023-01-09"),
            " from 5 January 2023 (between 4 and 5 January 2023) to 9 January 2023.",
        ),
    ],
)
def test_how_it_came_is_said(began: Began, said: str) -> None:
    assert the_only(suspect("a", 1.0, began=began)).sentence == f"a has drifted{said}"


def test_what_may_be_chance_is_not_called_a_move() -> None:
    found = the_only(suspect("a", 1.0, moved=Moved(0.1, 0.1, 0.2, 0.1)))
    assert found.sentence == "a has drifted; it does not move the mean prediction."


def swapped(alone: float, whole: float, *, error: float = 10.0, probability: bool = False) -> str:
    moved, of = Moved(alone, error, abs(alone), alone), Whole(whole, error, probability=probability)
    return the_only(suspect("Temperature", 1.0, moved=moved, whole=of)).sentence


def test_what_swapping_takes_is_said_beside_what_the_prediction_moved() -> None:
    said = "Temperature has drifted; swapping it back to the reference's"
    assert swapped(212.3, 240.4) == f"{said} takes 212 of the 240 that the mean prediction moved."
    assert swapped(-212.3, -240.4) == f"{said} takes 212 of the 240 that the mean prediction moved."
    assert swapped(1_260, 240) == f"{said} takes 1,260, more than the 240 that the mean prediction moved."
    assert swapped(245, 240) == f"{said} takes all of the 240 that the mean prediction moved."
    assert swapped(-50, 240) == f"{said} adds 50 to the 240 that the mean prediction moved."
    assert swapped(50, 3) == f"{said} moves the mean prediction by -50."
    assert swapped(-50, 3) == f"{said} moves the mean prediction by +50."
    points = swapped(0.1234, 0.15, error=0.01, probability=True)
    assert points == f"{said} takes 12.3 points of the 15 points that the mean probability moved."


def test_swapping_what_does_not_matter_says_so() -> None:
    assert swapped(3, 240) == "Temperature has drifted; swapping it back does not move the mean prediction."
    assert swapped(0, 0, error=0.0).endswith("swapping it back does not move the mean prediction.")


def test_how_far_the_prediction_moved_as_a_whole_is_said() -> None:
    known = "by 400 rows of these days and as many of the reference."
    assert sentence_of_whole(Whole(240.4, 10), rows=400) == (
        f"The mean prediction moved by +240, give or take 16.4, {known}"
    )
    assert sentence_of_whole(Whole(-0.15, 0.01, probability=True), rows=400) == (
        f"The mean probability moved by -15 points, give or take 1.64 points, {known}"
    )
    assert sentence_of_whole(Whole(15, 10), rows=400) == f"The mean prediction has not moved, {known}"


def test_shares_are_never_rounded_to_none_or_all() -> None:
    assert [percent(each) for each in (0.0, 0.0001, 0.0123, 0.1, 0.5, 0.99999, 1.0)] == [
        "0 %", "less than 0.1 %", "1.2 %", "10 %", "50 %", "more than 99.9 %", "100 %",
    ]  # fmt: skip


def test_segments_alike_hold_no_drift_apart() -> None:
    chance = np.random.default_rng(2)
    shares = [0.1, 0.2, 0.3, 0.4]
    found = [
        concentrated(chance.multinomial(2_000, shares, 8), chance.multinomial(500, shares, 8), list("abcdefgh"))
        for _ in range(400)
    ]
    assert sum(each is not None for each in found) <= 12


def test_a_segment_with_nearly_all_rows_is_not_where_a_drift_is_concentrated() -> None:
    reference, window = np.array([[50, 50], [500, 500]]), np.array([[50, 50], [900, 100]])
    assert concentrated(reference, window, ["few", "most"]) is None
    assert concentrated(reference, np.zeros((2, 2), dtype=np.int64), ["few", "most"]) is None


def test_a_model_is_asked_about_a_bounded_number_of_rows() -> None:
    asked: list[int] = []

    def predict(table: object) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        column = table["a"]  # type: ignore[index]
        asked.append(len(column))
        return np.zeros(len(column))

    attribute({"a": np.zeros(5_000)}, {"a": np.zeros(3)}, predict, rows=100)
    assert set(asked) == {100}


def test_sides_that_do_not_match_are_refused() -> None:
    one, nothing = {"a": np.ones(3)}, {"a": np.ones(0)}
    with pytest.raises(NothingToSwap, match="only one has: b"):
        attribute(one, {"a": np.ones(3), "b": np.ones(3)}, lambda rows: rows["a"])
    for sides in ((one, nothing), (nothing, one)):
        with pytest.raises(NothingToSwap, match="no rows"):
            attribute(*sides, lambda rows: rows["a"])
