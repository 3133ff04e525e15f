"""Rows in journal form, or of a table, as numbers and features."""

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.learning.conftest import microseconds
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.reading import rows_of
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.tables.column import Kind

INPUTS = (
    Input("size", Kind.NUMERIC, low=0.0, high=9.0),
    Input("rooms", Kind.INTEGER, low=1.0, high=9.0),
    Input("sold", Kind.BOOLEAN),
    Input("town", Kind.CATEGORICAL, levels=("Nice", "Lyon")),
    Input("built", Kind.TIMESTAMP),
)
NAN = math.nan
NEW_YEAR = datetime(2012, 1, 1, 0, 30, tzinfo=UTC)


def encoder(inputs: tuple[Input, ...] = INPUTS, *, time: str | None = "at", zone: str = "UTC") -> Encoder:
    return Encoder(Signature("regression", "y", time, zone, None, inputs))


def test_values_become_numbers_and_what_is_missing_or_unknown_becomes_nan() -> None:
    columns: dict[str, list[Any]] = {
        "size": [1.5, None, math.inf],
        "rooms": [2, None, 3.0],
        "sold": [True, False, None],
        "town": ["Lyon", "Paris", None],
        "built": [7, None, 8],
    }
    found = encoder().journal(columns, [0, 0, 0]).values
    expected = [[1.5, NAN, NAN], [2, NAN, 3], [1, 0, NAN], [1, NAN, NAN], [7, NAN, 8]]
    np.testing.assert_array_equal(found, expected)


def test_a_list_that_is_not_there_is_all_missing() -> None:
    found = encoder().journal({"size": [1.0, 2.0]}, [0, 0]).values
    np.testing.assert_array_equal(found, [[1, 2], *([[NAN, NAN]] * 4)])


def test_a_table_reads_as_its_rows_do_in_journal_form() -> None:
    columns: dict[str, list[Any]] = {
        "size": [1.5, None],
        "rooms": [2, None],
        "sold": [True, None],
        "town": ["Lyon", None],
        "built": [7, None],
    }
    types: list[Any] = [pa.float64(), pa.int64(), pa.bool_(), pa.string(), pa.timestamp("us", "UTC")]
    table = pa.table({name: pa.array(each, kind) for (name, each), kind in zip(columns.items(), types, strict=True)})
    journal = encoder().journal(columns, [5, 6])
    read = rows_of(table, np.array([5, 6]), encoder().signature)
    np.testing.assert_array_equal(read.values, journal.values)
    np.testing.assert_array_equal(read.at, journal.at)


def test_the_event_time_becomes_its_calendar_on_local_clocks() -> None:
    """Half past midnight of a Sunday in London is half past eleven in Melbourne, in summer."""
    at = microseconds([NEW_YEAR])
    here, there = encoder(()), encoder((), zone="Australia/Melbourne")
    assert here.matrix(here.journal({}, at)).tolist() == [[1, 6, 1, 1]]
    assert there.matrix(there.journal({}, at)).tolist() == [[23, 6, 1, 1]]


def test_a_timestamp_among_the_inputs_has_its_day_too_and_may_be_missing() -> None:
    made = encoder(INPUTS[-1:], time=None)
    features = made.matrix(made.journal({"built": [*microseconds([NEW_YEAR]), None]}, [0, 0]))
    np.testing.assert_array_equal(features, [[1, 6, 1, 1, 15340], [NAN] * 5])


def test_features_are_laid_out_row_by_row_and_levels_are_known_by_place() -> None:
    made = encoder()
    features = made.matrix(made.journal({"town": ["Nice"]}, [0]))
    assert features.flags.c_contiguous
    assert features.shape == (1, made.features) == (1, 4 + 5 + 4)
    assert (made.categorical, features[0, 3]) == ([3], 0.0)


@pytest.mark.parametrize("count", [0, 3])
def test_a_model_without_inputs_and_one_without_rows_are_encoded(count: int) -> None:
    assert encoder(()).journal({}, [0] * count).values.shape == (0, count)
    assert encoder().matrix(encoder().journal({}, [0] * count)).shape == (count, 13)
