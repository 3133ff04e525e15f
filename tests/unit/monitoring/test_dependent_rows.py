"""Rows that are alike where they follow each other in time."""

import numpy as np
import pyarrow as pa
import pytest

from tests.fakes.in_time import in_time, readings
from watchkeeper.monitoring import compare
from watchkeeper.monitoring.drift.dependence import design_effect
from watchkeeper.monitoring.two_tables.errors import NoTimes


def year(seed: int, *, lasting: float = 0.8, days: int = 365, begins: str = "2025-01-01") -> pa.Table:
    return in_time(readings(np.random.default_rng(seed), days, lasting=lasting), begins=begins)


def test_months_of_a_lasting_level_are_no_drift_where_their_times_are_known() -> None:
    """The levels of a month are worth a few independent rows; taken for hundreds, every month has drifted."""
    reference = year(1)
    months = [year(seed, days=30, begins="2026-01-01") for seed in range(2, 22)]
    assert sum("reading" in compare(reference, month).drifted for month in months) > 15
    assert sum("reading" in compare(reference, month, at="when").drifted for month in months) == 0


def test_a_shift_is_found_in_rows_that_depend_on_each_other() -> None:
    reference = year(1, lasting=0.3)
    values = readings(np.random.default_rng(3), 60, lasting=0.3) + 2.0
    found = compare(reference, in_time(values, begins="2026-01-01"), at="when", baseline="whole")
    column = found.columns["reading"]
    assert found.drifted == ("reading",)
    assert column.judgement.rows == 1_440
    assert 5 < column.effective_rows < 60
    assert "when" not in found.columns
    assert "within 46 days" in found.independence


def test_independent_rows_are_worth_nearly_what_they_are() -> None:
    chance = np.random.default_rng(4)
    blocks = chance.multinomial(200, [0.1] * 9 + [0.1], size=52)
    for ordered in (True, False):
        assert 1.0 <= design_effect(blocks, ordered=ordered, p_value=0.05) < 2.2


def test_rows_that_come_by_the_block_are_worth_one_each() -> None:
    """Each block's hundred rows are all alike, so a hundred rows are worth about one."""
    blocks = np.eye(4, dtype=np.int64)[np.arange(200) % 3] * 100
    assert design_effect(blocks, ordered=True, p_value=0.05) == pytest.approx(100, rel=0.1)
    assert design_effect(blocks, ordered=False, p_value=0.05) == pytest.approx(100, rel=0.1)


def test_bursts_of_missing_values_are_seen() -> None:
    blocks = np.tile([50, 50, 0], (50, 1))
    blocks[7] = [0, 0, 100]
    assert design_effect(blocks, ordered=True, p_value=0.05) > 90


@pytest.mark.parametrize(
    ("reference", "current", "at"),
    [
        (year(1), year(2), "nowhere"),
        (year(1), year(2), "reading"),
        (year(1, days=30), year(2), "when"),
        (year(1), pa.table({"reading": [1.0]}), "when"),
    ],
    ids=["no such column", "no times", "too short", "only in one"],
)
def test_times_that_do_not_tell_are_refused_with_what_to_do(reference: pa.Table, current: pa.Table, at: str) -> None:
    with pytest.raises(NoTimes, match=r"\.$"):
        compare(reference, current, at=at)


def test_rows_in_any_order_and_without_a_time_give_the_same() -> None:
    reference, window = year(1), year(2, days=30, begins="2026-01-01")
    shuffled = reference.take(np.random.default_rng(5).permutation(reference.num_rows))
    found = [compare(each, window, at="when").columns["reading"] for each in (reference, shuffled)]
    assert found[0].p_value == pytest.approx(found[1].p_value)
    none = pa.table({"when": pa.nulls(5, reference.schema.field("when").type), "reading": [0.0] * 5})
    assert compare(pa.concat_tables([reference, none]), window, at="when").columns["reading"].verdict
    assert compare(reference, window.slice(0, 0), at="when").columns["reading"].verdict == "not enough data"
