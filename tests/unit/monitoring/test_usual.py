"""What is usual for a feature: never less than chance, as much as the reference's own stretches differ."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from watchkeeper.monitoring.references.drifting import MEASURE, features_drift
from watchkeeper.monitoring.references.usual import LEAST_UNTIMED, Usual, times_usual
from watchkeeper.monitoring.references.watching import PREDICTION, Watched
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

DAYS, ROWS = 400, 48
ONE_FEATURE = 1.1
Numbers = npt.NDArray[np.float64]


def season() -> Numbers:
    """Of each day, between -1 and 1."""
    return np.sin(2 * np.pi * np.arange(DAYS) / 365)


def usual_of(values: Numbers, path: Path | None) -> Usual:
    """`values` are of shape (days, rows)."""
    bins = fit_bin_set(Column("x", Kind.NUMERIC), pa.array(values.ravel()))
    watch = Watched(1, (bins,), fit_bin_set(Column(PREDICTION, Kind.NUMERIC), pa.array([0.0, 1.0])))
    if path is not None:
        begin = datetime(2023, 1, 1, 12, tzinfo=UTC)
        at = [begin + timedelta(days=day) for day in range(len(values)) for _ in range(values.shape[1])]
        pq.write_table(pa.table({"x": values.ravel(), "at": pa.array(at, pa.timestamp("us", "UTC"))}), path)
    return Usual(str(path), 1, "UTC", watch, path, "at" if path is not None else None)


def times(usual: Usual, values: Numbers, *, days: int) -> float:
    """How many times the usual these rows of so many days are away."""
    (bins,) = usual.watch.features
    counts = np.concatenate([bins.count(pa.array(values.ravel())), np.zeros(usual.watch.prediction.size, dtype=int)])
    found = times_usual(features_drift(usual.watch, counts, measure=MEASURE), usual.over(days, values.size))
    return float(found[0])


def test_a_week_of_any_season_is_usual_and_one_beyond_all_seasons_is_not(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    rows = season()[:, None] + 0.3 * chance.normal(size=(DAYS, ROWS))
    usual = usual_of(rows, tmp_path / "x.parquet")
    for start in range(0, 350, 25):
        again = season()[start : start + 7, None] + 0.3 * chance.normal(size=(7, ROWS))
        assert times(usual, again, days=7) < ONE_FEATURE
    assert times(usual, 4 + chance.normal(size=(7, ROWS)), days=7) > ONE_FEATURE


def test_few_rows_are_no_drift_although_days_of_the_reference_had_many(tmp_path: Path) -> None:
    chance = np.random.default_rng(2)
    usual = usual_of(chance.normal(size=(DAYS, 500)), tmp_path / "x.parquet")
    away = [times(usual, chance.normal(size=(7, 8)), days=7) for _ in range(40)]
    assert max(away) < ONE_FEATURE + 0.1


@pytest.mark.parametrize("rows", [50, 350, 5000])
def test_without_times_chance_is_usual_and_one_standard_deviation_is_not(rows: int) -> None:
    chance = np.random.default_rng(3)
    usual = usual_of(chance.normal(size=(40, 100)), None)
    assert usual.over(7, rows)[0] >= LEAST_UNTIMED
    assert max(times(usual, chance.normal(size=(1, rows)), days=7) for _ in range(20)) < ONE_FEATURE
    assert times(usual, 1 + chance.normal(size=(1, rows)), days=7) > ONE_FEATURE


def test_a_reference_with_too_few_weeks_is_as_one_without_times(tmp_path: Path) -> None:
    chance = np.random.default_rng(4)
    usual = usual_of(chance.normal(size=(30, ROWS)), tmp_path / "x.parquet")
    assert usual.over(7, 5000)[0] == LEAST_UNTIMED
