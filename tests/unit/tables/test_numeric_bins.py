import json
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from watchkeeper.tables.bins import BinSet, fit_bin_set
from watchkeeper.tables.column import Column, Kind

NUMBER = Column("Demand", Kind.NUMERIC)


def fitted(values: list[float | None], kind: Kind = Kind.NUMERIC) -> BinSet:
    return fit_bin_set(Column("Demand", kind), pa.array(values, pa.float64()))


def counted(bins: BinSet, values: list[float | None]) -> dict[str, int]:
    counts = bins.count(pa.array(values, pa.float64())).tolist()
    return {label: count for label, count in zip(bins.labels(), counts, strict=True) if count}


def test_each_of_a_few_values_has_a_bin_of_its_own() -> None:
    bins = fitted([1, 1, 2, 7])
    assert bins.labels() == ["below 1", "1", "2", "3 to 6", "7", "above 7", "missing"]
    assert bins.reference == (0, 2, 1, 0, 1, 0, 0)
    halves = fitted([0.5, 0.5, 7])
    assert halves.labels() == ["below 0.5", "0.5", "7", "above 7", "missing"]


def test_each_of_a_few_values_is_a_group_and_what_lies_between_them_another() -> None:
    bins = fitted([float(value) for value in [*range(0, 40, 2), 38] for _ in range(10)], Kind.INTEGER)
    labels = dict(zip(bins.group_labels(), bins.groups(), strict=True))
    assert [labels[label] for label in ("0", "2", "38")] == [[0, 1], [3], [39, 40]]
    assert labels["values between"] == list(range(2, 39, 2))
    assert counted(bins, [3, 5, 6]) == {"3": 1, "5": 1, "6": 1}
    assert len(labels) == 20 + 2


def test_rare_ones_of_a_few_values_are_a_group_with_their_neighbours() -> None:
    bins = fitted([float(value) for value in [1] * 500 + [2, 4] + [5] * 500])
    assert bins.group_labels() == ["1", "2 to 4", "5", "values between", "missing"]


def test_bins_kept_before_what_lies_between_had_its_own_count_as_they_did() -> None:
    layout = {"edges": [math.nextafter(1, 0), 1.0, 7.0], "discrete": True, "whole": True}
    column = {"name": "Demand", "kind": "integer"}
    bins = BinSet.from_json({"column": column, "layout": layout, "reference": [0, 2, 1, 0, 0]})
    assert bins.labels() == ["below 1", "1", "7", "above 7", "missing"]
    assert bins.group_labels() == ["1", "7", "missing"]
    assert bins.count(pa.array([1, 3, 7, 8])).tolist() == [0, 1, 2, 1, 0]


@pytest.mark.parametrize("start", [1_700_000_000_000_000_000, 2**63 - 9, -(2**63)])
def test_whole_numbers_that_floats_do_not_hold_are_told_apart(start: int) -> None:
    few = pa.array([start, start + 1, start + 1, start + 4], pa.int64())
    bins = fit_bin_set(Column("Demand", Kind.INTEGER), few)
    assert bins.reference == (0, 1, 2, 0, 1, 0, 0)
    assert bins.labels()[1:5] == [str(start), str(start + 1), f"{start + 2} to {start + 3}", str(start + 4)]
    assert bins.places(few).tolist() == [1, 2, 2, 4]
    assert bins.count(pa.array([start + 2, 5], pa.int64())).sum() == 2
    kept = BinSet.from_json(json.loads(json.dumps(bins.to_json())))
    assert kept.count(few).tolist() == list(bins.reference)
    many = pa.array(np.arange(1_000) + min(start, 2**63 - 1_000))
    assert fit_bin_set(Column("Demand", Kind.INTEGER), many).reference == (0, *([20] * 50), 0, 0)


