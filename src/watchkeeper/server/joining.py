"""What is written to a connection in one turn of the loop leaves at once: the server writes an answer's head and its
body apart, and each would cost both ends a call of the system."""

import asyncio
import json
import re
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from watchkeeper.server.errors import NotHttp
from watchkeeper.server.problem import MEDIA_TYPE, problem

MOST_HELD = 65_536
"""Bytes."""
UPGRADE, DECLINED = re.compile(rb"\r\nupgrade:", re.IGNORECASE), b"\r\nx-offer:"
REQUEST = re.compile(rb"[A-Z]+ \S+ HTTP/1")


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
            self._loop.call_soon(self._send)
        self._held.append(data)
        self._size += len(data)
        if self._size >= MOST_HELD:
            self._send()

    def writelines(self, pieces: Iterable[bytes]) -> None:
        self.write(b"".join(pieces))

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._held:
            held, self._held, self._size = self._held, [], 0
            self._transport.write(b"".join(held))


class JoiningProtocol(HttpToolsProtocol):
    """HTTP over such a transport. What is none is told as every other failure is."""

    _within = False
    """A message: its rest is still to come."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(Joining(transport, self.loop))  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """A client that offers another protocol (Java's offers HTTP/2) is answered in this one: the parser would take
        its body for the other's. What lies within a body is left as it is, whatever it looks like."""
        if not self._within and b"pgrade:" in data and REQUEST.match(data):
            head, end, body = data.partition(b"\r\n\r\n")
            data = UPGRADE.sub(DECLINED, head) + end + body
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._within = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._within = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        error = NotHttp(f"{msg} Send a method, a path, and a Content-Length that says how long the body is.")
        body = json.dumps(problem(error.status, error.code, error.message)).encode()
        head = f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[error.status] + head.encode() + body)
        self.transport.close()
