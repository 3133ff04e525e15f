"""How things are named: ids for programs, slugs for addresses."""

import re
import secrets
import unicodedata
from collections.abc import Iterator

IDS_AT_ONCE = 256


def new_id() -> str:
    """Sixteen hexadecimal digits from the system's chance: unique, and nothing can be read from it."""
    return secrets.token_hex(8)


def new_ids() -> Iterator[str]:
    """As many as are asked for, at a quarter of the price: the system is asked for chance once for many."""
    while True:
        chance = secrets.token_hex(8 * IDS_AT_ONCE)
        yield from (chance[place : place + 16] for place in range(0, len(chance), 16))


def slug(name: str) -> str:
    """`Day Ahead (v2)` becomes `day-ahead-v2`; a name without a letter or digit becomes `x`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "x"
