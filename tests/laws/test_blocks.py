"""Days known by their blocks of three hours: what is counted of hours, whatever the order in which they are read."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.monitoring.compact import packed
from watchkeeper.monitoring.ports import HourSheet
from watchkeeper.monitoring.references.blocks import blocks_of
from watchkeeper.monitoring.references.watching import Watched
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

WATCH = Watched(
    1,
    (fit_bin_set(Column("size", Kind.NUMERIC), pa.array([1.0, 2.0, None] * 40)),),
    fit_bin_set(Column("prediction", Kind.NUMERIC), pa.array([1.0, 2.0] * 40)),
)
ZONES = st.sampled_from(["UTC", "Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati"])
FIRST = 488_900
"""An hour of October 2025, since 1970."""


@st.composite
def sheets(draw: st.DrawFn) -> list[HourSheet]:
    hours = draw(st.lists(st.integers(0, 400), unique=True, min_size=1, max_size=60))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    found = []
    for hour in hours:
        counts = chance.integers(0, 4, size=WATCH.size)
        found.append(HourSheet(1, "champion", FIRST + hour, int(counts[: WATCH.of_features].sum()), packed(counts)))
    return found


@given(sheets(), ZONES, st.randoms(use_true_random=False))
def test_hours_in_any_order_make_the_same_days_and_lose_no_row(hours: list[HourSheet], zone: str, turn: object) -> None:
    shuffled = list(hours)
    turn.shuffle(shuffled)  # type: ignore[attr-defined]
    first, again = (
        {each.day: (each.rows.tolist(), each.missing.tolist()) for each in blocks_of(of, watch=WATCH, zone=zone)}
        for of in (hours, shuffled)
    )
    assert first == again
    assert sum(sum(rows) for rows, _ in first.values()) == sum(hour.rows for hour in hours)
    gone = np.sum([hour.counts[WATCH.missing_places] for hour in hours], axis=0)
    assert np.sum([np.sum(missing, axis=0) for _, missing in first.values()], axis=0).tolist() == gone.tolist()
