"""What each learner can learn, whatever it is."""

import math
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.unit.learning.conftest import Columns, Workshop, hours, microseconds, signal, two_classes
from watchkeeper.learning.learners import LEARNERS
from watchkeeper.learning.model import LoadedModel
from watchkeeper.tables.column import Kind

each_learner = pytest.mark.parametrize("learner", LEARNERS)


def answered(model: LoadedModel, **columns: list[Any]) -> list[float]:
    rows = len(next(iter(columns.values())))
    return model.answer(columns, [0] * rows).outputs


@each_learner
def test_it_finds_what_the_target_hangs_on(workshop: Workshop, learner: str) -> None:
    card, _ = workshop.fit(signal(), learner)
    assert card["metrics"]["r2"] > 0.85
    shares = card["importances"]
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["x"] > shares["level"] > shares["noise"]


@each_learner
def test_it_finds_a_probability_and_names_the_class(workshop: Workshop, learner: str) -> None:
    card, model = workshop.fit(two_classes(), learner)
    low, high = (np.array(answered(model, x=np.linspace(*ends, 40).tolist())) for ends in ((0.05, 0.45), (0.55, 0.95)))
    assert (low.mean(), high.mean()) == pytest.approx((0.1, 0.9), abs=0.1)
    assert 0.0 <= low.min() <= high.max() <= 1.0
    assert model.answer({"x": [0.1, 0.9]}, [0, 0]).values == ["no", "yes"]
    first, second = answered(model, x=[0.1, 0.9])
    assert model.deciding_at(first).answer({"x": [0.1, 0.9]}, [0, 0]).values == ["yes", "yes"]
    assert model.deciding_at(math.nextafter(second, 2.0)).answer({"x": [0.1, 0.9]}, [0, 0]).values == ["no", "no"]
    assert 0.8 < card["metrics"]["accuracy"] < 1.0


@each_learner
def test_it_finds_the_hour_of_the_day_on_local_clocks(workshop: Workshop, learner: str) -> None:
    """High from nine to five in Melbourne, whose summer time ends on the way."""
    moments = hours(24 * 120)
    busy = [9 <= moment.astimezone(ZoneInfo("Australia/Melbourne")).hour < 17 for moment in moments]
    columns: Columns = {
        "at": (Kind.TIMESTAMP, moments),
        "y": (Kind.NUMERIC, [10.0 if each else 1.0 for each in busy]),
    }
    card, model = workshop.fit(columns, learner, time="at", zone="Australia/Melbourne")
    assert card["importances"] == {"at": 1.0}
    assert model.answer({}, microseconds(moments)).outputs == pytest.approx(
        [10.0 if each else 1.0 for each in busy], abs=3.0
    )


@each_learner
def test_missing_and_new_values_are_answered_sanely(workshop: Workshop, learner: str) -> None:
    _, model = workshop.fit(signal(), learner)
    assert answered(model, level=["a"], x=[None], flag=[False])[0] == pytest.approx(90.0, abs=4.0)
    strange = answered(model, level=["new"], x=[1e300], flag=[None])
    assert all(math.isfinite(each) for each in [*strange, *answered(model, noise=[None])])


@each_learner
def test_a_large_target_keeps_its_digits(workshop: Workshop, learner: str) -> None:
    """float32 counts in steps of 64 there."""
    x = np.linspace(0, 1, 400)
    columns: Columns = {"x": (Kind.NUMERIC, x.tolist()), "y": (Kind.NUMERIC, (1e9 + x).tolist())}
    card, model = workshop.fit(columns, learner)
    assert card["runtime"]["largest_difference"] < 1e-4
    assert answered(model, x=[0.1, 0.9]) == pytest.approx([1e9 + 0.1, 1e9 + 0.9], abs=0.1)


