"""A forest in the text that LightGBM's library reads: it then answers in float64, comparing as scikit-learn does.

The library adds trees up, so each leaf holds its share of the mean. It takes numbers nearer to zero than 1e-35 for
zero; see `Narrow`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

HEADER = (
    "tree",
    "version=v4",
    "num_class=1",
    "num_tree_per_iteration=1",
    "label_index=0",
    "objective=regression",
)


def forest_text(trees: Sequence[Any], features: int) -> str:
    """`trees` are scikit-learn's, with children, features, thresholds, values and rows as arrays."""
    parts = [_tree(number, tree, len(trees)) for number, tree in enumerate(trees)]
    names = [f"f{place}" for place in range(features)]
    lines = [
        *HEADER,
        f"max_feature_idx={features - 1}",
        f"feature_names={' '.join(names)}",
        f"feature_infos={' '.join('none' for _ in names)}",
        f"tree_sizes={' '.join(str(len(part)) for part in parts)}",
        "",
        "",
    ]
    return "\n".join(lines) + "".join(parts) + "end of trees\n"


def _tree(number: int, tree: Any, trees: int) -> str:
    inner, leaves = np.flatnonzero(tree.children_left >= 0), np.flatnonzero(tree.children_left < 0)
    place = np.empty(tree.node_count, dtype=np.int64)
    place[inner], place[leaves] = np.arange(inner.size), ~np.arange(leaves.size)
    values = tree.value.reshape(-1) / trees
    counts = tree.weighted_n_node_samples
    lines = [f"Tree={number}", f"num_leaves={leaves.size}", "num_cat=0"]
    if inner.size:
        lines += [
            _line("split_feature", tree.feature[inner]),
            _line("split_gain", np.zeros(inner.size)),
            _line("threshold", tree.threshold[inner]),
            _line("decision_type", np.zeros(inner.size, dtype=np.int64)),
            _line("left_child", place[tree.children_left[inner]]),
            _line("right_child", place[tree.children_right[inner]]),
        ]
    lines += [*_nodes("leaf", values[leaves], counts[leaves]), *_nodes("internal", values[inner], counts[inner])]
    return "\n".join([*lines, "is_linear=0", "shrinkage=1", "", ""])


def _nodes(kind: str, values: Any, counts: Any) -> Iterable[str]:
    """Their values and how many rows they had, by which shares are weighed."""
    if not values.size:
        return ()
    rows = counts.astype(np.int64)
    return (_line(f"{kind}_value", values), _line(f"{kind}_weight", counts), _line(f"{kind}_count", rows))


def _line(name: str, values: Any) -> str:
    return f"{name}={' '.join(map(repr, values.tolist()))}"
