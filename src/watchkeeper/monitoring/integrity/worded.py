"""Numbers that came as text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from watchkeeper.tables.missing import says_missing

MOSTLY = 0.8
FORMS = (
    ("a decimal comma", re.compile(r"[+-]?\d+,\d+")),
    ("marks between the thousands", re.compile(r"[+-]?\d{1,3}([ ,.'\u00a0\u202f]\d{3})+([.,]\d+)?")),
    ("a unit behind it", re.compile(r"[+-]?[\d.,]+\s*[^\d\s.,]\S*")),
    ("a sign before it", re.compile(r"[^\d\s.,+-]\S*\s*[\d.,]+")),
)
"""What keeps text from being a number, and how such text looks; the first that fits is told."""


@dataclass(frozen=True)
class Worded:
    """A column of numbers of which `share` of the rows came as text, and `read` of these could be taken as numbers.
    `form` says what most of the others have in common; empty where that is not known."""

    name: str
    share: float
    read: float
    form: str

    @classmethod
    def of(cls, name: str, texts: Sequence[str], *, rows: int) -> Self:
        """Texts that say that nothing is known are none."""
        told = [each.strip() for each in texts if not says_missing(each)]
        unread = [each for each in told if not is_number(each)]
        read = 1 - len(unread) / len(told) if told else 0.0
        return cls(name, len(told) / rows if rows else 0.0, read, form_of(unread))


def is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def form_of(texts: Sequence[str]) -> str:
    for form, looks in FORMS:
        if texts and sum(looks.fullmatch(each) is not None for each in texts) >= MOSTLY * len(texts):
            return form
    return ""
