"""A reference counted apart: by truth values, whole numbers, numbers and levels, missing ones by themselves."""

from typing import Any

import pyarrow as pa
import pytest

from watchkeeper.monitoring.collecting.segment_references import _apart, _named
from watchkeeper.monitoring.segment import MISSING, OTHER, Segmented


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (pa.array([True, False, True, None, True]), ("true", "false")),
        (pa.array([3, 1, 3, None, 3]), ("3", "1")),
        (pa.array([3.0, float("nan"), 3.0, 0.5, 3.0]), ("3", "0.5")),
        (pa.array(["b", "a", "b", None, "b"]), ("b", "a")),
        (pa.array(["b", "a", "b", None, "b"]).dictionary_encode(), ("b", "a")),
    ],
)
def test_values_are_named_by_how_frequent_they_are(values: Any, names: tuple[str, ...]) -> None:
    column = pa.chunked_array([values.slice(0, 2), values.slice(2)])
    found = _named(Segmented(1, "of"), column)
    assert (found.names, found.of_reference) == (names, 2)
    rows = {place: part.num_rows for place, part in _apart(found, pa.table({"of": column}), column)}
    assert rows == {0: 3, 1: 1, MISSING: 1}


def test_a_reference_without_rows_names_nobody() -> None:
    column = pa.chunked_array([], pa.string())
    found = _named(Segmented(1, "of"), column)
    assert found.names == ()
    assert list(_apart(found, pa.table({"of": column}), column)) == []


def test_names_that_look_like_ours_stand_in_quotes_and_long_ones_are_cut() -> None:
    found = Segmented(1, "of").with_names(["other", "", None, "x" * 300, "missing"])
    assert found.labels()[:4] == ["'other'", "''", "x" * 200, "'missing'"]
    assert found.labels()[OTHER:] == ["other", "missing"]
    assert found.place("x" * 250) == 2
