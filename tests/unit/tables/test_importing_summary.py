import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.tables.conftest import Bring
from watchkeeper.tables.importing import import_table
from watchkeeper.tables.measures import Measures
from watchkeeper.tables.pacing import Pace
from watchkeeper.tables.tallying import DistinctNumbers, Tally


def only(bring: Bring, values: list[str]) -> dict[str, Any]:
    summary = bring("x,y\n" + "".join(f"{value},0\n" for value in values)).summary
    json.dumps(summary, allow_nan=False)
    return summary[0]


def test_numbers_are_told_by_their_figures(bring: Bring) -> None:
    found = only(bring, ["1.5", "2.5", "NA", "6.5", "6.5"])
    assert {key: found[key] for key in ("name", "kind", "rows", "missing", "distinct", "distinct_exact")} == {
        "name": "x",
        "kind": "numeric",
        "rows": 5,
        "missing": 1,
        "distinct": 3,
        "distinct_exact": True,
    }
    assert (found["min"], found["max"], found["mean"]) == (1.5, 6.5, 4.25)
    assert found["deviation"] == pytest.approx(np.std([1.5, 2.5, 6.5, 6.5], ddof=1))
    assert found["histogram"]["edges"] == pytest.approx(np.linspace(1.5, 6.5, 21))
    assert found["histogram"]["counts"] == [1, 0, 0, 0, 1, *([0] * 14), 2]
    assert found["profile"] == {"labels": ["1.5", "2.5", "6.5", "missing"], "counts": [1, 1, 2, 1]}


def test_a_few_whole_numbers_have_a_bin_each(bring: Bring) -> None:
    found = only(bring, ["1", "3", "3"])
    assert found["histogram"] == {"edges": [0.5, 1.5, 2.5, 3.5], "counts": [1, 0, 2]}
    assert (found["min"], found["max"]) == (1, 3)


def test_infinities_are_counted_and_never_told(bring: Bring) -> None:
    found = only(bring, ["inf", "1.5", "-inf"])
    assert (found["min"], found["max"], found["mean"], found["deviation"]) == (1.5, 1.5, 1.5, None)
    assert sum(found["histogram"]["counts"]) == 1
    assert (found["distinct"], found["missing"]) == (3, 0)


def test_figures_of_the_widest_range_are_safe_to_say(bring: Bring) -> None:
    found = only(bring, ["1.7e308", "-1.7e308", "1.7e308"])
    assert sum(found["histogram"]["counts"]) == 3
    assert found["deviation"] is None


def test_a_column_with_nothing_in_it_is_told_too(bring: Bring) -> None:
    found = only(bring, ["", "", "NA"])
    assert (found["kind"], found["missing"], found["distinct"], found["min"], found["mean"]) == (
        "numeric",
        3,
        0,
        None,
        None,
    )
    assert found["histogram"] == {"edges": [], "counts": []}


def test_moments_are_told_from_first_to_last_in_utc(bring: Bring) -> None:
    found = only(bring, ["2012-01-01T00:00:00+1100", "2014-12-31T12:30:00.25Z"])
    assert (found["min"], found["max"]) == ("2011-12-31T13:00:00Z", "2014-12-31T12:30:00.250000Z")
    assert sum(found["profile"]["counts"]) == 2


def test_levels_are_told_most_frequent_first_and_ten_at_most(bring: Bring) -> None:
    found = only(bring, [f"level {row % 12}" for row in range(100)] + ["level 11"] * 20)
    assert found["levels"][0] == {"level": "level 11", "count": 28}
    assert len(found["levels"]) == 10
    assert (found["kind"], found["distinct"]) == ("categorical", 12)


def test_a_profile_of_many_levels_is_a_dozen_groups(bring: Bring) -> None:
    found = only(bring, [f"level {row % 40}" for row in range(400)] + ["level 3"] * 20)
    assert found["profile"]["labels"][0] == "level 3"
    assert found["profile"]["labels"][-3:] == ["other", "new", "missing"]
    assert len(found["profile"]["labels"]) == 12
    assert sum(found["profile"]["counts"]) == 420


