"""What each input adds to an answer, checked against definitions that share no code with it."""

from itertools import combinations
from math import factorial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.learning.conftest import Columns, Workshop, hours, microseconds, signal, two_classes
from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.errors import NoExplanations
from watchkeeper.learning.learners import LEARNERS, random_forest
from watchkeeper.learning.model import LoadedModel
from watchkeeper.tables.column import Kind

each_learner = pytest.mark.parametrize("learner", LEARNERS)


def explained(model: LoadedModel, columns: dict[str, list[Any]], at: list[int] | None = None) -> tuple[Numbers, Any]:
    """The answers, and what explains them."""
    rows = model.encoder.journal(columns, at or [0] * len(next(iter(columns.values()))))
    return model.runtime.answer(rows), model.runtime.explain(rows)


@each_learner
def test_contributions_sum_to_the_answer(workshop: Workshop, learner: str) -> None:
    _, model = workshop.fit(signal(), learner)
    answers, found = explained(
        model,
        {"x": [0.3, None, 1.9], "flag": [True, False, None], "level": ["a", "c", "new"], "noise": [0.0, 1.0, -2.0]},
    )
    assert found.unit == "target"
    assert found.added.shape == (3, 4)
    assert found.base + found.added.sum(axis=1) == pytest.approx(answers, rel=1e-6)


@each_learner
def test_contributions_of_classes_sum_to_log_odds_or_to_the_probability(workshop: Workshop, learner: str) -> None:
    _, model = workshop.fit(two_classes(), learner)
    answers, found = explained(model, {"x": np.linspace(0.01, 0.99, 50).tolist()})
    total = found.base + found.added.sum(axis=1)
    assert found.unit == {"random_forest": "probability"}.get(learner, "log_odds")
    expected = answers if found.unit == "probability" else np.log(answers / (1 - answers))
    assert total == pytest.approx(expected, abs=1e-5)


@each_learner
def test_what_matters_adds_most_and_what_does_not_adds_little(workshop: Workshop, learner: str) -> None:
    columns = signal()
    _, model = workshop.fit(columns, learner)
    asked: dict[str, list[Any]] = {name: list(each) for name, (_, each) in columns.items() if name != "y"}
    _, found = explained(model, asked)
    x, flag, level, noise = np.abs(found.added).mean(axis=0)
    assert min(x, level, flag) > 3 * noise
    assert found.base == pytest.approx(np.mean(columns["y"][1]), abs=0.5)
    assert found.added.mean(axis=0) == pytest.approx(0.0, abs=0.5)


@each_learner
def test_the_calendar_of_a_time_is_one_contribution(workshop: Workshop, learner: str) -> None:
    moments = hours(24 * 60)
    chance = np.random.default_rng(2)
    columns: Columns = {
        "born": (Kind.TIMESTAMP, [moments[place] for place in chance.integers(0, len(moments), len(moments))]),
        "x": (Kind.NUMERIC, chance.normal(size=len(moments)).tolist()),
        "at": (Kind.TIMESTAMP, moments),
        "y": (Kind.NUMERIC, [float(moment.hour) for moment in moments]),
    }
    _, model = workshop.fit(columns, learner, time="at")
    asked: dict[str, list[Any]] = {"born": microseconds(moments[:24]), "x": [0.0] * 24}
    answers, found = explained(model, asked, microseconds(moments[:24]))
    assert found.added.shape == (24, 3)
    assert found.base + found.added.sum(axis=1) == pytest.approx(answers, abs=1e-4)
    assert np.abs(found.added[:, 2]).mean() > 10 * np.abs(found.added[:, :2]).mean()


def trees_of(file: Path) -> list[dict[str, Any]]:
    """Of LightGBM's text, with a child, a feature, a threshold and a number of rows a node."""
    found = []
    for part in file.read_text().split("Tree=")[1:]:
        lines = dict(line.split("=", 1) for line in part.splitlines()[1:] if "=" in line)
        found.append({name: [float(each) for each in rest.split()] for name, rest in lines.items()})
    return found


