"""What is kept is the newest that the rule lets be, and what goes takes nothing with it that was counted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.worlds import NOW
from watchkeeper.learning.signature import BINARY, REGRESSION
from watchkeeper.monitoring.answers.scored import Answered, added, cells_going, cells_of
from watchkeeper.monitoring.errors import RetentionRefused
from watchkeeper.monitoring.keeping.letting_go import beyond
from watchkeeper.monitoring.ports import JournalFile
from watchkeeper.monitoring.retention import LEAST_BYTES, MOST_BYTES, MOST_DAYS, Retention, known_retention
from watchkeeper.serving.deployment import Role

MOMENTS = st.integers(0, 2_000).map(lambda hours: NOW - timedelta(hours=hours))
FILES = st.lists(
    st.builds(
        lambda number, size, made: JournalFile(f"f{number}", "champion", 1, size, made, made, made),
        st.integers(0, 10**6),
        st.integers(1, 100),
        MOMENTS,
    ),
    max_size=30,
    unique_by=lambda file: file.name,
)
RULES = st.builds(Retention, st.none() | st.integers(1, 90), st.none() | st.integers(0, 2_000))


@given(FILES, RULES)
def test_what_is_kept_is_the_newest_that_meets_the_rule_and_no_less(files: list[JournalFile], rule: Retention) -> None:
    going = beyond(rule, files, now=NOW)
    kept = sorted((file for file in files if file not in going), key=lambda file: file.made)
    assert all(gone.made <= file.made for gone in going for file in kept)
    assert all(meets(rule, kept[place:]) for place in range(len(kept) + 1))
    if going:
        assert not meets(rule, [going[-1], *kept])
    assert beyond(rule, kept, now=NOW) == []


def meets(rule: Retention, files: list[JournalFile]) -> bool:
    young = rule.days is None or all(file.made >= NOW - timedelta(days=rule.days) for file in files)
    return young and (rule.bytes is None or sum(file.bytes for file in files) <= rule.bytes)


NUMBERS = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))
ROWS = st.dictionaries(
    st.integers(0, 30),
    st.tuples(NUMBERS, NUMBERS, st.integers(0, 7), st.integers(1, 3), st.booleans()),
    max_size=20,
)


@given(ROWS, ROWS, st.sampled_from([REGRESSION, BINARY]))
def test_rows_that_go_and_rows_that_stay_add_up_to_what_all_of_them_say(
    champion: dict[int, tuple[float, float, int, int, bool]],
    challenger: dict[int, tuple[float, float, int, int, bool]],
    task: str,
) -> None:
    answered = {Role.CHAMPION: rows(champion, task), Role.CHALLENGER: rows(challenger, task)}
    staying = {role: stay(of) for role, of in answered.items()}
    parts = [*cells_going("d", answered, task=task), *cells_of("d", staying, task=task)]
    whole = {(c.part, c.release, c.role, c.shared): c.tally for c in cells_of("d", answered, task=task)}
    found = {(c.part, c.release, c.role, c.shared): c.tally for c in added(parts)}
    assert found.keys() == whole.keys()
    for corner, tally in whole.items():
        assert found[corner].numbers == pytest.approx(tally.numbers, rel=1e-6, abs=1e-3)


def rows(given: dict[int, tuple[float, float, int, int, bool]], task: str) -> Answered:
    ids = sorted(given, key=str)
    answer, truth = (np.array([given[each][place] for each in ids], dtype=np.float64) for place in (0, 1))
    if task == BINARY:
        answer, truth = np.abs(answer) / 1e6, (truth > 0).astype(np.float64)
    return Answered(
        ids=np.array([str(each) for each in ids], dtype=np.str_),
        part=np.array([given[each][2] for each in ids], dtype=np.intp),
        release=np.array([given[each][3] for each in ids], dtype=np.intp),
        answer=answer,
        called=answer > 0,
        truth=truth,
        going=np.array([given[each][4] for each in ids], dtype=np.bool_),
    )


def stay(of: Answered) -> Answered:
    return replace(of, **{name: value[~of.going] for name, value in vars(of).items()})


@given(st.one_of(st.integers(), st.floats(), st.booleans(), st.text(), st.lists(st.integers())))
def test_whatever_is_given_is_a_rule_or_a_named_error(given: Any) -> None:
    for field, least, most in (("days", 1, MOST_DAYS), ("bytes", LEAST_BYTES, MOST_BYTES)):
        days, size = (given, None) if field == "days" else (None, given)
        number = isinstance(given, int | float) and not isinstance(given, bool)
        if number and least <= given <= most and given % 1 == 0:
            assert getattr(known_retention(days, size), field) == given
        else:
            with pytest.raises(RetentionRefused) as refused:
                known_retention(days, size)
            assert refused.value.fields == (field,)
