"""A request's body, whole and no larger than is taken."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from watchkeeper.serving.errors import BodyLate, BodyTooLarge, RowsRefused

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
WITHIN = 30.0
"""Seconds in which a body has to have come, so that nobody holds a place by sending slowly."""


class BodyCutShort(Exception):
    """The caller went away before the whole body had come."""


async def body_of(headers: Mapping[bytes, bytes], receive: Receive, *, largest: int, within: float = WITHIN) -> bytes:
    """Raise BodyTooLarge beyond `largest` bytes, RowsRefused for a compressed one, BodyLate, or BodyCutShort."""
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > largest:
        raise _too_large(largest)
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise RowsRefused("Send the body as it is, not compressed.", fields=("content-encoding",))
    try:
        async with asyncio.timeout(within):
            return await _received(receive, largest=largest)
    except TimeoutError:
        raise BodyLate(f"The body had not come after {within:g} seconds; send it again, whole.") from None


async def _received(receive: Receive, *, largest: int) -> bytes:
    pieces, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyCutShort
        piece = message.get("body", b"")
        size += len(piece)
        if size > largest:
            raise _too_large(largest)
        pieces.append(piece)
        if not message.get("more_body"):
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _too_large(largest: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"The body is larger than the {largest:,} bytes that are taken; send fewer rows a call.", fields=("body",)
    )
