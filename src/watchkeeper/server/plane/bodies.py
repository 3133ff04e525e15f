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


class Bodies:
    """`largest` is in bytes. One timer looks after all that are awaited: one for each would cost a call a tenth of its
    time, though nearly every body is there at once."""

    def __init__(self, *, largest: int, within: float = WITHIN) -> None:
        self._largest = largest
        self._within = within
        self._since: dict[asyncio.Task[Any], float] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._watched: asyncio.AbstractEventLoop | None = None

    async def whole(self, headers: Mapping[bytes, bytes], receive: Receive, *, until: float) -> bytes:
        """Raise BodyTooLarge, RowsRefused for a compressed one, BodyLate, DeadlinePassed at the moment `until` of
        `time.perf_counter`, or BodyCutShort."""
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._largest:
            raise self._too_large()
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise RowsRefused("Send the body as it is, not compressed.", fields=("content-encoding",))
        left = until - time.perf_counter()
        if left > self._within:
            return await self._in_time(receive)
        try:
            async with asyncio.timeout(left):
                return await self._received(receive)
        except TimeoutError:
            raise passed("its body") from None

    async def _in_time(self, receive: Receive) -> bytes:
        task = self._await()
        try:
            return await self._received(receive)
        except asyncio.CancelledError:
            if task not in self._late:
                raise
            task.uncancel()
            raise BodyLate(f"The body had not come after {self._within:g} seconds; send it again, whole.") from None
        finally:
            del self._since[task]
            self._late.discard(task)

    async def _received(self, receive: Receive) -> bytes:
        pieces, size = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise BodyCutShort
            piece = message.get("body", b"")
            size += len(piece)
            if size > self._largest:
                raise self._too_large()
            pieces.append(piece)
            if not message.get("more_body"):
                return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _await(self) -> "asyncio.Task[Any]":
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        if task is None:
            raise TypeError("a body is awaited in a task")
        self._since[task] = loop.time()
        if self._watched is not loop:
            self._watched = loop
            loop.call_later(self._within, self._look, loop)
        return task

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Whoever waits is at an `await` of ours, where it is told."""
        now = loop.time()
        for task, since in self._since.items():  # the longest awaited come first
            if now - since < self._within:
                break
            if task not in self._late:
                self._late.add(task)
                task.cancel()
        first = next((since for task, since in self._since.items() if task not in self._late), None)
        self._watched = None if first is None else loop
        if first is not None:
            loop.call_later(max(first + self._within - now, 0.01), self._look, loop)

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(
            f"The body is larger than the {self._largest:,} bytes that are taken; send fewer rows a call.",
            fields=("body",),
        )