def test_truth_values_are_told_by_how_often(bring: Bring) -> None:
    found = only(bring, ["True", "False", "False", ""])
    assert found["levels"] == [{"level": "false", "count": 2}, {"level": "true", "count": 1}]
    assert found["profile"]["counts"] == [2, 1, 1]


def test_identifiers_list_no_levels_and_have_no_profile(bring: Bring) -> None:
    found = only(bring, [f"a-{row}" for row in range(30)])
    assert (found["kind"], found["levels"], found["distinct"]) == ("identifier", [], 30)
    assert "profile" not in found


def test_free_text_that_repeats_lists_what_repeats(bring: Bring) -> None:
    found = only(bring, [f"a remark about {row}" for row in range(90)] + ["nothing to say"] * 9)
    assert found["kind"] == "text"
    assert found["levels"][0] == {"level": "nothing to say", "count": 9}


def test_long_texts_are_told_apart_and_shown_short(bring: Bring) -> None:
    long = "word " * 200
    found = only(bring, [long + "a", long + "b", long + "b"])
    assert found["distinct"] == 2
    assert found["levels"] == [{"level": long[:200], "count": 2}, {"level": long[:200], "count": 1}]


def test_beyond_the_bound_distinct_values_are_more_than_it() -> None:
    tally, numbers = Tally(most=100), DistinctNumbers(most=100)
    tally.add(pa.array([f"v{row}" for row in range(1_000)]))
    numbers.add(np.arange(60))
    numbers.add(np.arange(30, 101))
    assert (tally.exact, tally.distinct, tally.commonest(10)) == (False, 100, [])
    assert (numbers.exact, numbers.distinct) == (False, 100)


def test_the_sample_of_a_tally_tells_whether_values_repeat() -> None:
    once, some, twice = Tally(most=200), Tally(most=200), Tally(most=200)
    texts = [f"v{row}" for row in range(20_000)]
    once.add(pa.array(texts))
    for tally in (some, twice):
        tally.add(pa.array(texts))
        tally.add(pa.array(texts if tally is twice else texts[:4_000]))
    assert once.all_distinct
    assert twice.share_distinct == 0.5
    assert some.share_distinct == pytest.approx(20 / 24, abs=0.05)


def test_a_large_mean_costs_the_deviation_no_digits() -> None:
    numbers = np.random.default_rng(1).normal(1e9, 1e-3, 3_000)
    measures = Measures()
    for part in np.array_split(numbers, 7):
        measures.add(part)
    assert measures.mean == pytest.approx(numbers.mean(), rel=1e-15)
    assert measures.deviation == pytest.approx(numbers.std(ddof=1), rel=1e-5)


def test_a_profile_of_more_rows_than_are_sampled_counts_them_all(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is lowered, since two million rows take seconds."""
    monkeypatch.setattr("watchkeeper.tables.profiling.MOST_ROWS", 100)
    found = only(bring, [str(row) for row in range(1_001)])
    assert sum(found["profile"]["counts"]) == 1_001
    assert max(found["profile"]["counts"]) < 150


def test_a_column_too_large_to_hold_is_summarised_alike(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is lowered, since a column above it takes seconds to write."""
    lines = [f"{row * 0.5}" for row in range(2_000)]
    held = only(bring, lines)
    monkeypatch.setattr("watchkeeper.tables.summary.HELD", 0)
    assert only(bring, lines) == held


def test_progress_is_told_in_order_and_not_too_often() -> None:
    told: list[float] = []
    ticks = iter(range(1_000))
    pace = Pace(told.append, seconds=lambda: next(ticks) / 10)
    for tell in (pace.part(0.0, 0.5), pace.part(0.5, 1.0)):
        for share in range(10):
            tell(share / 10)
    assert told == sorted(told)
    assert len(told) == 6
    assert 0 < told[0] <= told[-1] <= 1


def test_an_import_tells_its_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a pause between tellings, or so short an import would tell nothing."""
    monkeypatch.setattr("watchkeeper.tables.pacing.APART", 0.0)
    told: list[float] = []
    (tmp_path / "sent").write_text("x,y\n1,2\n")
    import_table(tmp_path / "sent", tmp_path / "kept.parquet", name="x.csv", progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
