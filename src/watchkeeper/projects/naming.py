"""A name that people give: not empty, not too long."""

import unicodedata

from watchkeeper.projects.errors import NameMissing

LONGEST = 200


def checked_name(name: str, *, of: str) -> str:
    name = " ".join(name.split())
    seen = any(letter.isprintable() for letter in name)
    if not seen or len(name) > LONGEST or not _keepable(name):
        raise NameMissing(f"Give the {of} a name of 1 to {LONGEST} characters.", fields=("name",))
    return name


def _keepable(name: str) -> bool:
    """No control characters, and no half of a pair that stands alone."""
    return not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in name)
