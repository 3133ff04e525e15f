"""What a client says on one connection, and what it hears, without any socket."""

import asyncio
from collections.abc import Sequence
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from watchkeeper.server.connection import Connection
from watchkeeper.server.heads import Heads
from watchkeeper.server.shortcut import Shortcut

TURNS = 12
"""Of the loop, in which any request is answered."""


class Sent:
    """A transport that remembers what it was given."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.closed_after: int | None = None

    def write(self, data: bytes) -> None:
        self.pieces.append(data)

    def close(self) -> None:
        if self.closed_after is None:
            self.closed_after = len(self.pieces)

    def is_closing(self) -> bool:
        return self.closed_after is not None

    def pause_reading(self) -> None:
        """It says what it has to say whatever it is told."""

    def resume_reading(self) -> None:
        """The same."""

    def get_extra_info(self, name: str) -> None:
        """It is connected to nobody."""

    @property
    def heard(self) -> bytes:
        """Up to its end."""
        return b"".join(self.pieces[: self.closed_after])


def connection(app: Any, sent: Sent, *, shortcut: Shortcut | None = None, heads: Heads | None = None) -> Connection:
    config = uvicorn.Config(app, log_config=None, lifespan="off")
    config.load()
    made = Connection(config, ServerState(), {}, shortcut=shortcut, heads=heads)
    made.connection_made(sent)  # type: ignore[arg-type]
    return made


async def turns(count: int = TURNS) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def say(on: Connection, pieces: Sequence[bytes], *, apart: int = TURNS) -> None:
    """Piece by piece, so many turns of the loop apart."""
    for piece in pieces:
        on.data_received(piece)
        await turns(apart)
    await turns()
    if on.cycle is not None and not on.cycle.response_complete:
        await asyncio.sleep(0.005)  # what is answered in a thread
