"""A name that people give: not empty, not too long."""

import unicodedata

from watchkeeper.projects.errors import NameMissing

LONGEST = 200
TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Unicode's explicit directions: with one, a name would show another one's letters."""


def checked_name(name: str, *, of: str) -> str:
    name = " ".join(name.split())
    seen = any(letter.isprintable() for letter in name)
    if not seen or len(name) > LONGEST or not _keepable(name):
        raise NameMissing(
            f"Give the {of} a name of 1 to {LONGEST} characters, without control characters.", fields=("name",)
        )
    return name


def _keepable(name: str) -> bool:
    """No control characters, none that turn the direction of what follows, and no half of a pair that stands alone."""
    return not any(
        unicodedata.category(letter) in {"Cc", "Cs"} or unicodedata.bidirectional(letter) in TURNING for letter in name
    )
