import math

import numpy as np
import pyarrow as pa

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
    assert bins.labels() == ["below 1", "1", "2", "7", "above 7", "missing"]
    assert bins.reference == (0, 2, 1, 1, 0, 0)


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
