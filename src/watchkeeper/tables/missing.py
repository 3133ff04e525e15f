"""The words that say in text that a value is not there: in a file, and in a caller's row."""

MISSING = ("", "na", "n/a", "nan", "null", "none")
"""In any case, and whatever spaces stand around them."""


def says_missing(text: str) -> bool:
    return text.strip().lower() in MISSING
