"""A random forest by scikit-learn, saved as an ONNX graph, which ONNX Runtime answers, and as LightGBM's text, which
answers where the graph would not, and explains.

One regressor serves both tasks: of truths that are 0 and 1, the least squared error is the least Gini impurity, and
the mean of a leaf its probability.
"""

import logging
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from watchkeeper.learning.arrays import Numbers, Rows
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.errors import NoExplanations
from watchkeeper.learning.explaining import PROBABILITY, TARGET, WITHOUT, Shares, shares_of
from watchkeeper.learning.learner import Training
from watchkeeper.learning.narrowing import Narrow
from watchkeeper.learning.probing import Thresholds, by_feature, neighbours
from watchkeeper.learning.runtimes.booster import NativeBooster
from watchkeeper.learning.runtimes.forest_text import forest_text
from watchkeeper.learning.runtimes.onnx import OnnxSession
from watchkeeper.learning.scale import Scale
from watchkeeper.learning.signature import BINARY

FILE, TEXT = "forest.onnx", "forest.txt"
TREES = 100
MOST_NODES = 200_000
"""Of all trees: 8 MB in a file, some 30 MB in memory, two seconds to convert."""
FEWEST_IN_LEAF = 5
MOST_ROWS_A_TREE = 200_000
SHARE_OF_FEATURES = 0.6
TO_GROW = 0.8
"""Of the budget; the rest is for converting."""
OPSET = {"": 17, "ai.onnx.ml": 3}
ONNX, NATIVE = "onnx", "lightgbm"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FittedForest:
    forest: Any
    encoder: Encoder
    narrow: Narrow
    scale: Scale
    parameters: Mapping[str, Any]

    settings: ClassVar[Mapping[str, Any]] = {}

    def answer(self, rows: Rows) -> Numbers:
        features = self.narrow(self.encoder.matrix(rows))
        found: Numbers = self.forest.predict(features) if len(rows) else np.empty(0)
        return self.scale.restore(found)

    @property
    def thresholds(self) -> Thresholds:
        """With the narrow numbers next to each, since these are what is compared."""
        trees = [each.tree_ for each in self.forest.estimators_]
        features, found = (np.concatenate([getattr(each, name) for each in trees]) for name in ("feature", "threshold"))
        numbers = self.encoder.numbers
        return {
            numbers[at]: np.unique(self.narrow.widened(at, neighbours(each)))
            for at, each in by_feature(features, found, numbers).items()
        }

    def save(self, directory: Path) -> Mapping[str, Any]:
        trees = [each.tree_ for each in self.forest.estimators_]
        (directory / TEXT).write_text(forest_text(trees, self.encoder.features), encoding="ascii")
        try:
            (directory / FILE).write_bytes(self._graph())
        except Exception:
            log.exception("the forest can't be written as an ONNX graph; it will be answered otherwise")
        return {"narrow": self.narrow.to_json(), "scale": self.scale.to_json()}

    def _graph(self) -> bytes:
        from skl2onnx import convert_sklearn
        from skl2onnx.common.data_types import FloatTensorType

        shape = FloatTensorType([None, self.encoder.features])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            graph = convert_sklearn(self.forest, initial_types=[("features", shape)], target_opset=OPSET)
        written: bytes = graph.SerializeToString()
        return written


@dataclass(frozen=True)
class LoadedForest:
    """`predict` takes narrow features; `trees` explain, where they were kept."""

    name: str
    predict: Callable[[Any], Numbers]
    trees: NativeBooster | None
    encoder: Encoder
    narrow: Narrow
    scale: Scale

    def answer(self, rows: Rows) -> Numbers:
        found = self.scale.restore(self.predict(self.narrow(self.encoder.matrix(rows))))
        # A mean of rounded leaves can pass one by its last digit.
        return np.clip(found, 0.0, 1.0) if self.encoder.signature.task == BINARY else found

    def explain(self, rows: Rows) -> Shares:
        if self.trees is None:
            raise NoExplanations(WITHOUT, fields=("explain",))
        narrow = self.narrow(self.encoder.matrix(rows)).astype(np.float64)
        unit = PROBABILITY if self.encoder.signature.task == BINARY else TARGET
        return shares_of(self.trees.contributions(narrow), self.encoder, self.scale, unit=unit)


class RandomForest:
    name: ClassVar[str] = "random_forest"
    runtimes: ClassVar[tuple[str, ...]] = (ONNX, NATIVE)

    def prepare(self) -> None:
        import skl2onnx  # noqa: F401
        import sklearn.ensemble  # noqa: F401

    def fit(self, training: Training) -> FittedForest:
        scale = Scale.of(training.truth, task=training.task)
        matrix, target = training.encoder.matrix(training.rows), scale.shrink(training.truth)
        narrow = Narrow.fit(matrix, target, training.encoder.categorical)
        forest = _grown(training, narrow(matrix), target)
        shown = ("n_estimators", "min_samples_leaf", "max_features", "max_samples")
        parameters = {name: getattr(forest, name) for name in shown}
        return FittedForest(forest, training.encoder, narrow, scale, parameters)

    def load(self, directory: Path, kept: Mapping[str, Any], encoder: Encoder, *, runtime: str) -> LoadedForest:
        narrow, scale = Narrow.from_json(kept["narrow"]), Scale.from_json(kept["scale"])
        wanted = runtime == NATIVE or (directory / TEXT).is_file()
        trees = NativeBooster(directory / TEXT) if wanted else None
        predict = OnnxSession(directory / FILE).predict if trees is None or runtime == ONNX else _widely(trees)
        return LoadedForest(runtime, predict, trees, encoder, narrow, scale)


def _widely(trees: NativeBooster) -> Callable[[Any], Numbers]:
    return lambda narrow: trees.predict(narrow.astype(np.float64))


def _grown(training: Training, features: Any, target: Numbers) -> Any:
    """Trees are added a few at a time, until there are enough or the time is spent."""
    from sklearn.ensemble import RandomForestRegressor

    rows, budget = len(target), training.budget.part(TO_GROW)
    least = min(FEWEST_IN_LEAF, max(rows // 20, 1))
    forest = RandomForestRegressor(
        n_estimators=0,
        min_samples_leaf=max(least, math.ceil(rows * TREES / MOST_NODES)),
        max_features=SHARE_OF_FEATURES,
        max_samples=min(rows, MOST_ROWS_A_TREE),
        n_jobs=training.threads,
        random_state=training.seed,
        warm_start=True,
    )
    step = max(2 * training.threads, 10)
    while forest.n_estimators < TREES and not (forest.n_estimators and budget.spent()):
        forest.n_estimators = min(forest.n_estimators + step, TREES)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            forest.fit(features, target)
        training.progress(forest.n_estimators / TREES)
    return forest
