"""What is held against itself has not moved, and what nobody accepted is judged as ever."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.test_windows import BIN_SETS, REFERENCE, windows
from watchkeeper.monitoring.acceptance import Acceptance, Accepted, Withdrawn, on_day, replaced, standing
from watchkeeper.monitoring.days import moved
from watchkeeper.monitoring.drift.dependence import Dependence
from watchkeeper.monitoring.drift.weighing import CODES
from watchkeeper.monitoring.drift.windows import Records
from watchkeeper.monitoring.policy import USUAL
from watchkeeper.monitoring.ports import Sheet
from watchkeeper.monitoring.references.rebasing import rebased
from watchkeeper.monitoring.references.watching import Models, Watched
from watchkeeper.monitoring.references.windows import Evidence, judge, windows_of
from watchkeeper.serving.deployment import Role

WATCH = Watched(1, BIN_SETS, BIN_SETS[0])
PREDICTION = "prediction of the champion"
MODELS: Models = {(1, Role.CHAMPION): "m1", (1, Role.CHALLENGER): None}
EVIDENCE = Evidence(USUAL, Dependence(why="no times"), {"m1": Dependence(why="no times")})
ROWS = st.lists(st.sampled_from([1, 40, 400, 3_000]), min_size=1, max_size=4)


def days_of(seed: int, rows: list[int], moved: float) -> list[Sheet]:
    """A day each, features and predictions moved by chance."""
    counts = windows(seed, rows, moved)
    answers = counts[:, : BIN_SETS[0].size]
    return [
        Sheet(1, Role.CHAMPION, f"2026-03-{day + 1:02}", each, np.concatenate([counts[day], answers[day]]))
        for day, each in enumerate(rows)
    ]


def accepting(sheets: Sequence[Sheet], names: Sequence[str]) -> Acceptance:
    """All of them as one stretch."""
    total = np.sum([sheet.counts for sheet in sheets], axis=0)
    columns = {
        name: Accepted(total[WATCH.parts[name]]) if name in WATCH.parts else Accepted(WATCH.of_prediction(total), "m1")
        for name in names
    }
    return Acceptance(
        1, sheets[0].day, sheets[-1].day, 1, columns, "it is known", datetime(2026, 4, 1, tzinfo=UTC), "ann"
    )


def judged(groups: Sequence[Sequence[Sheet]], accepted: Sequence[Acceptance]) -> Records:
    plain = windows_of(groups, MODELS, watch=WATCH, baseline=lambda _: REFERENCE[: BIN_SETS[0].size])
    return judge(rebased(plain, groups, MODELS, watch=WATCH, accepted=accepted), watch=WATCH, evidence=EVIDENCE, days=1)


@given(seed=st.integers(0, 10_000), rows=ROWS, moved=st.sampled_from([0.0, 0.5, 2.0]))
def test_a_stretch_held_against_itself_has_not_moved(seed: int, rows: list[int], moved: float) -> None:
    sheets = days_of(seed, rows, moved)
    (found,) = judged([sheets], [accepting(sheets, [*WATCH.names, PREDICTION])])
    said = {CODES[code].value for code in found["verdict"][:-1].tolist()}
    assert said <= {"stable", "not enough data"}
    assert np.abs(found["psi"][:-1]).max() < 1e-9
    if sum(rows) >= 1_000 and moved < 1:  # else a level or what is not missing may be too rare to tell
        assert said == {"stable"}


@given(seed=st.integers(0, 10_000), rows=ROWS, name=st.sampled_from([*WATCH.names, PREDICTION]))
def test_only_what_is_accepted_is_held_otherwise_and_only_from_then_on(seed: int, rows: list[int], name: str) -> None:
    sheets = days_of(seed, rows, 1.0)
    groups = [[sheet] for sheet in sheets]
    last = accepting(sheets[-1:], [name])
    before, after = judged(groups, []), judged(groups, [last])
    assert (after[:-1] == before[:-1]).all()
    place = [*WATCH.names, PREDICTION].index(name)
    own = ["effect", "low", "high", "p_value", "rows", "psi"]
    others = [each for each in range(len(WATCH.names) + 1) if each != place]
    assert (after[-1, others][own] == before[-1, others][own]).all()
    assert abs(float(after[-1, place]["psi"])) < 1e-9


@given(seed=st.integers(0, 10_000), rows=ROWS)
def test_a_period_that_begins_before_counts_from_the_acceptance_on(seed: int, rows: list[int]) -> None:
    sheets = days_of(seed, [500, *rows], 1.0)
    known = accepting(sheets[1:], ["size"])
    whole, since = judged([sheets], [known])[0], judged([sheets[1:]], [known])[0]
    own = ["rows", "effect", "p_value", "psi"]
    assert (whole[0][own] == since[0][own]).all()
    assert whole[1]["rows"] == since[1]["rows"] + 500


DAY = st.sampled_from([f"2026-03-{n:02}" for n in range(1, 8)])
SAID = st.lists(st.tuples(DAY, st.sets(st.sampled_from("abc"), min_size=1), st.booleans()), max_size=6)


@given(said=SAID)
def test_one_that_is_replaced_holds_of_nothing_from_that_day_on_and_of_something_before(
    said: list[tuple[str, set[str], bool]],
) -> None:
    taken_back = Withdrawn(99, datetime(2026, 4, 2, tzinfo=UTC), "ann")
    some = Accepted(np.array([1], dtype=np.int64))
    each = [
        Acceptance(
            *(number, since, "2026-03-09", 1, dict.fromkeys(sorted(names), some), "it is known"),
            *(datetime(2026, 4, 1, tzinfo=UTC), "ann", taken_back if back else None),
        )
        for number, (since, names, back) in enumerate(said, start=1)
    ]
    found, holding = replaced(each), standing(each, bin_sets=1)
    assert found.keys() <= {one.number for one in holding}
    for one in holding:
        days = [f"2026-03-{n:02}" for n in range(1, 12) if one in on_day(holding, f"2026-03-{n:02}").values()]
        end = found.get(one.number)
        assert (days[-1] if days else None) == (
            moved(end, -1) if end and end > one.since else None if end else "2026-03-11"
        )
