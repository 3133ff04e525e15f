"""Intervals hold as often as they say."""

from typing import Any

import numpy as np
import pytest

from tests.unit.learning.conftest import Columns, Workshop, hours, microseconds, signal, two_classes
from watchkeeper.learning.errors import LevelRefused, NoIntervals, TooFewErrors
from watchkeeper.learning.intervals import MOST_KEPT, Errors
from watchkeeper.learning.learners import LEARNERS
from watchkeeper.tables.column import Kind


def errors(*sizes: float) -> Errors:
    return Errors.of(np.array(sizes), np.zeros(len(sizes)))


def test_the_half_width_is_the_error_of_that_rank() -> None:
    """The ceil((n + 1) * level)-th of n, counted by hand for nine errors."""
    nine = errors(*range(1, 10))
    assert [nine.half_width(level) for level in (0.05, 0.1, 0.11, 0.5, 0.8, 0.81, 0.9)] == [1, 1, 2, 5, 8, 9, 9]


def test_errors_count_by_their_size_alone() -> None:
    assert errors(-3.0, 1.0, 2.0).half_width(0.75) == 3.0


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 1.5, 90.0, float("nan"), float("inf")])
def test_a_level_that_is_no_share_is_refused(level: float) -> None:
    with pytest.raises(LevelRefused, match="between 0 and 1"):
        errors(1.0, 2.0).half_width(level)


@pytest.mark.parametrize(("rows", "level", "needed"), [(9, 0.95, 19), (18, 0.95, 19), (99, 0.999, 999), (1, 0.6, 2)])
def test_too_few_errors_for_a_level_say_how_many_it_takes(rows: int, level: float, needed: int) -> None:
    with pytest.raises(TooFewErrors, match=f"takes {needed} rows"):
        errors(*np.ones(rows)).half_width(level)
    assert errors(*np.ones(needed)).half_width(level) == 1.0
    assert errors(*np.ones(rows)).half_width(errors(*np.ones(rows)).highest) == 1.0


@pytest.mark.parametrize("rows", [MOST_KEPT, MOST_KEPT + 1, 3 * MOST_KEPT + 7, 100_000])
def test_of_many_errors_so_many_are_kept_that_it_holds_no_less(rows: int) -> None:
    sizes = np.random.default_rng(rows).exponential(size=rows)
    kept = Errors.from_json(Errors.of(sizes, np.zeros(rows)).to_json())
    assert len(kept.sizes) == MOST_KEPT
    for level in (0.01, 0.5, 0.9, 0.99, 0.999):
        exact = np.sort(sizes)[int(np.ceil((rows + 1) * level)) - 1]
        assert exact <= kept.half_width(level)
        assert (sizes <= kept.half_width(level)).mean() <= level + 1 / MOST_KEPT + 2 / rows
    assert kept.half_width(rows / (rows + 1)) == sizes.max()


@pytest.mark.parametrize("rows", [19, 50, 400])
@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
def test_in_simulation_they_hold_as_often_as_they_say(rows: int, level: float) -> None:
    """Errors whose law is skewed and heavy-tailed, 4,000 times over; the share may lie above by one in n + 1."""
    chance = np.random.default_rng(17)
    held = []
    for _ in range(4_000):
        drawn = chance.standard_t(2, rows + 1) ** 3
        held.append(abs(drawn[-1]) <= errors(*drawn[:-1]).half_width(level))
    allowed = 3 * np.sqrt(level * (1 - level) / 4_000)
    assert level - allowed <= np.mean(held) <= level + 1 / (rows + 1) + allowed


@pytest.mark.parametrize("learner", LEARNERS)
def test_those_of_a_model_hold_on_rows_that_it_never_saw(workshop: Workshop, learner: str) -> None:
    def table(seed: int, rows: int) -> dict[str, Any]:
        chance = np.random.default_rng(seed)
        x, z = chance.normal(size=(2, rows))
        return {"x": x.tolist(), "z": z.tolist(), "y": (x**2 + z + chance.exponential(size=rows)).tolist()}

    columns: Columns = {name: (Kind.NUMERIC, values) for name, values in table(1, 2_000).items()}
    _, model = workshop.fit(columns, learner)
    fresh = table(2, 4_000)
    truth = np.array(fresh.pop("y"))
    answers = np.array(model.answer(fresh, [0] * truth.size).outputs)
    for level in (0.5, 0.8, 0.95):
        held = np.abs(truth - answers) <= model.half_width(level)
        assert held.mean() == pytest.approx(level, abs=0.06)  # of 400 errors: two and a half standard deviations


def test_on_later_rows_they_hold_where_these_are_like_the_earlier_ones(workshop: Workshop) -> None:
    """And less often where errors grow with time, which no interval from earlier errors can know."""

    def table(growth: float) -> tuple[Columns, Any]:
        chance = np.random.default_rng(9)
        rows = 24 * 7 * 40
        x = chance.normal(size=rows)
        y = 2 * x + chance.normal(size=rows) * np.linspace(1, 1 + growth, rows)
        cut = rows * 3 // 4
        early: Columns = {
            "at": (Kind.TIMESTAMP, hours(rows)[:cut]),
            "x": (Kind.NUMERIC, x[:cut].tolist()),
            "y": (Kind.NUMERIC, y[:cut].tolist()),
        }
        return early, (x[cut:].tolist(), microseconds(hours(rows)[cut:]), y[cut:])

    held = {}
    for growth in (0.0, 2.0):
        early, (x, at, y) = table(growth)
        _, model = workshop.fit(early, "lightgbm", time="at")
        held[growth] = (np.abs(y - np.array(model.answer({"x": x}, at).outputs)) <= model.half_width(0.9)).mean()
    assert held[0.0] == pytest.approx(0.9, abs=0.04)
    assert held[2.0] < 0.8


def test_the_card_tells_half_widths_that_its_rows_allow(workshop: Workshop) -> None:
    card, model = workshop.fit(signal(200), "linear")
    assert card["intervals"]["rows"] == 40
    assert card["intervals"]["highest"] == 0.9756
    widths = card["intervals"]["half_widths"]
    assert widths == {name: model.half_width(float(name)) for name in ("0.5", "0.8", "0.9", "0.95")}
    card, _ = workshop.fit(two_classes(), "linear")
    assert "intervals" not in card


def test_classes_have_none(workshop: Workshop) -> None:
    _, model = workshop.fit(two_classes(), "linear")
    with pytest.raises(NoIntervals, match="its probability says"):
        model.half_width(0.9)
    assert not (workshop.model / "errors.json").exists()


def test_a_model_that_was_kept_without_its_errors_says_so(workshop: Workshop) -> None:
    _, model = workshop.fit(signal(100), "linear")
    with pytest.raises(NoIntervals, match="train it again"):
        type(model)(**{**vars(model), "errors": None}).half_width(0.9)
