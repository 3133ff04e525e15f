"""Sizes in sentences: none where the rows say nothing of it."""

import numpy as np
import pyarrow as pa
import pytest

from watchkeeper.monitoring import compare
from watchkeeper.monitoring.drift.verdict import Effect, Verdict
from watchkeeper.monitoring.drift.wording import size
from watchkeeper.monitoring.references.global_drift import GlobalDrift
from watchkeeper.serving.deployment import Role

UNKNOWN = "its size cannot be told from so few rows"


@pytest.mark.parametrize(
    ("effect", "moved", "said"),
    [
        (Effect(0.3, 0.1, 0.5), True, "size 0.300 (0.100 to 0.500)"),
        (Effect(0.0, 0.0, 0.262), True, UNKNOWN),
        (Effect(0.0, 0.0, 0.012), False, "size at most 0.012"),
        (Effect(0.0001, 0.0, 0.00026), False, "size below 0.001"),
        (Effect(0.0006, 0.0005, 0.0007), True, "size 0.00060 (0.00050 to 0.00070)"),
        (Effect(0.0, 0.0, 0.0), False, "size below 0.001"),
        (Effect(0.0, 0.0, 0.0), True, UNKNOWN),
        (Effect(0.0, 0.0, np.inf), False, UNKNOWN),
    ],
    ids=str,
)
def test_a_size_is_told_where_it_is_known(effect: Effect, *, moved: bool, said: str) -> None:
    assert size(effect, moved=moved) == said


@pytest.mark.parametrize(
    ("verdict", "effect", "said"),
    [
        (Verdict.DRIFTED, Effect(0.0, 0.0, 0.95), f"have moved; {UNKNOWN}, mostly for x."),
        (Verdict.DRIFTED, Effect(0.2, 0.1, 0.3), "have moved by 0.200 (0.100 to 0.300), mostly for x."),
        (Verdict.STABLE, Effect(0.0, 0.0, 0.01), "have not moved: size at most 0.010."),
        (Verdict.STABLE, Effect(0.0, 0.0, 0.0), "have not moved."),
        (Verdict.STABLE, Effect(0.002, 0.0, 0.01), "have not moved: size 0.002 (0.000 to 0.010)."),
        (Verdict.NOT_ENOUGH_DATA, Effect(0.0, 0.0, 0.0), "have too few rows to say."),
        (Verdict.NOT_ENOUGH_DATA, Effect(0.1, 0.0, 0.5), "have too few rows to say: size 0.100 (0.000 to 0.500)."),
    ],
    ids=str,
)
def test_so_is_that_of_all_features_together(verdict: Verdict, effect: Effect, said: str) -> None:
    found = GlobalDrift(verdict, effect, 0.001, ("x",) if verdict is Verdict.DRIFTED else ())
    assert found.sentence(Role.CHAMPION).endswith(said)


@pytest.mark.parametrize(("rows", "said"), [(1, "1 row: it takes 5"), (4, "4 rows: it takes 5")])
def test_a_reference_of_a_few_rows_cannot_tell_and_says_how_many_it_takes(rows: int, said: str) -> None:
    """The same law on both sides: of a single row a third were called drifted, of two a seventh."""
    for seed in range(20):
        chance = np.random.default_rng(seed)
        before, now = (pa.table({"x": chance.normal(size=size)}) for size in (rows, 1_000))
        column = compare(before, now).columns["x"]
        assert column.verdict == "not enough data"
        assert said in column.sentence
        assert "200" in column.sentence
