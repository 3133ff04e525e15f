"""The weights of the terms: ridge regression, and logistic regression with the same penalty by Newton's method.

The design is made and summed in pieces, so that memory is bounded whatever the number of rows.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from watchkeeper.learning.additive.term import Term
from watchkeeper.learning.arrays import Numbers, Rows
from watchkeeper.learning.budget import Budget
from watchkeeper.learning.encoding import Encoder

ROWS_AT_ONCE = 20_000
PENALTY = 1.0
"""Of a squared weight, beside a row's squared error of a target with unit variance, or its log loss."""
OF_INTERCEPT = 1e-6
MOST_STEPS = 30
STEEPEST = 30.0
"""Log odds; beyond, a float's probability is 0 or 1."""
SETTLED = 1e-8


class Problem:
    """Rows spread over the terms' columns, the first of which is the intercept."""

    def __init__(self, terms: Sequence[Term], rows: Rows, truth: Numbers, encoder: Encoder) -> None:
        self._terms, self._rows, self._truth, self._encoder = terms, rows, truth, encoder
        self.width = 1 + sum(term.width for term in terms)

    def pieces(self) -> Iterator[tuple[Numbers, Numbers]]:
        for start in range(0, len(self._rows), ROWS_AT_ONCE):
            piece = slice(start, start + ROWS_AT_ONCE)
            yield self.design(self._rows.take(piece)), self._truth[piece]

    def design(self, rows: Rows) -> Numbers:
        found, end = np.zeros((len(rows), self.width)), 1
        found[:, 0] = 1.0
        for term in self._terms:
            start, end = end, end + term.width
            term.fill(found[:, start:end], rows, self._encoder)
        return found

    @property
    def penalties(self) -> Numbers:
        found = np.full(self.width, PENALTY)
        found[0] = OF_INTERCEPT
        return found


def ridge(problem: Problem) -> Numbers:
    """The weights, of shape (width,), that make squared error and penalty least."""
    squares, products = np.diag(problem.penalties), np.zeros(problem.width)
    for design, truth in problem.pieces():
        squares += design.T @ design
        products += design.T @ truth
    return _solution(squares, products)


def logistic(problem: Problem, budget: Budget) -> Numbers:
    """The weights that make log loss and penalty least; when the budget is spent, the nearest so far."""
    weights = np.zeros(problem.width)
    loss = np.inf
    for _ in range(MOST_STEPS):
        step, now = _newton(problem, weights)
        if now > loss:
            return weights
        weights, loss = weights - step, now
        if float(np.abs(step).max()) < SETTLED or budget.spent():
            break
    return weights


def probabilities(odds: Numbers) -> Numbers:
    return 1.0 / (1.0 + np.exp(-np.clip(odds, -STEEPEST, STEEPEST)))


def _newton(problem: Problem, weights: Numbers) -> tuple[Numbers, float]:
    """The step to be taken back from these weights, and their loss."""
    penalties = problem.penalties
    curvature, slope = np.diag(penalties), penalties * weights
    loss = float(penalties @ weights**2) / 2
    for design, truth in problem.pieces():
        odds = design @ weights
        found = probabilities(odds)
        loss += float(np.sum(np.logaddexp(0.0, odds) - truth * odds))
        slope += design.T @ (found - truth)
        curvature += design.T @ (design * (found * (1 - found))[:, None])
    return _solution(curvature, slope), loss


def _solution(left: Numbers, right: Numbers) -> Numbers:
    return np.asarray(np.linalg.solve(left, right), dtype=np.float64)
