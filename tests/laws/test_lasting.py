"""Drift that lasts, against what a reader of the days would count by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.drift.lasting import SILENT, lasting, lasting_in_any, runs

DAYS = st.text("d.s", max_size=12)
"""A letter a day: drifted, without rows, something else said."""


def flags(days: str) -> tuple[np.ndarray, np.ndarray]:
    return np.array([day == "d" for day in days], dtype=np.bool_), np.array(
        [day == "." for day in days], dtype=np.bool_
    )


@given(DAYS, st.integers(1, 4))
def test_days_without_rows_part_no_run_and_any_other_verdict_does(days: str, in_a_row: int) -> None:
    drifted, silent = flags(days)
    found = lasting(drifted[:, None], silent[:, None], in_a_row)[:, 0]
    by_hand = np.zeros(len(days), dtype=np.bool_)
    start = 0
    for stretch in days.split("s"):
        if stretch.count("d") >= in_a_row:
            by_hand[[start + place for place, day in enumerate(stretch) if day == "d"]] = True
        start += len(stretch) + 1
    assert found.tolist() == by_hand.tolist()
    assert sorted(place for run in runs(drifted, silent) for place in run) == np.flatnonzero(drifted).tolist()


@given(DAYS)
def test_one_in_a_row_is_all_that_drifted_and_more_is_never_more(days: str) -> None:
    drifted, silent = flags(days)
    found = [lasting(drifted[:, None], silent[:, None], wanted).sum() for wanted in range(1, 5)]
    assert found[0] == drifted.sum()
    assert found == sorted(found, reverse=True)


@given(st.lists(st.text("d.s", min_size=3, max_size=3), min_size=1, max_size=12), st.integers(1, 4))
def test_the_longer_windows_add_to_what_the_days_tell_and_never_take_away(days: list[str], in_a_row: int) -> None:
    """Three letters a day: of the day, and of the two longer windows that it ends."""
    letters = np.array([list(day) for day in days])[:, :, np.newaxis]
    codes = np.select([letters == "d", letters == "."], [0, SILENT], 3)
    found = lasting_in_any(np.arange(len(days)), (1, 7, 28), letters == "d", codes, np.ones(codes.shape), in_a_row)
    alone = lasting(letters[:, 0] == "d", letters[:, 0] == ".", in_a_row)
    assert not (alone & ~found).any()
    assert not (found & ~(letters == "d").any(axis=1)).any()
    more = lasting_in_any(np.arange(len(days)), (1, 7, 28), letters == "d", codes, np.ones(codes.shape), in_a_row + 1)
    assert more.sum() <= found.sum()


def test_a_week_is_told_of_by_what_no_day_shows_and_not_by_what_one_day_did() -> None:
    def found(days: str, weeks: str) -> list[int]:
        letters = np.array([list(days), list(weeks)]).T[:, :, np.newaxis]
        codes = np.select([letters == "d", letters == "."], [0, SILENT], 3)
        p_values = np.where(letters == "?", 0.03, 0.5)
        told = lasting_in_any(np.arange(len(days)), (1, 7), letters == "d", codes, p_values, 2)
        return [int(each) for each in told[:, 0]]

    assert found("ssssss", "sssddd") == [0, 0, 0, 1, 1, 1]
    assert found("sdssss", "sddddd") == [0, 0, 0, 0, 0, 0]
    assert found("sdsdds", "sddddd") == [0, 0, 0, 1, 1, 0]

    assert found("sdd?ds", "sddddd") == [0, 1, 1, 1, 1, 0], "a day that is suspicious parts nothing"
    assert found("sddsds", "sddddd") == [0, 1, 1, 0, 0, 0]
    assert found("sdds??", "sddddd") == [0, 1, 1, 0, 0, 0], "but for those that come after a day that says otherwise"
    assert found("sdd.?s", "sdd.dd") == [0, 1, 1, 0, 1, 0]
