"""Chance that is drawn by hash: the same everywhere, and as often as its share says."""

import math
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.serving.sampling import owed_rows, points

SHARES = st.floats(0.01, 0.99)


@given(st.lists(st.text(max_size=20), max_size=20), st.text(min_size=1, max_size=8))
def test_a_point_depends_on_nothing_but_deployment_draw_and_key(keys: list[str], deployment: str) -> None:
    together = points(keys, deployment=deployment, draw="shadow")
    assert together == [points([key], deployment=deployment, draw="shadow")[0] for key in keys]
    assert all(0 <= each < 1 for each in together)


def test_another_process_draws_the_same() -> None:
    code = "from watchkeeper.serving.sampling import points; print(points(['a', 'ü'], deployment='d1', draw='split'))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert told.strip() == str(points(["a", "ü"], deployment="d1", draw="split"))


@given(SHARES, st.text(min_size=1, max_size=8))
def test_as_many_are_drawn_as_the_share_says(share: float, deployment: str) -> None:
    ids = [str(number) for number in range(4_000)]
    _, rows = owed_rows(ids, "m2", deployment=deployment, shadow=share)
    assert rows is not None
    assert abs(len(rows) - 4_000 * share) < 6 * math.sqrt(4_000 * share * (1 - share)) + 1


@given(st.text(min_size=1, max_size=8))
def test_what_is_drawn_for_one_end_says_nothing_of_another(deployment: str) -> None:
    ids = [str(number) for number in range(4_000)]
    first, second = (points(ids, deployment=deployment, draw=draw) for draw in ("shadow", "split"))
    both = sum(a < 0.5 and b < 0.5 for a, b in zip(first, second, strict=True))
    assert abs(both - 1_000) < 6 * math.sqrt(4_000 * 0.25 * 0.75)


@given(st.lists(st.text(max_size=9), min_size=1, max_size=30, unique=True), SHARES, SHARES)
def test_a_larger_share_draws_all_that_a_smaller_one_does(ids: list[str], one: float, other: float) -> None:
    drawn = [owed_rows(ids, "m2", deployment="d", shadow=share) for share in sorted((one, other))]
    few, many = (set(range(len(ids))) if model and rows is None else set(rows or ()) for model, rows in drawn)
    assert few <= many


def test_nothing_is_owed_where_nothing_is_drawn_and_everything_without_a_sample() -> None:
    assert owed_rows(["a"], "m2", deployment="d", shadow=1e-12) == (None, None)
    assert owed_rows(["a"], "m2", deployment="d", shadow=1.0) == ("m2", None)
    assert owed_rows(["a"], None, deployment="d", shadow=0.5) == (None, None)
