"""A name that people give: not empty, not too long."""

import unicodedata

from watchkeeper.projects.errors import NameMissing

LONGEST = 200
TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Unicode's explicit directions: with one, a name would show another one's letters."""
LAID_OUT = "\n\r\t"
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that show nothing."""


def checked_name(name: str, *, of: str) -> str:
    name = " ".join(name.split())
    if not is_seen(name) or len(name) > LONGEST or not is_keepable(name):
        raise NameMissing(
            f"Give the {of} a name of 1 to {LONGEST} characters, without control characters.", fields=("name",)
        )
    return name


def is_seen(text: str) -> bool:
    """Whether a letter, a digit or a sign shows in it."""
    return any(unicodedata.category(letter)[0] in "LNPS" and letter not in BLANK for letter in text)


def is_keepable_in_lines(text: str) -> bool:
    """The same of a text that may have several lines."""
    return is_keepable(text.translate(dict.fromkeys(map(ord, LAID_OUT))))


def is_keepable(text: str) -> bool:
    """No control characters, none that turn the direction of what follows, and no half of a pair that stands alone."""
    return not any(
        unicodedata.category(letter) in {"Cc", "Cs"} or unicodedata.bidirectional(letter) in TURNING for letter in text
    )
