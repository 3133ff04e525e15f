"""What is written to a connection in one turn of the loop leaves at once: the server writes an answer's head and its
body apart, and each would cost both ends a call of the system."""

import asyncio
from collections.abc import Iterable
from typing import Any

MOST_HELD = 65_536
"""Bytes."""


class Joining:
    """A transport that holds back what is written until the turn ends, or until there is much of it."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)
        self._size += len(data)
        if self._size >= MOST_HELD:
            self.flush()

    def writelines(self, pieces: Iterable[bytes]) -> None:
        self.write(b"".join(pieces))

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """To a client that has gone meanwhile, nothing."""
        held, self._held, self._size = self._held, [], 0
        if held and not self._transport.is_closing():
            self._transport.write(b"".join(held))
