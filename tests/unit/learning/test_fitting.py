"""The card of a model and the files it is kept in."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.learning.conftest import Columns, Workshop, hours, microseconds, signal, two_classes
from watchkeeper.learning.fitting import FitSpec, fit
from watchkeeper.learning.learners import LEARNERS
from watchkeeper.learning.scoring import metrics_of
from watchkeeper.learning.signature import Signature
from watchkeeper.tables.column import Column, Kind


def timed(rows: int = 24 * 70) -> Columns:
    """Ten weeks of hours; y follows x; some targets and times are missing."""
    chance = np.random.default_rng(5)
    x = chance.normal(size=rows)
    y, at = (3 * x + chance.normal(size=rows)).tolist(), hours(rows)
    return {
        "at": (Kind.TIMESTAMP, [None, None, *at[2:]]),
        "x": (Kind.NUMERIC, x.tolist()),
        "y": (Kind.NUMERIC, [*y[:-3], None, float("nan"), float("inf")]),
    }


def test_the_card_says_what_was_held_out(workshop: Workshop) -> None:
    card, _ = workshop.fit(timed(), "linear", time="at", zone="Australia/Melbourne")
    rows = 24 * 70 - 5
    assert card["rows"] == {
        "fitted": rows - card["reference"]["rows"],
        "held_out": rows // 5,
        "without_target": 3,
        "without_time": 2,
    }
    assert card["holdout"] == {
        "kind": "last",
        "rows": 335,
        "start": "2020-02-25T22:00:00+00:00",
        "end": "2020-03-10T20:00:00+00:00",
        "sentence": "The last fifth of the rows, from 26 Feb 2020 on, was held out.",
    }


def test_the_card_is_plain_json_and_is_kept_beside_the_model(workshop: Workshop) -> None:
    card, _ = workshop.fit(timed(), "linear", time="at")
    assert json.loads((workshop.model / "card.json").read_text()) == card
    assert card["parameters"] == {"kind": "ridge", "penalty": 1.0, "terms": 2, "columns": 1 + 15 + 110}
    assert card["runtime"] == {"name": "numpy", "largest_difference": 0.0, "rows": 10_000, "passed_over": {}}
    assert card["seconds"] > 0


def test_the_reference_holds_the_deployed_model_s_answers_on_rows_it_was_not_fitted_on(workshop: Workshop) -> None:
    columns = timed()
    card, model = workshop.fit(columns, "linear", time="at")
    kept = pq.read_table(workshop.model / "reference.parquet")
    types = [pa.float64(), pa.float64(), pa.int64(), pa.timestamp("us", "UTC")]
    assert (kept.column_names, kept.schema.types) == (["prediction", "truth", "row", "at"], types)
    assert kept["truth"].to_pylist() == [columns["y"][1][place] for place in kept["row"].to_numpy().tolist()]
    row = dict(zip(microseconds(hours(24 * 70)), zip(columns["x"][1], columns["y"][1], strict=True), strict=True))
    at: list[Any] = kept["at"].cast(pa.int64()).to_pylist()
    assert kept["truth"].to_pylist() == [row[moment][1] for moment in at]
    assert kept["prediction"].to_pylist() == model.answer({"x": [row[moment][0] for moment in at]}, at).outputs
    truth, prediction = kept["truth"].to_numpy(), kept["prediction"].to_numpy()
    assert card["reference"] == {"rows": len(at), "metrics": metrics_of(truth, prediction, task="regression")}
    assert at[-1] - at[0] == (7 * 24 - 1) * 3_600_000_000


def test_without_a_time_one_fifth_serves_scores_and_reference(workshop: Workshop) -> None:
    card, _ = workshop.fit(signal(), "linear")
    kept = pq.read_table(workshop.model / "reference.parquet")
    assert kept.column_names == ["prediction", "truth", "row", "input.flag", "input.level"]
    assert kept["truth"].to_pylist() == [signal()["y"][1][place] for place in kept["row"].to_numpy().tolist()]
    assert card["rows"]["held_out"] == kept.num_rows == card["reference"]["rows"] == 120
    assert card["metrics"] == card["reference"]["metrics"]
    assert card["holdout"]["sentence"] == "One row in five, drawn by chance, was held out."


def test_the_signature_says_what_was_learned_from(workshop: Workshop) -> None:
    rows = 60
    columns: Columns = {
        "x": (Kind.NUMERIC, [None, *map(float, range(rows - 1))]),
        "n": (Kind.INTEGER, [4] * rows),
        "level": (Kind.CATEGORICAL, ["b"] * 30 + ["a"] * 15 + ["c"] * 15),
        "when": (Kind.TIMESTAMP, hours(rows)),
        "y": (Kind.BOOLEAN, [True, False, False] * 20),
    }
    card, model = workshop.fit(columns, "linear")
    signature = card["signature"]
    assert signature == model.signature.to_json()
    assert Signature.from_json(signature) == model.signature
    assert (signature["task"], signature["labels"], signature["time"]) == ("binary", ["false", "true"], None)
    x, n, level, when = signature["inputs"]
    assert (x["kind"], x["nullable"], x["levels"]) == ("numeric", True, None)
    assert 0 <= x["low"] < 10
    assert 48 < x["high"] <= 58
    assert n == {"name": "n", "kind": "integer", "levels": None, "low": 4.0, "high": 4.0, "nullable": False}
    assert level["levels"][0] == "b"
    assert sorted(level["levels"]) == ["a", "b", "c"]
    assert (when["low"], when["high"], when["levels"]) == (None, None, None)


def test_truths_of_classes_are_ones_for_the_positive_one(workshop: Workshop) -> None:
    card, _ = workshop.fit(two_classes(), "linear")
    kept = pq.read_table(workshop.model / "reference.parquet")
    assert set(kept["truth"].to_pylist()) == {0.0, 1.0}
    assert card["signature"]["labels"] == ["no", "yes"]
    assert set(card["metrics"]) == {"auc", "log_loss", "accuracy", "precision", "recall", "brier"}


def test_a_new_model_takes_the_place_of_what_was_left_there(workshop: Workshop) -> None:
    left = workshop.directory / "model.partial"
    for directory in (left, workshop.model):
        directory.mkdir()
        (directory / "leftover").write_text("of a crash")
    workshop.fit(signal(60), "linear")
    assert {each.name for each in workshop.model.iterdir()} == {
        "model.json",
        "card.json",
        "reference.parquet",
        "errors.json",
        "checked.npz",
    }
    assert not left.exists()


def test_a_failed_fit_leaves_what_was_there(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.fit(signal(60), "linear")
    before = (workshop.model / "card.json").read_bytes()

    def failing(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    # A full disk cannot be had in a test.
    monkeypatch.setattr("watchkeeper.learning.fitting.save", failing)
    with pytest.raises(OSError, match="no space"):
        workshop.fit(signal(60), "linear")
    assert (workshop.model / "card.json").read_bytes() == before
    assert not (workshop.directory / "model.partial").exists()


def test_a_specification_travels_as_json() -> None:
    spec = FitSpec("y", "at", "UTC", "binary", (Column("x", Kind.NUMERIC),), "linear", seed=3, budget_seconds=1.5)
    assert FitSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


def test_progress_rises_from_nothing_to_all(workshop: Workshop, tmp_path: Path) -> None:
    planned = workshop.plan(timed(), time="at")
    spec = FitSpec("y", "at", "UTC", planned.task, planned.inputs, "linear", seed=3, budget_seconds=5)
    said: list[tuple[float, str]] = []
    data = workshop.directory / "table.parquet"
    fit(data, spec, tmp_path / "m", threads=1, progress=lambda share, message: said.append((share, message)))
    shares = [share for share, _ in said]
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert shares == sorted(shares)
    assert "fitting, to be deployed" in [message for _, message in said]


def test_every_learner_is_registered_under_its_name() -> None:
    assert {name: learner.name for name, learner in LEARNERS.items()} == {name: name for name in LEARNERS}