@each_learner
def test_a_large_input_keeps_its_digits(workshop: Workshop, learner: str) -> None:
    x = 1.6e9 + np.arange(400)
    columns: Columns = {
        "x": (Kind.INTEGER, x.astype(int).tolist()),
        "y": (Kind.NUMERIC, [float(number % 400 < 200) for number in range(400)]),
    }
    _, model = workshop.fit(columns, learner, task="regression")
    low, high = answered(model, x=[1.6e9 + 300, 1.6e9 + 100])
    assert low < 0.35
    assert high > 0.65


DEGENERATE: dict[str, Columns] = {
    "an input that is all missing": {"x": (Kind.NUMERIC, [None] * 40), "z": (Kind.CATEGORICAL, [None] * 40)},
    "a constant input": {"x": (Kind.NUMERIC, [3.0] * 40), "z": (Kind.BOOLEAN, [True] * 40)},
    "a single level": {"x": (Kind.CATEGORICAL, ["a"] * 40)},
    "as many levels as rows": {"x": (Kind.CATEGORICAL, [str(number) for number in range(40)])},
    "infinities": {"x": (Kind.NUMERIC, [math.inf, -math.inf, 1.0, None] * 10)},
    "numbers too large": {"x": (Kind.NUMERIC, [1e308, -1e308] * 20)},
    "the largest numbers": {"x": (Kind.NUMERIC, [1e99, -1e99, 0.0, 1e-99] * 10)},
    "timestamps, some missing": {"x": (Kind.TIMESTAMP, [*hours(30), *([None] * 10)])},
    "twenty rows": {"x": (Kind.NUMERIC, [float(number) for number in range(20)])},
}
TARGETS: dict[str, tuple[Kind, list[Any]]] = {
    "regression": (Kind.NUMERIC, [float(number % 7) for number in range(40)]),
    "binary": (Kind.BOOLEAN, [number % 3 == 0 for number in range(40)]),
}


@each_learner
@pytest.mark.parametrize("what", DEGENERATE)
@pytest.mark.parametrize("task", TARGETS)
def test_a_degenerate_table_has_a_sane_model(workshop: Workshop, learner: str, what: str, task: str) -> None:
    inputs, (kind, target) = DEGENERATE[what], TARGETS[task]
    rows = len(inputs["x"][1])
    columns: Columns = {**inputs, "y": (kind, target[:rows]), "at": (Kind.TIMESTAMP, hours(rows))}
    card, model = workshop.fit(columns, learner, time="at")
    outputs = model.answer({"x": [None, None]}, microseconds(hours(2))).outputs
    low, high = (0.0, 1.0) if task == "binary" else (-7.0, 14.0)
    assert all(low <= each <= high for each in outputs)
    assert card["rows"]["fitted"] + card["reference"]["rows"] == rows


@each_learner
def test_a_spent_budget_still_gives_a_model(workshop: Workshop, learner: str) -> None:
    card, model = workshop.fit(signal(), learner, seconds=0.0)
    assert math.isfinite(card["metrics"]["rmse"])
    assert 80 < answered(model, x=[0.0])[0] < 120


@each_learner
def test_fitting_twice_gives_equal_answers(workshop: Workshop, learner: str) -> None:
    """Within a budget that neither exhausts."""
    columns = signal(300)
    rows = {name: list(values) for name, (_, values) in columns.items() if name != "y"}
    first, second = (answered(workshop.fit(columns, learner, seconds=600.0)[1], **rows) for _ in range(2))
    assert first == second


@each_learner
def test_a_row_alone_is_answered_as_among_others(workshop: Workshop, learner: str) -> None:
    columns = signal(300)
    _, model = workshop.fit(columns, learner)
    rows = {name: list(values)[:40] for name, (_, values) in columns.items() if name != "y"}
    alone = [answered(model, **{name: [values[row]] for name, values in rows.items()})[0] for row in range(40)]
    assert alone == pytest.approx(answered(model, **rows), rel=1e-6)


@each_learner
def test_no_rows_have_no_answers(workshop: Workshop, learner: str) -> None:
    _, model = workshop.fit(signal(60), learner)
    assert model.answer({}, []).outputs == []
