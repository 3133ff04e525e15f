"""Small boosted trees by LightGBM, which see location, spread, levels, missing values and how columns go together."""

from watchkeeper.learning.lightgbm_library import lightgbm_library
from watchkeeper.monitoring.drift.sides import Flags, Floats
from watchkeeper.monitoring.multivariate.telling import Scores

ROUNDS = 80
MOST_BINS = 63
MOST_LEVELS = 60
SOME_COLUMNS, FEW_COLUMNS = 0.7, 5
"""A tree sees some of the columns; of few of them all, or it would never see two together."""
SEED = 1


def boosted(values: Floats, window: Flags, levels: Flags) -> Scores:
    """Learn to tell the window's rows; see `Learn`. Equal for equal rows."""
    library = lightgbm_library()
    parameters = {
        "objective": "binary",
        "learning_rate": 0.06,
        "num_leaves": 8,
        "min_data_in_leaf": max(5, min(50, len(window) // 20)),
        "feature_fraction": SOME_COLUMNS if values.shape[1] >= FEW_COLUMNS else 1.0,
        "max_bin": MOST_BINS,
        "cat_smooth": 20.0,
        "max_cat_threshold": MOST_LEVELS,
        "num_threads": 1,
        "seed": SEED,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    categorical = [int(place) for place in levels.nonzero()[0]]
    data = library.Dataset(
        values, window.astype(float), categorical_feature=categorical or "auto", params=dict(parameters)
    )
    booster = library.train(parameters, data, num_boost_round=ROUNDS)

    def scores(rows: Floats) -> Floats:
        found: Floats = booster.predict(rows, num_threads=1, raw_score=True)
        return found

    return scores
