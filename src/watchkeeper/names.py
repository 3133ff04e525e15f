"""How things are named: ids for programs, slugs for addresses."""

import re
import secrets
import unicodedata


def new_id() -> str:
    """Sixteen hexadecimal digits from the system's chance: unique, and nothing can be read from it."""
    return secrets.token_hex(8)


def slug(name: str) -> str:
    """`Day Ahead (v2)` becomes `day-ahead-v2`; a name without a letter or digit becomes `x`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "x"
