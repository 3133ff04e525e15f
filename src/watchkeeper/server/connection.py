"""HTTP on one connection."""

import asyncio
import json
import re
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from watchkeeper.server.errors import NotHttp
from watchkeeper.server.heads import END, LONGEST, Heads, Known, may_be_learned
from watchkeeper.server.joining import Joining
from watchkeeper.server.problem import MEDIA_TYPE, problem
from watchkeeper.server.shortcut import Answer, NoShortcut, Shortcut

UPGRADE, DECLINED = re.compile(rb"\r\nupgrade:", re.IGNORECASE), b"\r\nx-offer:"
REQUEST = re.compile(rb"[A-Z]+ \S+ HTTP/1")
OK = STATUS_LINE[200]
BODY_WITHIN = 0.05
"""Seconds for which the body may follow a head that was sent by itself, before the request goes the whole way."""
Default = list[tuple[bytes, bytes]]


class Lines:
    """The head's lines that every answer has, put together when they change."""

    def __init__(self) -> None:
        self._of: Default | None = None
        self.text = b""
        self.last = False
        """Whether they say that the connection ends with this answer."""

    def follow(self, headers: Default) -> None:
        if headers is not self._of:
            self._of = headers
            self.text = OK + b"".join(name + b": " + value + b"\r\n" for name, value in headers)
            self.last = (b"connection", b"close") in headers


class Connection(HttpToolsProtocol):
    """A request whose head was read before, and that comes whole, may take a shortcut. All others go the whole way
    through the parser and ASGI, as does one that turns out to be unusual."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        shortcut: Shortcut | None = None,
        heads: Heads | None = None,
        lines: Lines | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._shortcut = shortcut or NoShortcut()
        self._heads = heads or Heads()
        self._lines = lines or Lines()
        self._within = False
        """A message that the parser has begun to read: its rest is still to come."""
        self._head = b""
        """What the parser reads just now, as far as it looks like one."""
        self._taken = b""
        """The request that takes the shortcut."""
        self._behind: list[bytes] = []
        """What came after it."""
        self._ahead = b""
        """A head that is known and came without its body; it is waited for until `_give_up`."""
        self._give_up: asyncio.TimerHandle | None = None
        self._ending = False
        self._used_at = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._direct = transport
        self._joining = Joining(transport, self.loop)
        super().connection_made(self._joining)  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        if self._taken:
            self._behind.append(data)
            return
        if self._ahead:
            data = self._with_head(data)
        if self._within or not self._takes(data):
            self._go_the_whole_way(data)

    def _takes(self, data: bytes) -> bool:
        """Whether this is a request that takes the shortcut, or may as soon as its body has come."""
        end = data.find(END, 0, LONGEST)
        head = data[:end] if end > 0 else b""
        known = self._heads.find(head) if head else None
        if known is None:
            self._head = head
            return False
        if not self._is_free():
            return False
        if len(data) == end + len(END):
            self._wait_for_body(data)
            return True
        if len(data) != end + len(END) + known.length:
            return False
        return self._goes(known, data, data[end + len(END) :])

    def _goes(self, known: Known, data: bytes, body: bytes) -> bool:
        self._taken = data
        if known.way(body, self._tell):
            return True
        self._taken = b""
        return False

    def _is_free(self) -> bool:
        """Whether an answer may be written as soon as it is there."""
        return (
            (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and not self._direct.is_closing()
        )

    def _tell(self, answer: Answer | None) -> None:
        taken, self._taken = self._taken, b""
        behind, self._behind = self._behind, []
        if self._direct.is_closing():
            return
        if answer is not None:
            self._write(*answer)
        else:
            self._go_the_whole_way(taken)
            if self._ending:
                super().shutdown()
        for data in behind:
            if not self._direct.is_closing():
                self.data_received(data)

    def _write(self, own: bytes, body: bytes) -> None:
        lines = self._lines
        lines.follow(self.server_state.default_headers)
        ending = b"connection: close\r\n" if self._ending and not lines.last else b""
        self._joining.flush()
        self._direct.write(b"%b%b%bcontent-length: %d\r\n\r\n%b" % (lines.text, own, ending, len(body), body))
        self.server_state.total_requests += 1
        if lines.last or self._ending:
            self._direct.close()
            return
        self._used_at = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._keep_alive(self.timeout_keep_alive)

    def _keep_alive(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """The timer is not set anew for each request that takes the shortcut, but looks when the last one did."""
        left = self._used_at + self.timeout_keep_alive - self.loop.time()
        if self._taken or self._ahead or left > 0:
            self._keep_alive(max(left, 1.0))
        else:
            super().timeout_keep_alive_handler()

    def _wait_for_body(self, head: bytes) -> None:
        self._ahead = head
        self._give_up = self.loop.call_later(BODY_WITHIN, self._let_ahead)

    def _with_head(self, data: bytes) -> bytes:
        head, self._ahead = self._ahead, b""
        if self._give_up is not None:
            self._give_up.cancel()
        return head + data

    def _let_ahead(self) -> None:
        if self._ahead:
            self._go_the_whole_way(self._with_head(b""))

    def _go_the_whole_way(self, data: bytes) -> None:
        """A client that offers another protocol (Java's offers HTTP/2) is answered in this one: the parser would take
        its body for the other's. What lies within a body is left as it is, whatever it looks like."""
        if not self._within and b"pgrade:" in data and REQUEST.match(data):
            head, end, body = data.partition(END)
            data = UPGRADE.sub(DECLINED, head) + end + body
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._within = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        head, self._head = self._head, b""
        if head and self._is_plain() and may_be_learned(head, self.headers):
            way = self._shortcut.way(self.parser.get_method(), self.url, self.headers)
            if way is not None:
                self._heads.learn(head, self.headers, way)
        super().on_headers_complete()

    def _is_plain(self) -> bool:
        parser = self.parser
        return parser.get_http_version() == "1.1" and parser.should_keep_alive() and not parser.should_upgrade()

    def on_message_complete(self) -> None:
        self._within = False
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ahead = b""
        super().connection_lost(exc)

    def shutdown(self) -> None:
        self._let_ahead()
        if self._taken:
            self._ending = True
        else:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:
        error = NotHttp(f"{msg} Send a method, a path, and a Content-Length that says how long the body is.")
        body = json.dumps(problem(error.status, error.code, error.message)).encode()
        head = f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[error.status] + head.encode() + body)
        self.transport.close()
