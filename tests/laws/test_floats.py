"""A column of floats is known for one at a stroke, and nothing else is taken for it."""

import math
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.learning import encoding
from watchkeeper.learning.arrays import floats_of
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.serving import coercing
from watchkeeper.serving.coercing import Coercer
from watchkeeper.serving.deployment import TypePolicy
from watchkeeper.tables.column import Kind

ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers() | st.just(10**400),
    st.text(max_size=12) | st.just("\ud800"),
    st.binary(min_size=7, max_size=7),
    st.lists(st.floats(), max_size=2),
    st.builds(object),
)
INPUTS = (
    Input("number", Kind.NUMERIC, low=-1.0, high=1.0),
    Input("free", Kind.NUMERIC, nullable=True),
    Input("level", Kind.CATEGORICAL, levels=("a", "b")),
    Input("truth", Kind.BOOLEAN),
)
SIGNATURE = Signature(task="regression", target="y", time=None, time_zone="UTC", labels=None, inputs=INPUTS)
COLUMNS = st.integers(5, 20).flatmap(
    lambda count: st.fixed_dictionaries({
        "number": st.lists(st.floats(-2, 2) | st.sampled_from([math.inf, math.nan]), min_size=count, max_size=count),
        "free": st.lists(st.none() | st.floats(width=64), min_size=count, max_size=count),
        "level": st.lists(st.sampled_from(["a", "b", "c"]), min_size=count, max_size=count),
        "truth": st.lists(st.booleans(), min_size=count, max_size=count),
    })
)  # fmt: skip


@given(st.lists(st.floats()))
@pytest.mark.parametrize("times", [1, 40, 8_000])
def test_floats_are_what_numpy_makes_of_them(times: int, values: list[float]) -> None:
    np.testing.assert_array_equal(floats_of(values * times), np.array(values * times, dtype=np.float64))


@given(st.lists(st.floats(), max_size=40), ODD, st.integers(0, 40))
def test_with_anything_else_among_them_they_are_none(values: list[Any], odd: Any, place: int) -> None:
    assert floats_of([*values[:place], odd, *values[place:]]) is None
    assert floats_of([odd] * 40) is None


@given(COLUMNS)
def test_many_rows_are_read_as_few_are(columns: dict[str, list[Any]]) -> None:
    coerce, encoder, count = Coercer(SIGNATURE, TypePolicy.BEST_EFFORT), Encoder(SIGNATURE), len(columns["level"])
    few = coerce.columns(columns, count)
    with patch.object(coercing, "MANY", 0), patch.object(encoding, "MANY", 0):
        many = coerce.columns(columns, count)
        rows = encoder.journal(many.columns, [0] * count)
    assert many == few
    np.testing.assert_array_equal(rows.values, encoder.journal(few.columns, [0] * count).values)
