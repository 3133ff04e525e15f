"""Coded rows merge in any order, count once, and come back from what is kept as they were."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.multivariate.coded_rows import ABSENT, CodedRows

SIZE = 20
HASHES = st.lists(st.integers(0, 2**63 - 1), max_size=60)


def coded(hashes: list[int]) -> CodedRows:
    """What a row holds follows from its hash, as it does from its id."""
    numbers = np.unique(np.array(hashes, dtype=np.int64))
    codes = np.stack([numbers % 50, numbers % 3_000], axis=1).astype(np.uint16)
    return CodedRows(numbers, numbers % 192, codes)


def same(one: CodedRows, other: CodedRows) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("hashes", "strata", "codes"))


@given(first=HASHES, second=HASHES, third=HASHES)
def test_merging_is_the_same_in_any_order_and_as_of_all_at_once(
    first: list[int], second: list[int], third: list[int]
) -> None:
    a, b, c = coded(first), coded(second), coded(third)
    one_way = a.merged(b, size=SIZE).merged(c, size=SIZE)
    other_way = c.merged(a, size=SIZE).merged(b, size=SIZE)
    at_once = coded([*first, *second, *third])
    assert same(one_way, other_way)
    assert one_way.hashes.tolist() == at_once.hashes.tolist()[:SIZE]
    assert same(one_way.merged(one_way, size=SIZE), one_way)


@given(hashes=HASHES)
def test_what_is_kept_comes_back(hashes: list[int]) -> None:
    rows = coded(hashes)
    assert same(CodedRows.unpacked(rows.packed()), rows)


@given(hashes=HASHES, gone=HASHES)
def test_what_is_taken_out_is_out_and_the_rest_stays(hashes: list[int], gone: list[int]) -> None:
    left = coded([*hashes, *gone]).without(set(gone))
    assert left.hashes.tolist() == sorted({*hashes} - {*gone})


@given(hashes=HASHES)
def test_a_hidden_column_says_nothing(hashes: list[int]) -> None:
    rows = coded(hashes).hiding([1])
    assert (rows.codes[:, 1] == ABSENT).all()
    assert np.array_equal(rows.codes[:, 0], coded(hashes).codes[:, 0])