def test_whole_numbers_are_held_against_ones_of_another_type() -> None:
    large = pa.array([2**63 + 1, 2**63 + 2], pa.uint64())
    bins = fit_bin_set(Column("Demand", Kind.INTEGER), large)
    assert bins.reference == (0, 1, 1, 0, 0)
    assert bins.count(pa.array([-5, 7], pa.int64())).tolist() == [2, 0, 0, 0, 0]
    assert bins.places(pa.array([-5, None], pa.int64())).tolist() == [0, 4]
    small = fit_bin_set(Column("Demand", Kind.INTEGER), pa.array([-(2**63), 3], pa.int64()))
    assert small.count(large).tolist() == [0, 0, 0, 0, 2, 0]
    assert small.places(pa.array([3, 4], pa.uint64())).tolist() == [3, 4]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (pa.array([30, 90], pa.duration("s")), ["30 s", "31 s to 89 s", "90 s"]),
        (pa.array([30_000, 90_000], pa.duration("ms")), ["30 s", "31 s to 89 s", "90 s"]),
        (pa.array([27_000, 43_215], pa.time32("s")), ["07:30", "07:30:01 to 12:00:14", "12:00:15"]),
        (pa.array([1_500_000, 2_000_000], pa.time64("us")), ["00:00:01.5", "00:00:02"]),
    ],
)
def test_durations_and_times_of_day_count_in_one_unit_and_are_written_with_it(
    values: "pa.Array[Any]", labels: list[str]
) -> None:
    bins = fit_bin_set(Column("Demand", Kind.NUMERIC), values)
    assert bins.labels()[1:-2] == labels
    assert BinSet.from_json(json.loads(json.dumps(bins.to_json()))) == bins


def test_a_value_on_an_edge_belongs_to_the_bin_that_ends_there() -> None:
    bins = fitted([1, 2, 3])
    assert counted(bins, [1, 2, 3]) == {"1": 1, "2": 1, "3": 1}
    assert counted(bins, [math.nextafter(1, 0), math.nextafter(3, 4)]) == {"below 1": 1, "above 3": 1}


def test_nan_infinities_and_nulls_are_missing() -> None:
    bins = fitted([1, 2])
    assert counted(bins, [math.nan, math.inf, -math.inf, None, 2]) == {"2": 1, "missing": 4}


def test_many_values_fall_into_fifty_bins_of_equal_mass() -> None:
    bins = fit_bin_set(NUMBER, pa.array(np.arange(10_000, dtype=np.float64)))
    assert bins.reference == (0, *([200] * 50), 0, 0)


def test_a_common_value_keeps_its_own_bin_among_many() -> None:
    values = np.concatenate([np.zeros(400), np.linspace(-1, 1, 9_600)])
    bins = fit_bin_set(NUMBER, pa.array(values))
    assert counted(bins, [0.0, 0.0]) == {"0": 2}
    assert bins.reference[bins.labels().index("0")] == 400


def test_groups_are_ten_of_equal_mass_with_the_outside_in_the_end_ones() -> None:
    bins = fit_bin_set(NUMBER, pa.array(np.arange(10_000, dtype=np.float64)))
    groups = bins.groups()
    assert [sum(bins.reference[place] for place in group) for group in groups] == [*([1_000] * 10), 0]
    assert (groups[0][0], groups[9][-1], groups[10]) == (0, 51, [52])
    assert bins.edges_of_groups() == [0.0, *(1000.0 * k - 1 for k in range(1, 11))]


def test_a_heavy_value_stands_alone_among_the_groups() -> None:
    values = np.concatenate([np.zeros(3_000), np.linspace(-1, 1, 7_000)])
    bins = fit_bin_set(NUMBER, pa.array(values))
    alone = bins.groups()[bins.group_labels().index("0")]
    assert [bins.reference[place] for place in alone] == [3_000]


def test_groups_are_worded_in_the_column_s_own_numbers() -> None:
    whole = fit_bin_set(Column("Age", Kind.INTEGER), pa.array(np.arange(100)))
    assert whole.group_labels()[:3] == ["up to 9", "10 to 19", "20 to 29"]
    assert whole.group_labels()[-2:] == ["90 and over", "missing"]
    assert fitted([0, 1]).group_labels() == ["0", "1", "missing"]


def test_what_varies_about_a_constant_is_seen_in_its_groups() -> None:
    bins = fitted([5, 5, 5])
    assert bins.group_labels() == ["below 5", "5", "above 5", "missing"]
    assert bins.edges_of_groups() is None


def test_a_column_without_a_number_has_one_bin_for_any() -> None:
    for nothing in ([], [None, None], [math.nan]):
        bins = fitted(list(nothing))
        assert bins.labels() == ["any value", "missing"]
        assert bins.reference == (0, len(nothing))
        assert counted(bins, [4.0]) == {"any value": 1}


def test_integers_and_chunks_are_counted_like_their_values() -> None:
    bins = fitted([1, 2, 3], Kind.INTEGER)
    assert bins.count(pa.chunked_array([[1, 2], [3, None]], pa.int64())).tolist() == [0, 1, 1, 1, 0, 1]
