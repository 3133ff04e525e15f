"""Which runtime answers for a model."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import pytest

from tests.unit.learning.conftest import Columns, Workshop, sign, signal, two_classes
from watchkeeper.learning.arrays import Numbers, Rows
from watchkeeper.learning.choosing import choose
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.errors import ModelBroken, RuntimeDiffers
from watchkeeper.learning.explaining import Shares
from watchkeeper.learning.learners import LEARNERS, random_forest
from watchkeeper.learning.learners.random_forest import FittedForest
from watchkeeper.learning.model import load_model, open_model
from watchkeeper.learning.probing import CHECKED, neighbours, probes
from watchkeeper.learning.rechecking import checked_in
from watchkeeper.learning.signature import Input, Signature
from watchkeeper.tables.column import Kind

ROWS = Rows(np.array([[0.0, 10.0]]), np.array([0, 0]))
RIGHT = np.array([0.0, 10.0])


class Shifted:
    """A runtime that answers a little more than it should."""

    def __init__(self, name: str, by: float) -> None:
        self.name, self._by = name, by

    def answer(self, rows: Rows) -> Numbers:
        answers: Numbers = rows.values[0] + self._by
        return answers

    def explain(self, rows: Rows) -> Shares:
        raise NotImplementedError


def shifted(**by: float) -> Callable[[str], Shifted]:
    return lambda name: Shifted(name, by[name])


def test_the_first_that_answers_as_the_fitted_model_is_chosen() -> None:
    chosen = choose(["a", "b"], shifted(a=1e-4, b=0.0), rows=ROWS, expected=RIGHT, tolerance=5e-4)
    assert chosen.runtime.name == "a"
    assert chosen.to_json() == {"name": "a", "largest_difference": pytest.approx(1e-4), "rows": 2, "passed_over": {}}


def test_one_that_answers_otherwise_is_passed_over() -> None:
    chosen = choose(["a", "b"], shifted(a=1e-3, b=0.0), rows=ROWS, expected=RIGHT, tolerance=5e-4)
    assert (chosen.runtime.name, chosen.largest_difference) == ("b", 0.0)
    assert chosen.passed_over == {"a": pytest.approx(1e-3)}


def test_a_model_that_no_runtime_answers_rightly_is_refused() -> None:
    with pytest.raises(RuntimeDiffers, match=r"a differs by up to 1, b cannot answer\); use another learner"):
        choose(["a", "b"], shifted(a=1.0, b=float("nan")), rows=ROWS, expected=RIGHT, tolerance=5e-4)


def test_one_that_cannot_be_loaded_is_passed_over() -> None:
    def opened(name: str) -> Shifted:
        if name == "a":
            raise ModelBroken("There is no such graph.")
        return Shifted(name, 0.0)

    assert choose(["a", "b"], opened, rows=ROWS, expected=RIGHT, tolerance=5e-4).passed_over == {"a": None}


def adjacent(rows: int = 2_000) -> Columns:
    """Beside numbers of which each float32 holds the next one only just, a truth value."""
    chance = np.random.default_rng(3)
    steps = chance.integers(0, 40, rows)
    x = np.where(chance.random(rows) < 0.5, 0.0, 1e6) + steps / 8
    return {
        "x": (Kind.NUMERIC, x.tolist()),
        "z": (Kind.BOOLEAN, (chance.random(rows) < 0.5).tolist()),
        "y": (Kind.NUMERIC, (steps % 2 + chance.normal(size=rows) / 10).tolist()),
    }


def nearest(graph: Any, forest: Any) -> bytes:
    """The graph as converters write it that round a threshold to the nearest float32."""
    node = graph.graph.node[0]
    found = {each.name: each for each in node.attribute}
    trees, places = found["nodes_treeids"].ints, found["nodes_nodeids"].ints
    for number, (tree, place, mode) in enumerate(zip(trees, places, found["nodes_modes"].strings, strict=True)):
        if mode != b"LEAF":
            threshold = forest.estimators_[tree].tree_.threshold[place]
            found["nodes_values"].floats[number] = float(np.float32(threshold))
    written: bytes = graph.SerializeToString()
    return written


def test_where_a_graph_rounds_thresholds_the_native_library_answers(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real graphs, and a real difference: at the thresholds, and nowhere else."""
    faithful = FittedForest._graph
    card, _ = workshop.fit(adjacent(), "random_forest")
    assert (card["runtime"]["name"], card["runtime"]["passed_over"]) == ("onnx", {})

    def rounded(self: FittedForest) -> bytes:
        return nearest(onnx.load_from_string(faithful(self)), self.forest)

    monkeypatch.setattr(FittedForest, "_graph", rounded)
    card, model = workshop.fit(adjacent(), "random_forest")
    assert card["runtime"]["name"] == model.runtime.name == "lightgbm"
    assert card["runtime"]["passed_over"]["onnx"] > 1e-3
    assert card["runtime"]["largest_difference"] < 1e-9
    assert load_model(workshop.model).runtime.name == "lightgbm"


def test_a_graph_that_another_library_would_read_otherwise_is_not_loaded(workshop: Workshop) -> None:
    """The files are as they were written; what answers is not. The graph that rounds stands for such a library."""
    workshop.fit(adjacent(), "random_forest")
    file = workshop.model / "forest.onnx"
    graph = onnx.load_from_string(file.read_bytes())
    node = graph.graph.node[0]
    (values,) = (each for each in node.attribute if each.name == "nodes_values")
    values.floats[:] = [float(np.nextafter(np.float32(each), np.float32(np.inf))) for each in values.floats]
    file.write_bytes(graph.SerializeToString())
    sign(workshop.model)
    assert open_model(workshop.model).runtime.name == "onnx"
    with pytest.raises(RuntimeDiffers, match="another version"):
        load_model(workshop.model)


