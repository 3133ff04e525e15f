"""`just bench global-drift`: how often global drift is significant, with drift and without, and in its interval."""

from dataclasses import replace

import numpy as np
from scipy.special import ndtr, ndtri

from tests.fakes.columns import Chance, distinct, of_numbers, tied, zipf
from watchkeeper.monitoring.drift.effect import effects
from watchkeeper.monitoring.drift.overall import Overall, overall
from watchkeeper.monitoring.drift.sides import Floats, Sides

WINDOWS = 2_000
M, N = 10_000, 1_000
BINS = 50


def global_drift() -> None:
    print("| columns | importances | drift | p at most .05 | in the interval | its median length |")
    print("|--:|---|---|--:|--:|--:|")
    for columns in (5, 20, 200):
        for importances in ("alike", "uneven"):
            for moved in ("none", "the most important by .2", "all by .1", "all by .1, all one column"):
                _print(columns, importances, moved)


def _print(columns: int, importances: str, moved: str) -> None:
    chance = np.random.default_rng(17)
    weights = np.ones(columns) if importances == "alike" else 0.7 ** np.arange(columns)
    weights /= weights.sum()
    found: list[Overall] = []
    truth = 0.0
    for _ in range(WINDOWS if columns < 100 else WINDOWS // 4):
        if moved == "none":
            parts, split = _mixed(chance, columns)
            each = overall(parts, np.split(weights, split))
        else:
            shifts = np.full(columns, 0.1)
            if moved.startswith("the most"):
                shifts = 0.2 * (np.arange(columns) == 0)
            truth = _truth(shifts, weights)
            each = overall([_shifted(chance, shifts, one=moved.endswith("one column"))], [weights])
        assert each is not None
        found.append(each)
    rate = 100 * np.mean([each.p_value <= 0.05 for each in found])
    held = 100 * np.mean([each.effect.low <= truth <= each.effect.high for each in found])
    length = np.median([each.effect.high - each.effect.low for each in found])
    print(f"| {columns} | {importances} | {moved} | {rate:.1f} % | {held:.1f} % | {length:.4f} |", flush=True)


def _mixed(chance: Chance, columns: int) -> tuple[list[Sides], list[int]]:
    sizes = [columns - 2 * (columns // 3), columns // 3, columns // 3]
    parts = [draw(chance, size, M, N) for draw, size in zip((distinct, tied, zipf(50)), sizes, strict=True)]
    return parts, np.cumsum(sizes)[:-1].tolist()


def _shares(shift: float) -> Floats:
    edges = ndtri(np.arange(1, BINS) / BINS)
    return np.diff(np.concatenate([[0.0], ndtr(edges - shift), [1.0]]))


def _shifted(chance: Chance, shifts: Floats, *, one: bool) -> Sides:
    """Normal columns in fifty equal bins; `one`: the same column over and over."""
    drawn = [(chance.multinomial(M, _shares(0.0)), chance.multinomial(N, _shares(shift))) for shift in shifts]
    reference, window = (np.stack([drawn[0 if one else place][side] for place in range(len(drawn))]) for side in (0, 1))
    ends = np.zeros((len(drawn), 1), dtype=np.int64)
    found = of_numbers(*(np.hstack([ends, side, ends]) for side in (reference, window)))
    fixed = np.clip((np.arange(BINS + 2) - 1) // (BINS // 10), 0, 9)
    return replace(found, groups=np.broadcast_to(fixed, found.groups.shape))


def _truth(shifts: Floats, weights: Floats) -> float:
    """The sizes at very many rows."""
    many = 1e12
    grouped = [np.add.reduceat(_shares(shift), np.arange(0, BINS, BINS // 10)) for shift in (0.0, *shifts)]
    before = np.broadcast_to(grouped[0], (len(shifts), 10)) * many
    return float(weights @ effects(before, np.stack(grouped[1:]) * many).estimate)
