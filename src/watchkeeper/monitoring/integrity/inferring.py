"""The schema that a reference lets one expect."""

from collections.abc import Iterable

from scipy.special import betaincinv

from watchkeeper.monitoring.integrity.expectation import Expectation
from watchkeeper.monitoring.integrity.observed import Observed
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.tables.column import Kind
from watchkeeper.tables.layouts.categorical import CategoricalLayout
from watchkeeper.tables.layouts.numeric import NumericLayout
from watchkeeper.tables.layouts.text import TextLayout

SURE = 0.95
FEWEST_UNIQUE = 20
"""Rows from which it is no accident that no value stands twice."""
PATIENCE = 3.0
"""Times the longest gap of the reference after which moments are stale."""


def infer(reference: Iterable[Observed]) -> Schema:
    """What every column of the reference keeps to, and no less: it breaks none of this itself."""
    return Schema(tuple(_expected(of) for of in reference))


def _expected(of: Observed) -> Expectation:
    lowest, highest = _range(of)
    return Expectation(
        name=of.bins.column.name,
        kind=of.bins.column.kind,
        lowest=lowest,
        highest=highest,
        levels=_levels(of),
        most_missing=_most_missing(of.missing, of.rows),
        unique=of.repeated == 0 and of.present >= FEWEST_UNIQUE,
        stalest=None if of.gap is None else PATIENCE * of.gap,
    )


def _range(of: Observed) -> tuple[float | None, float | None]:
    layout = of.bins.layout
    if isinstance(layout, TextLayout):
        layout = layout.lengths
    if not isinstance(layout, NumericLayout) or not layout.edges:
        return None, None
    return layout.lowest + 0, layout.highest + 0  # and no negative zero


def _levels(of: Observed) -> tuple[str, ...] | None:
    """None too where there are more of them than are told apart."""
    layout = of.bins.layout
    if of.bins.column.kind is not Kind.CATEGORICAL or not isinstance(layout, CategoricalLayout):
        return None
    return tuple(sorted({*layout.levels, *layout.rare})) if layout.rare_listed and of.present else None


def _most_missing(missing: int, rows: int) -> float:
    """The upper end of the share's interval; none where none is missing, for then one is a surprise. Clopper and
    Pearson, "The use of confidence or fiducial limits", Biometrika 26 (1934)."""
    if not missing:
        return 0.0 if rows else 1.0
    return 1.0 if missing == rows else float(betaincinv(missing + 1, rows - missing, SURE))
