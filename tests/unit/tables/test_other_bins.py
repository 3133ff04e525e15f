from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest

from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column, Kind
from watchkeeper.tables.errors import NoBins
from watchkeeper.tables.layouts.categorical import MOST_RARE


def fitted(kind: Kind, values: list[Any], type_: pa.DataType) -> BinSet:
    return fit_bin_set(Column("Tariff", kind), pa.array(values, type_))


def counted(bins: BinSet, values: "pa.Array[Any]") -> dict[str, int]:
    return {label: count for label, count in zip(bins.labels(), bins.count(values).tolist(), strict=True) if count}


def test_levels_with_five_rows_are_kept_commonest_first() -> None:
    bins = fitted(Kind.CATEGORICAL, ["b"] * 5 + ["a"] * 5 + ["c"] * 6 + ["d"] * 4 + [None], pa.string())
    assert bins.labels() == ["c", "a", "b", "other", "new", "missing"]
    assert bins.reference == (6, 5, 5, 4, 0, 1)


def test_a_rare_level_is_other_and_an_unseen_one_new() -> None:
    bins = fitted(Kind.CATEGORICAL, ["a"] * 5 + ["rare"], pa.string())
    assert counted(bins, pa.array(["a", "rare", "unseen", "unseen", None])) == {
        "a": 1,
        "other": 1,
        "new": 2,
        "missing": 1,
    }


def test_with_too_many_rare_levels_to_list_an_unknown_one_is_other() -> None:
    bins = fitted(Kind.CATEGORICAL, [str(n) for n in range(MOST_RARE + 1)], pa.string())
    assert counted(bins, pa.array(["1", "unseen"])) == {"other": 2}


def test_levels_of_half_a_percent_are_groups_and_the_rest_goes_with_other() -> None:
    bins = fitted(Kind.CATEGORICAL, ["a"] * 1_989 + ["small"] * 9 + ["rare"] * 2 + [None] * 5_000, pa.string())
    assert bins.group_labels() == ["a", "other", "new", "missing"]
    assert bins.groups() == [[0], [1, 2], [3], [4]]
    assert bins.edges_of_groups() is None


def test_a_level_called_other_is_told_from_the_others() -> None:
    bins = fitted(Kind.CATEGORICAL, ["other"] * 5, pa.string())
    assert bins.labels() == ["'other'", "other", "new", "missing"]


def test_levels_seen_once_and_twice_are_known() -> None:
    layout = fitted(Kind.CATEGORICAL, ["a", "b", "b", "c"], pa.string()).to_json()["layout"]
    assert (layout["once"], layout["twice"]) == (2, 1)


def test_dictionaries_and_chunks_count_like_their_levels() -> None:
    bins = fitted(Kind.CATEGORICAL, ["a"] * 5 + ["b"] * 5, pa.string())
    assert counted(bins, pa.array(["a", None, "b"]).dictionary_encode()) == {"a": 1, "b": 1, "missing": 1}


def test_booleans_are_false_true_missing() -> None:
    bins = fitted(Kind.BOOLEAN, [True, False, True, None], pa.bool_())
    assert (bins.labels(), bins.reference) == (["false", "true", "missing"], (1, 2, 1))


def test_moments_count_by_weekday_and_three_hours_in_utc() -> None:
    melbourne = timezone(timedelta(hours=11))
    moments = [
        datetime(2012, 1, 2, 0, 0, tzinfo=UTC),
        datetime(2012, 1, 1, 23, 59, tzinfo=UTC),
        datetime(2012, 1, 2, 10, 0, tzinfo=melbourne),
        datetime(1969, 12, 31, 2, 59, tzinfo=UTC),
        None,
    ]
    bins = fitted(Kind.TIMESTAMP, moments, pa.timestamp("us", "UTC"))
    assert {label: n for label, n in zip(bins.labels(), bins.reference, strict=True) if n} == {
        "Mon 00–03": 1,
        "Sun 21–24": 2,
        "Wed 00–03": 1,
        "missing": 1,
    }


def test_groups_of_moments_are_times_of_day() -> None:
    bins = fitted(Kind.TIMESTAMP, [None], pa.timestamp("us", "UTC"))
    assert bins.group_labels()[:2] == ["00–03", "03–06"]
    assert [len(group) for group in bins.groups()] == [*([7] * 8), 1]


def test_text_counts_by_its_length() -> None:
    bins = fitted(Kind.TEXT, ["käse", "brot", "", None], pa.string())
    assert bins.labels() == ["length below 0", "length 0", "length 1 to 3", "length 4", "length above 4", "missing"]
    assert bins.reference == (0, 1, 0, 2, 0, 1)
    assert bins.group_labels() == ["length 0", "length 4", "values between", "missing"]


def test_an_identifier_has_no_bins() -> None:
    with pytest.raises(NoBins, match="'Tariff' holds an identifier") as refused:
        fitted(Kind.IDENTIFIER, ["a"], pa.string())
    assert refused.value.fields == ("Tariff",)
