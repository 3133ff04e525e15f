"""Chance that every process agrees on: a hash of what is drawn for."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

WHOLE = 2**64


def points(keys: Iterable[str], *, deployment: str, draw: str) -> list[float]:
    """A number from 0 to below 1 for each key, always the same for one key of one deployment. Another `draw` is
    independent of it."""
    begun = blake2b(f"{draw} {deployment} ".encode(), digest_size=8)
    found = []
    for key in keys:
        here = begun.copy()
        here.update(key.encode("utf-8", "surrogatepass"))
        found.append(int.from_bytes(here.digest()) / WHOLE)
    return found


def owed_rows(
    ids: Sequence[str], model: str | None, *, deployment: str, shadow: float
) -> tuple[str | None, list[int] | None]:
    """Which model owes an answer, and for which of the rows; None for all of them. What is not drawn is never owed."""
    if model is None or shadow >= 1:
        return model, None
    drawn = [row for row, at in enumerate(points(ids, deployment=deployment, draw="shadow")) if at < shadow]
    if not drawn:
        return None, None
    return model, drawn if len(drawn) < len(ids) else None
