"""What holds for clocks, splits and saved effects, whatever the rows."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.learning.additive.curve import CurveTerm
from watchkeeper.learning.additive.effects import effect_from_json
from watchkeeper.learning.additive.season import SeasonTerm
from watchkeeper.learning.additive.table import TableTerm
from watchkeeper.learning.additive.term import Term
from watchkeeper.learning.arrays import Rows
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.local_time import calendar, zone
from watchkeeper.learning.narrowing import Narrow
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.learning.splitting import hold_out, reference_blocks
from watchkeeper.tables.column import Kind

unhurried = settings(deadline=None)
"""A busy machine is no failure."""
ZONES = ("UTC", "Australia/Melbourne", "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca", "Pacific/Apia")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS = st.integers(-2_000_000_000, 7_000_000_000)
ENCODER = Encoder(
    Signature("regression", "y", "at", "Europe/Paris", None, (Input("x", Kind.NUMERIC), Input("t", Kind.TIMESTAMP)))
)
VALUE = st.none() | st.floats(-1e6, 1e6)


@pytest.mark.parametrize("name", ZONES)
@unhurried
@given(seconds=st.lists(SECONDS, min_size=1, max_size=20))
def test_local_time_is_that_of_the_time_zone_database(name: str, seconds: list[int]) -> None:
    found = calendar(zone(name).local(np.array(seconds) * 1_000_000)).T.tolist()
    local = [(EPOCH + timedelta(seconds=each)).astimezone(ZoneInfo(name)) for each in seconds]
    assert found == [
        [2 * each.hour + each.minute // 30, each.weekday(), each.timetuple().tm_yday, each.month] for each in local
    ]


@unhurried
@given(
    at=st.lists(st.integers(0, 10**14), min_size=20, max_size=200),
    binary=st.booleans(),
    seed=st.integers(0, 100),
)
def test_each_row_is_either_fitted_on_or_held_out(at: list[int], *, binary: bool, seed: int) -> None:
    chance = np.random.default_rng(seed)
    moments, rows = np.array(at, dtype=np.int64), len(at)
    truth = (np.arange(rows) % 2).astype(float) if binary else chance.normal(size=rows)
    task = "binary" if binary else "regression"
    for split in (
        hold_out(truth, moments, task=task, seed=seed),
        hold_out(truth, None, task=task, seed=seed),
        reference_blocks(truth, moments, task=task, seed=seed),
    ):
        assert sorted([*split.fitted.tolist(), *split.held.tolist()]) == list(range(rows))
        assert split.held.size > 0
        assert split.fitted.size * 2 >= rows


@unhurried
@given(values=st.lists(VALUE, min_size=1, max_size=60), data=st.data())
def test_an_effect_is_the_weighted_sum_of_its_term_s_columns_even_when_saved(
    values: list[float | None], data: st.DataObject
) -> None:
    at = data.draw(st.lists(st.integers(0, 2 * 10**15), min_size=len(values), max_size=len(values)))
    rows = ENCODER.journal({"x": values, "t": [None if each % 3 else each for each in at]}, at)
    levels = Rows(np.where(np.isnan(rows.values), np.nan, np.abs(rows.values) % 7 // 1), rows.at)
    chance = np.random.default_rng(data.draw(st.integers(0, 1000)))
    terms: list[tuple[Term, Rows]] = [
        (CurveTerm.fit(rows, 0), rows),
        (SeasonTerm(None), rows),
        (SeasonTerm(1), rows),
        (TableTerm.fit(0, 3), levels),
    ]
    for term, inputs in terms:
        design, weights = np.zeros((len(rows), term.width)), chance.normal(size=term.width)
        term.fill(design, inputs, ENCODER)
        saved = effect_from_json(json.loads(json.dumps(term.weighted(weights).to_json())))
        np.testing.assert_allclose(saved.of(inputs, ENCODER), design @ weights, rtol=1e-6, atol=1e-6)


@unhurried
@given(values=st.lists(st.none() | st.floats(-1e100, 1e100), min_size=1, max_size=40))
def test_a_narrowed_feature_keeps_its_order_and_tells_missing_from_all_others(values: list[float | None]) -> None:
    features = np.array(values, dtype=np.float64)[:, None]
    narrow = Narrow.fit(features, np.zeros(len(values)), [])
    found = Narrow.from_json(json.loads(json.dumps(narrow.to_json())))(features)[:, 0]
    known = ~np.isnan(features[:, 0])
    assert np.isfinite(found).all()
    assert (np.diff(found[known][np.argsort(features[known, 0])]) >= 0).all()
    assert known.all() or not known.any() or found[~known].max() < found[known].min()
