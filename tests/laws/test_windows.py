"""Many windows that are judged at once are judged as each by itself, and so are columns that are lined up at once."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.drift.columns import Lining, lined_up
from watchkeeper.monitoring.drift.dependence import Dependence
from watchkeeper.monitoring.drift.judging import judge
from watchkeeper.monitoring.drift.verdict import Judgement
from watchkeeper.monitoring.drift.windows import RECORD, Part, Records, judge_windows, judged
from watchkeeper.monitoring.policy import USUAL
from watchkeeper.monitoring.references.watching import Watched
from watchkeeper.monitoring.references.windows import Evidence, Windows
from watchkeeper.monitoring.references.windows import judge as judge_of
from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column, Kind

CHANCE = np.random.default_rng(11)
BIN_SETS = (
    fit_bin_set(Column("size", Kind.NUMERIC), pa.array(CHANCE.normal(size=900))),
    fit_bin_set(Column("town", Kind.CATEGORICAL), pa.array([f"t{n}" for n in CHANCE.zipf(1.7, 900).clip(0, 60)])),
    fit_bin_set(Column("when", Kind.TIMESTAMP), pa.array(CHANCE.integers(0, 10**15, 900), pa.timestamp("us"))),
    fit_bin_set(Column("is it", Kind.BOOLEAN), pa.array([True, False, None] * 300)),
)
REFERENCE = np.concatenate([np.array(bins.reference) for bins in BIN_SETS])
STARTS = np.cumsum([bins.size for bins in BIN_SETS])[:-1]


def windows(seed: int, rows: list[int], moved: float) -> np.ndarray:
    chance = np.random.default_rng(seed)
    found = []
    for count in rows:
        parts = [np.array(bins.reference, dtype=float) + 1e-9 for bins in BIN_SETS]
        weights = [part * np.exp(moved * chance.normal(size=part.size)) for part in parts]
        found.append(np.concatenate([chance.multinomial(count, part / part.sum()) for part in weights]))
    return np.stack(found)


def together(counts: np.ndarray) -> Records:
    lined = Lining.of(BIN_SETS).sides(REFERENCE[np.newaxis], counts)
    parts = [Part(each, each.columns, np.ones(each.columns.size), np.zeros(each.columns.size)) for each in lined]
    return judge_windows(parts, (len(counts), len(BIN_SETS)), alpha=0.05)


def apart(counts: np.ndarray) -> list[Judgement]:
    """Of one window, in the order of its columns."""
    lined = lined_up(BIN_SETS, np.split(REFERENCE, STARTS), np.split(counts, STARTS))
    placed = zip(lined, judge([each.sides for each in lined]), strict=True)
    by_column = {int(c): each for part, found in placed for c, each in zip(part.columns, found, strict=True)}
    return [by_column[place] for place in range(len(BIN_SETS))]


@given(
    seed=st.integers(0, 10_000),
    rows=st.lists(st.sampled_from([1, 40, 200, 3_000]), min_size=1, max_size=4),
    moved=st.sampled_from([0.0, 0.2, 1.0]),
)
def test_many_windows_are_judged_as_each_by_itself(seed: int, rows: list[int], moved: float) -> None:
    counts = windows(seed, rows, moved)
    for records, of_window in zip(together(counts), counts, strict=True):
        for record, expected in zip(records, apart(of_window), strict=True):
            found = judged(record)
            assert found is not None
            assert (found.verdict, found.rows, found.rows_enough) == (
                expected.verdict,
                expected.rows,
                expected.rows_enough,
            )
            assert {*found.reasons} == {each.facet for each in expected.reasons}
            numbers = (found.p_value, found.adjusted_p, found.q_value, found.smallest_visible)
            others = (expected.p_value, expected.adjusted_p, expected.q_value, expected.smallest_visible)
            assert numbers == pytest.approx(others, rel=1e-5, abs=1e-30)
            assert vars(found.effect) == pytest.approx(vars(expected.effect), rel=1e-5, abs=1e-9)


def test_a_column_without_rows_has_no_verdict_and_takes_nothing_from_the_others() -> None:
    counts = windows(1, [400], 0.5)
    alone = together(counts)
    sides = Lining.of(BIN_SETS).sides(REFERENCE[np.newaxis], counts)
    silent = Lining.of(BIN_SETS[:1]).sides(np.array([BIN_SETS[0].reference]), np.zeros((1, BIN_SETS[0].size), np.int64))
    parts = [Part(each, each.columns, np.ones(each.columns.size), np.zeros(each.columns.size)) for each in sides]
    beside = Part(silent[0], np.array([len(BIN_SETS)]), np.ones(1), np.zeros(1))
    both = judge_windows([*parts, beside], (1, len(BIN_SETS) + 1), alpha=0.05)
    assert judged(both[0, -1]) is None
    assert (both[0, :-1] == alone[0]).all()


def test_a_record_is_kept_as_it_is() -> None:
    found = together(windows(2, [300, 300], 0.3))
    again = np.frombuffer(found.tobytes(), dtype=RECORD).reshape(found.shape)
    assert (again == found).all()


def test_a_bin_that_another_reference_holds_is_none_that_it_never_held() -> None:
    """A challenger's answers may lie beyond the champion's range, by whose answers the bins were made."""
    bins: BinSet = BIN_SETS[0]
    counts = np.array(bins.reference)
    beyond = counts.copy()
    beyond[list(bins.layout.roles().unseen)] = 50
    (lined,) = Lining.of([bins]).sides(beyond[np.newaxis], beyond[np.newaxis])
    assert not lined.sides.unseen.any()
    (usual,) = Lining.of([bins]).sides(counts[np.newaxis], counts[np.newaxis])
    assert usual.sides.unseen.sum() == len(bins.layout.roles().unseen)


def test_windows_that_are_each_held_against_their_own_counts_are_judged_as_each_by_itself() -> None:
    watch = Watched(1, BIN_SETS, BIN_SETS[0])
    features = windows(3, [900, 900, 40], 0.3)
    references = np.stack([REFERENCE, features[0], windows(4, [700], 0.2)[0]])
    evidence = Evidence(USUAL, Dependence(why="no times"), {})

    def of(places: slice) -> Windows:
        count = len(features[places])
        nothing = np.zeros((2, count, BIN_SETS[0].size), dtype=np.int64)
        months = np.zeros((3, count, 12), dtype=np.int64)
        return Windows(features[places], references[places], ((None,) * count,) * 2, nothing, nothing, months)

    at_once = judge_of(of(slice(None)), watch=watch, evidence=evidence, days=1)
    each_alone = [judge_of(of(slice(each, each + 1)), watch=watch, evidence=evidence, days=1)[0] for each in range(3)]
    assert at_once.tobytes() == np.stack(each_alone).tobytes()
    nothing = np.zeros((2, 3, BIN_SETS[0].size), dtype=np.int64)
    months = np.zeros((3, 3, 12), dtype=np.int64)
    usual = Windows(features, REFERENCE[np.newaxis], ((None,) * 3,) * 2, nothing, nothing, months)
    same = judge_of(usual, watch=watch, evidence=evidence, days=1)
    assert [(same[each] == at_once[each]).all() for each in range(3)] == [True, False, False]