@pytest.mark.parametrize("learner", LEARNERS)
def test_some_of_the_rows_compared_are_kept_with_the_fitted_answers(workshop: Workshop, learner: str) -> None:
    _, model = workshop.fit(signal(100), learner)
    checked = checked_in(workshop.model)
    assert checked is not None
    assert len(checked.rows) == len(checked.expected) == 300
    assert np.abs(model.runtime.answer(checked.rows) - checked.expected).max() <= checked.tolerance < 0.01
    with pytest.raises(RuntimeDiffers, match="train again"):
        replace(checked, expected=checked.expected + 2 * checked.tolerance).check(model.runtime)


def test_a_model_that_was_kept_without_such_rows_is_loaded(workshop: Workshop) -> None:
    workshop.fit(signal(100), "linear")
    file = workshop.model / "checked.npz"
    file.write_bytes(b"PK")
    sign(workshop.model)
    with pytest.raises(ModelBroken, match="cannot be read"):
        load_model(workshop.model)
    file.unlink()
    sign(workshop.model)
    assert load_model(workshop.model).runtime.name == "numpy"


def test_a_forest_that_cannot_be_converted_is_answered_by_the_native_library(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: FittedForest) -> bytes:
        raise RuntimeError("no converter for this")

    monkeypatch.setattr(FittedForest, "_graph", failing)
    card, _ = workshop.fit(two_classes(), "random_forest")
    assert (card["runtime"]["name"], card["runtime"]["passed_over"]) == ("lightgbm", {"onnx": None})


@pytest.mark.parametrize("table", [signal, two_classes, adjacent])
@pytest.mark.parametrize("runtime", ["onnx", "lightgbm"])
def test_both_runtimes_of_a_forest_answer_alike(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, table: Callable[[], Columns], runtime: str
) -> None:
    monkeypatch.setattr(random_forest.RandomForest, "runtimes", (runtime,))
    card, _ = workshop.fit(table(), "random_forest")
    assert card["runtime"]["name"] == runtime
    assert card["runtime"]["largest_difference"] < 1e-4


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_rows_that_are_compared_lie_at_the_thresholds(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, learner: str
) -> None:
    seen: list[tuple[Rows, Any]] = []

    def looked(rows: Rows, signature: Signature, thresholds: Any) -> Rows:
        seen.append((probes(rows, signature, thresholds), thresholds))
        return seen[-1][0]

    monkeypatch.setattr("watchkeeper.learning.saving.probes", looked)
    card, _ = workshop.fit(signal(), learner)
    (rows, thresholds) = seen[0]
    assert len(rows) == card["runtime"]["rows"] == CHECKED
    assert set(thresholds) <= {0, 3}
    at, x = thresholds[0], rows.values[0]
    assert at.size > 5
    for near in (at, np.nextafter(at, np.inf), np.nextafter(at.astype(np.float32), np.float32(-np.inf))):
        assert np.isin(x, near).sum() > 100
    assert np.isin(x, neighbours(at)).sum() > 2_000
    assert np.isnan(rows.values).any(axis=1).all()


def test_probes_are_the_table_s_own_rows_and_as_many_with_cells_moved() -> None:
    signature = Signature(
        "regression",
        "y",
        None,
        "UTC",
        None,
        (
            Input("x", Kind.NUMERIC, low=1.0, high=2.0),
            Input("flag", Kind.BOOLEAN),
            Input("level", Kind.CATEGORICAL, levels=("a", "b")),
            Input("when", Kind.TIMESTAMP),
        ),
    )
    own = np.array([[1.0, 2.0], [0.0, 1.0], [0.0, 0.0], [5e15, 6e15]])
    found = probes(Rows(own, np.array([7, 9])), signature, {0: np.array([1.5])})
    assert len(found) == CHECKED
    assert found.values[:, :2].tolist() == own.tolist()
    x, flag, level, when = ({each for each in row if each == each} for row in found.values)  # noqa: PLR0124
    short = np.float32(1.5)
    assert {1.5, np.nextafter(1.5, 2), float(np.nextafter(short, np.float32(1))), 1.0, 2.0, 0.0, 1e100} <= x
    assert (flag, level, when) == ({0.0, 1.0}, {0.0, 1.0}, {5e15, 6e15})
    assert np.isnan(found.values).any(axis=1).all()
    assert np.isfinite(Encoder(signature).matrix(found)[:2]).all()


def test_a_wide_table_is_compared_on_fewer_rows() -> None:
    inputs = tuple(Input(f"x{number}", Kind.NUMERIC, low=0.0, high=1.0) for number in range(5_000))
    rows = Rows(np.zeros((len(inputs), 3)), np.zeros(3, dtype=np.int64))
    assert len(probes(rows, Signature("regression", "y", None, "UTC", None, inputs), {})) == 4_000
    assert not rows.values.any()


def test_a_file_of_a_runtime_that_is_not_known_here_is_named(workshop: Workshop) -> None:
    workshop.fit(signal(100), "linear")
    file = workshop.model / "model.json"
    file.write_text(file.read_text().replace('"runtime": "numpy"', '"runtime": "of-the-future"'))
    with pytest.raises(ModelBroken, match="runtime is not known"):
        open_model(workshop.model)
