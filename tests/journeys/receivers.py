"""A real mail server and a real HTTP receiver, which can be down, slow, or out of order."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Mailbox:
    """What has arrived, as `(message id, subject, text)`; `pauses` are waited before taking each of the next mails."""

    port: int = 0
    got: list[tuple[str, str, str]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    _running: Controller | None = None

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        from asyncio import sleep

        if self.pauses:
            await sleep(self.pauses.pop(0))
        mail = message_from_bytes(envelope.original_content or b"")
        text = mail.get_payload(decode=True)
        said = text.decode() if isinstance(text, bytes) else ""
        self.got.append((str(mail["Message-ID"]), str(mail["Subject"]), said))
        return "250 Taken"

    def begin(self) -> None:
        """On the port it had before, if it had one."""
        self.port = self.port or free_port()
        self._running = Controller(self, hostname="127.0.0.1", port=self.port)
        self._running.start()

    def end(self) -> None:
        if self._running is not None:
            self._running.stop()
            self._running = None

    def about(self, words: str) -> set[str]:
        """The ids of the mails that have these words in their subject."""
        return {name for name, subject, _ in self.got if words in subject}


@dataclass(frozen=True)
class Posted:
    headers: dict[str, str]
    body: bytes
    answered: int

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """`answers` are the statuses of the next requests, 200 after them; a redirect leads to `elsewhere`."""

    url: str = ""
    got: list[Posted] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    pause: float = 0.0
    elsewhere: str = ""

    def about(self, rule: str) -> list[Posted]:
        return [each for each in list(self.got) if each.document.get("rule") == rule]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            time.sleep(receiver.pause)
            status = receiver.answers.pop(0) if receiver.answers else 200
            receiver.got.append(Posted(dict(self.headers), body, status))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", receiver.elsewhere)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