def expectation(tree: dict[str, Any], row: Numbers, known: frozenset[int], node: int = 0) -> float:
    """Of the tree's answer when only these features of the row are known: at other splits both sides, by their rows."""
    if "split_feature" not in tree or node < 0:
        value: float = tree["leaf_value"][~node]
        return value
    left, right = int(tree["left_child"][node]), int(tree["right_child"][node])
    feature = int(tree["split_feature"][node])
    if feature in known:
        return expectation(tree, row, known, left if row[feature] <= tree["threshold"][node] else right)
    rows = [tree["leaf_count"][~each] if each < 0 else tree["internal_count"][each] for each in (left, right)]
    both = [expectation(tree, row, known, each) for each in (left, right)]
    mean: float = (rows[0] * both[0] + rows[1] * both[1]) / sum(rows)
    return mean


def shapley(trees: list[dict[str, Any]], row: Numbers) -> Numbers:
    """By the definition: over all subsets of the other features."""
    count = row.size
    found = np.zeros(count)
    for feature in range(count):
        others = [each for each in range(count) if each != feature]
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for subset in combinations(others, size):
                without = frozenset(subset)
                found[feature] += weight * sum(
                    expectation(tree, row, without | {feature}) - expectation(tree, row, without) for tree in trees
                )
    return found


def four_numbers(rows: int = 300) -> Columns:
    chance = np.random.default_rng(11)
    a, b, c, d = chance.normal(size=(4, rows))
    y = a * b + np.where(c > 0, d, -d) + 0.1 * chance.normal(size=rows)
    numbers = {name: (Kind.NUMERIC, each.tolist()) for name, each in zip("abcd", (a, b, c, d), strict=True)}
    return {**numbers, "y": (Kind.NUMERIC, y.tolist())}


@pytest.mark.parametrize(("learner", "file"), [("lightgbm", "booster.txt"), ("random_forest", "forest.txt")])
def test_tree_contributions_are_shapley_values(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, learner: str, file: str
) -> None:
    monkeypatch.setattr(random_forest, "TREES", 10)
    monkeypatch.setattr("watchkeeper.learning.learners.lightgbm.MOST_ROUNDS", 10)
    _, model = workshop.fit(four_numbers(), learner)
    asked = [[0.3, -1.2, 0.7, 1.4], [-0.2, 0.1, -1.0, 0.4]]
    rows = model.encoder.journal(dict(zip("abcd", map(list, zip(*asked, strict=True)), strict=True)), [0, 0])
    runtime: Any = model.runtime
    features = model.encoder.matrix(rows)
    narrow = runtime.narrow(features).astype(np.float64) if learner == "random_forest" else features
    trees = trees_of(workshop.model / file)
    expected = np.array([shapley(trees, row) for row in narrow]) * runtime.scale.spread
    assert np.abs(expected).max() > 0.1
    assert runtime.explain(rows).added == pytest.approx(expected, abs=1e-9)


def test_a_linear_contribution_is_how_far_the_effect_is_from_its_mean(workshop: Workshop) -> None:
    chance = np.random.default_rng(4)
    x, z = chance.normal(5, 2, 500), chance.normal(size=500)
    columns: Columns = {
        "x": (Kind.NUMERIC, x.tolist()),
        "z": (Kind.NUMERIC, z.tolist()),
        "y": (Kind.NUMERIC, (3 * x - 2 * z).tolist()),
    }
    _, model = workshop.fit(columns, "linear")
    _, found = explained(model, {"x": [6.0], "z": [1.0]})
    assert found.added[0] == pytest.approx([3 * (6 - x.mean()), -2 * (1 - z.mean())], abs=0.3)


@pytest.mark.parametrize("learner", ["linear", "random_forest"])
def test_a_model_that_was_kept_without_them_says_so(workshop: Workshop, learner: str) -> None:
    _, model = workshop.fit(signal(100), learner)
    kept: Any = model.runtime
    older: dict[str, Any] = {"means": ()} if learner == "linear" else {"trees": None}
    runtime = type(kept)(**{**vars(kept), **older})
    with pytest.raises(NoExplanations, match="train it again"):
        runtime.explain(model.encoder.journal({"x": [1.0]}, [0]))
