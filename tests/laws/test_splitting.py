"""Who is drawn for the challenger: always the same, as many as the share says, and nobody back as it grows."""

import math
import os
import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.serving.split import Split, Stage

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SHARES = st.floats(0.01, 0.99)
KEYS = st.lists(st.text(min_size=1, max_size=9), min_size=1, max_size=30)


@given(KEYS, SHARES, st.text(min_size=1, max_size=9))
def test_one_caller_is_answered_by_one_model_in_whatever_company(
    keys: list[str], share: float, deployment: str
) -> None:
    split = Split(share)
    together = split.drawn(keys, deployment=deployment, moment=NOW)
    assert together == [split.drawn([key], deployment=deployment, moment=NOW)[0] for key in keys]


@given(KEYS, st.tuples(SHARES, SHARES, SHARES).map(sorted), st.lists(st.integers(0, 9_000), min_size=2, max_size=5))
def test_who_is_drawn_once_stays_drawn_while_the_ramp_goes_on(
    keys: list[str], shares: list[float], seconds: list[int]
) -> None:
    split = Split(shares[0], ramp=(Stage(3_600, shares[1]), Stage(7_200, shares[2])), begun=NOW)
    moments = [datetime.fromtimestamp(NOW.timestamp() + after, UTC) for after in sorted(seconds)]
    drawn = [split.drawn(keys, deployment="d", moment=moment) for moment in moments]
    for earlier, later in pairwise(drawn):
        assert all(after for before, after in zip(earlier, later, strict=True) if before)


@given(SHARES, st.text(min_size=1, max_size=9))
def test_as_many_are_drawn_as_the_share_says(share: float, deployment: str) -> None:
    drawn = Split(share).drawn([str(number) for number in range(4_000)], deployment=deployment, moment=NOW)
    assert abs(sum(drawn) - 4_000 * share) < 6 * math.sqrt(4_000 * share * (1 - share)) + 1


def test_another_deployment_draws_others() -> None:
    keys = [str(number) for number in range(4_000)]
    one, other = (Split(0.5).drawn(keys, deployment=name, moment=NOW) for name in ("d1", "d2"))
    assert abs(sum(a and b for a, b in zip(one, other, strict=True)) - 1_000) < 170


def test_a_process_that_begins_draws_as_the_one_before_did() -> None:
    code = (
        "from datetime import UTC, datetime; from watchkeeper.serving.split import Split;"
        "print(Split(0.5).drawn([str(n) for n in range(64)], deployment='d1', moment=datetime.now(UTC)))"
    )
    told = set()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=env)
        told.add(ran.stdout.strip())
    here = Split(0.5).drawn([str(number) for number in range(64)], deployment="d1", moment=NOW)
    assert told == {str(here)}
