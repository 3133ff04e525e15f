"""Calls of a deployment that has a process of its own, taken there and back over a socket of this machine.

However that process fares, it holds here no more than some calls, which wait without keeping others from theirs.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any, Final

from watchkeeper.server.plane.crowd import Crowd
from watchkeeper.server.plane.rates import RateExceeded, passed_on
from watchkeeper.serving.errors import NotLoaded, OwnProcessGone

MOST_CALLS: Final = 100
"""Of one deployment at once."""
IDLE: Final = 4.0
"""Seconds after which a connection is given up; the other side closes it later."""
BEYOND: Final = 60.0
"""Seconds after its deadline for which a call's answer is awaited: it is computed once it has come to its turn."""
LARGEST_HEAD: Final = 65_536
OUR_OWN: Final = frozenset({b"host", b"connection", b"content-length", b"transfer-encoding", b"expect", b"keep-alive"})

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Answer = tuple[int, str, bytes]


class Forwarding:
    """Connections are kept, by the socket's path."""

    def __init__(self) -> None:
        self._idle: defaultdict[str, deque[tuple[float, Connection]]] = defaultdict(deque)
        self._crowds: defaultdict[str, Crowd] = defaultdict(lambda: Crowd(most_calls=MOST_CALLS))

    async def ask(self, socket: str, scope: Mapping[str, Any], body: bytes, *, until: float) -> Answer:
        """Status, media type and body. Raise RateExceeded as that process did, NotLoaded where it has never been ready
        yet, OwnProcessGone where it ended before it answered, or Overloaded."""
        if not socket:
            raise NotLoaded("This deployment's own process is starting. Try again in a second; its health says more.")
        crowd = self._crowds[socket]
        crowd.enter()
        try:
            async with asyncio.timeout(max(until - time.perf_counter(), 0.0) + BEYOND):
                return await self._asked(socket, _written(scope, body))
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as failure:
            raise OwnProcessGone(
                f"This deployment's own process ended, or does not answer ({type(failure).__name__}); it is started "
                "again. The call may have been recorded: send it again with an id of yours to have it count once."
            ) from None
        finally:
            crowd.leave()

    def close(self) -> None:
        """The connections that nobody uses."""
        for kept in self._idle.values():
            while kept:
                kept.pop()[1][1].close()

    async def _asked(self, socket: str, request: bytes) -> Answer:
        connection = self._kept(socket) or await asyncio.open_unix_connection(socket, limit=LARGEST_HEAD)
        reader, writer = connection
        keep = False
        try:
            writer.write(request)
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
            headers = _headers(head)
            body = await reader.readexactly(int(headers.get(b"content-length", b"0")))
            keep = headers.get(b"connection") != b"close"
        finally:
            if keep:
                self._idle[socket].append((time.monotonic(), connection))
            else:
                writer.close()
        if (status := int(head[9:12])) == RateExceeded.status:
            raise passed_on(headers, body)
        return status, headers.get(b"content-type", b"").decode("latin-1"), body

    def _kept(self, socket: str) -> Connection | None:
        """The connection that was used last, if it is good still; those that have been idle for long are closed."""
        kept = self._idle[socket]
        while kept and time.monotonic() - kept[0][0] > IDLE:
            kept.popleft()[1][1].close()
        while kept:
            _, (reader, writer) = kept.pop()
            if not (reader.at_eof() or writer.is_closing()):
                return reader, writer
            writer.close()
        return None


def _written(scope: Mapping[str, Any], body: bytes) -> bytes:
    path = scope.get("raw_path") or scope["path"].encode()
    query = scope.get("query_string", b"")
    lines = [scope["method"].encode() + b" " + path + (b"?" + query if query else b"") + b" HTTP/1.1", b"host: plane"]
    lines += [name + b": " + value for name, value in scope["headers"] if name not in OUR_OWN]
    lines.append(b"content-length: " + str(len(body)).encode())
    return b"\r\n".join([*lines, b"", body])


def _headers(head: bytes) -> dict[bytes, bytes]:
    pairs = (line.partition(b":") for line in head.split(b"\r\n")[1:] if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
