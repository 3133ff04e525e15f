"""What holds for the bins of every kind of column, whatever its values."""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column, Kind
from watchkeeper.tables.layouts.numeric import BETWEEN

WORDS = st.text(max_size=3)
VALUES: dict[Kind, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    Kind.NUMERIC: (pa.float64(), st.floats() | st.sampled_from([-1.0, 0.0, 0.5])),
    Kind.INTEGER: (
        pa.int64(),
        st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3) | st.integers(2**62, 2**62 + 9),
    ),
    Kind.CATEGORICAL: (pa.string(), WORDS | st.sampled_from(["other", "new", "missing"])),
    Kind.BOOLEAN: (pa.bool_(), st.booleans()),
    Kind.TIMESTAMP: (
        pa.timestamp("us", "UTC"),
        st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)),
    ),
    Kind.TEXT: (pa.string(), st.text(max_size=80)),
}
every_kind = pytest.mark.parametrize("kind", VALUES)


def some(data: st.DataObject, kind: Kind) -> "pa.Array[Any]":
    type_, values = VALUES[kind]
    return pa.array(data.draw(st.lists(st.none() | values, max_size=120)), type_)


def fitted(data: st.DataObject, kind: Kind) -> BinSet:
    return fit_bin_set(Column("x", kind), some(data, kind))


@every_kind
@given(data=st.data())
def test_every_value_is_in_exactly_one_bin(kind: Kind, data: st.DataObject) -> None:
    bins, values = fitted(data, kind), some(data, kind)
    counts = bins.count(values)
    assert counts.shape == (bins.size,)
    assert counts.dtype == np.int64
    assert counts.sum() == len(values)
    assert (counts >= 0).all()
    assert counts[-1] >= values.null_count


@every_kind
@given(data=st.data())
def test_the_counts_are_of_the_places_of_the_values(kind: Kind, data: st.DataObject) -> None:
    bins, values = fitted(data, kind), some(data, kind)
    assert np.bincount(bins.places(values), minlength=bins.size).tolist() == bins.count(values).tolist()
    for value, place in zip(values, bins.places(values).tolist(), strict=True):
        assert bins.count(pa.array([value.as_py()], values.type))[place] == 1


@every_kind
@given(data=st.data())
def test_the_counts_of_a_whole_are_those_of_its_parts_in_any_order(kind: Kind, data: st.DataObject) -> None:
    bins, values = fitted(data, kind), some(data, kind)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(values)), max_size=4)))
    parts = [values[left:right] for left, right in zip([0, *cuts], [*cuts, len(values)], strict=True)]
    shuffled = data.draw(st.permutations(parts))
    summed = sum((bins.count(part) for part in shuffled), start=np.zeros(bins.size, dtype=np.int64))
    assert summed.tolist() == bins.count(values).tolist()
    assert bins.count(pa.chunked_array(shuffled, values.type)).tolist() == summed.tolist()


@every_kind
@given(data=st.data())
def test_the_reference_is_the_count_of_the_rows_given(kind: Kind, data: st.DataObject) -> None:
    values = some(data, kind)
    bins = fit_bin_set(Column("x", kind), values)
    assert sum(bins.reference) == len(values)
    assert list(bins.reference) == bins.count(values).tolist()


@every_kind
@given(data=st.data())
def test_the_order_of_the_rows_does_not_change_the_bins(kind: Kind, data: st.DataObject) -> None:
    values = some(data, kind)
    order = data.draw(st.permutations(range(len(values))))
    shuffled = values.take(pa.array(order, pa.int64()))
    assert fit_bin_set(Column("x", kind), shuffled) == fit_bin_set(Column("x", kind), values)


@every_kind
@given(data=st.data())
def test_a_bin_set_comes_back_from_json_as_it_was(kind: Kind, data: st.DataObject) -> None:
    bins = fitted(data, kind)
    assert BinSet.from_json(json.loads(json.dumps(bins.to_json(), allow_nan=False))) == bins


@every_kind
@given(data=st.data())
def test_groups_hold_every_bin_once_and_have_a_label_each(kind: Kind, data: st.DataObject) -> None:
    bins = fitted(data, kind)
    groups = bins.groups()
    assert sorted(place for group in groups for place in group) == list(range(bins.size))
    assert all(groups)
    assert groups[-1] == [bins.size - 1]
    parts = bins.parts()
    assert sorted(place for part in parts for place in part) == list(range(bins.size))
    assert all(parts)
    assert parts[-1] == groups[-1]
    assert len(bins.labels()) == bins.size
    assert len(bins.group_labels()) == len(groups)
    edges = bins.edges_of_groups()
    between = BETWEEN in bins.group_labels()
    assert edges is None or (len(edges) == len(groups) - between and edges == sorted(edges))
