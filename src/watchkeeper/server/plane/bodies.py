"""A request's body, whole and no larger than is taken."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from watchkeeper.server.plane.deadline import passed
from watchkeeper.serving.errors import BodyLate, BodyTooLarge, RowsRefused

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
WITHIN = 30.0
"""Seconds in which a body has to have come, so that nobody holds a place by sending slowly."""


class BodyCutShort(Exception):
    """The caller went away before the whole body had come."""


async def body_of(
    headers: Mapping[bytes, bytes], receive: Receive, *, largest: int, until: float, within: float = WITHIN
) -> bytes:
    """Raise BodyTooLarge beyond `largest` bytes, RowsRefused for a compressed one, BodyLate after `within` seconds,
    DeadlinePassed at the moment `until` of `time.perf_counter`, or BodyCutShort."""
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > largest:
        raise _too_large(largest)
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise RowsRefused("Send the body as it is, not compressed.", fields=("content-encoding",))
    left = until - time.perf_counter()
    try:
        async with asyncio.timeout(min(left, within)):
            return await _received(receive, largest=largest)
    except TimeoutError:
        if left < within:
            raise passed("its body") from None
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
