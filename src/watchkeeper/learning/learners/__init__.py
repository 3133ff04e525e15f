"""The learners by name. They do not know each other."""

from collections.abc import Mapping

from watchkeeper.learning.learner import Learner
from watchkeeper.learning.learners.lightgbm import LightGbm
from watchkeeper.learning.learners.linear import Linear
from watchkeeper.learning.learners.random_forest import RandomForest

LEARNERS: Mapping[str, Learner] = {
    "lightgbm": LightGbm(),
    "random_forest": RandomForest(),
    "linear": Linear(),
}
