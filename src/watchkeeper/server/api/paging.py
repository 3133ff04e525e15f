"""Lists come in pages: ask again with the cursor `next` until it is null."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

Shown = TypeVar("Shown")
Kept = TypeVar("Kept")

Limit = Annotated[int, Query(ge=1, le=500, description="How many to answer at most.")]
Cursor = Annotated[str | None, Query(description="The `next` of the page before.")]


class Page(BaseModel, Generic[Shown]):
    items: list[Shown]
    next: str | None


def paged(
    found: Sequence[Kept], *, limit: int, show: Callable[[Kept], Shown], cursor: Callable[[Kept], str]
) -> Page[Shown]:
    """A page of at most `limit` from one more than that."""
    more = len(found) > limit
    kept = found[:limit]
    return Page(items=[show(each) for each in kept], next=cursor(kept[-1]) if more else None)
