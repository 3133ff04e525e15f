"""Numbers and values in the sentences on faults."""

from typing import Any

NOTHING = frozenset(
    [
        *("", "0", "-1", "999", "9999", "?", "-", "--", "na", "n/a", "nan", "nil", "null", "none", "unknown", "unk"),
        *("undefined", "missing", "unspecified", "not specified", "not available", "not known", "default", "tbd"),
    ]
)
"""Words that programs write where nothing is known."""

EXACT = 2.0**53
"""The floats below are the whole numbers that they stand for; of larger ones most digits are an accident."""


def number(value: float) -> str:
    """At most six digits of what is no whole number, thousands apart: 1,000, 0.3048, 21.4."""
    if isinstance(value, int):
        return f"{value:,}"
    shown = f"{value:,.6g}" if 1e-4 <= abs(value) < 1e6 or not value else f"{value:.6g}"
    if 1e6 <= abs(value) < EXACT and float(value).is_integer():
        return f"{value:,.0f}"
    return shown


def percent(share: float) -> str:
    """Never 100 % where it is a little less."""
    return f"{100 * share:.3g} %" if share >= 1.0 else f"{min(100 * share, 99.9):.3g} %"


def shown(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else number(float(value))


def word_of(value: Any) -> str:
    """A value that is a word, and no word for nothing; else empty."""
    return str(value) if isinstance(value, str) and value.strip().lower() not in NOTHING else ""
